"""Lionrock: the working system of a regional computer emergency response team."""
