"""Words of trends in templates."""
