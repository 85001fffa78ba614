"""Deliveries made up: a week as it would come in, and one as large as wanted."""
