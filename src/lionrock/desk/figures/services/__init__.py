"""Writes of the app "figures"."""
