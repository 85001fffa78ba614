"""Filters of the alerts' pages."""
