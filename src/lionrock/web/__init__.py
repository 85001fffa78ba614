"""Settings, URLs, the shell around every page, the HTTP API."""
