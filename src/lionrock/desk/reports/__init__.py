"""The quarterly reports as the team makes them: topics that people write, reports as they were made."""
