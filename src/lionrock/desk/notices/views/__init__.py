"""Notices' pages."""
