"""What pages and commands want to know of cases."""
