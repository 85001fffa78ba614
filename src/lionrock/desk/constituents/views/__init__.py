"""Constituents' pages."""
