"""Alerts: drafts that people evaluate, what is published of them, and who is told by mail."""
