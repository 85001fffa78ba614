"""Figures as they were counted: what is kept day by day to count them, and every version of the results."""
