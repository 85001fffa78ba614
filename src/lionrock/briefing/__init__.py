"""Counting, trends, fact sheets, drafting, verifying and reports: a library without Django, given a connection."""
