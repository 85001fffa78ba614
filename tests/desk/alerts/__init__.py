"""Alerts: drafts, decisions, the public site, subscribers."""
