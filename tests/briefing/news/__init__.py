"""News, from markup to stories."""
