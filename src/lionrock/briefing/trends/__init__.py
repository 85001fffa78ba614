"""Noticing what is new or rising: series of counts, methods of surveillance, campaigns, and what is told."""
