"""Statistics of cases: by month and category since the start, compared year by year, with shares."""
