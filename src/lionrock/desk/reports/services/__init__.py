"""Writes of the app "reports"."""
