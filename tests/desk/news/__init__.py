"""News as the desk keeps it."""
