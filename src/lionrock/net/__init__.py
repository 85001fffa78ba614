"""The only room that contacts foreign hosts. Limits and the guard against private addresses live here."""
