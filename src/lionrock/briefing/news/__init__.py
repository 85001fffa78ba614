"""Open-source intelligence: what vendors and other teams publish, gathered into stories."""
