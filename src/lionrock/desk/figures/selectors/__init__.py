"""Reads of the app "figures"."""
