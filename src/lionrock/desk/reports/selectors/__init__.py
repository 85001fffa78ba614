"""Reads of the app "reports"."""
