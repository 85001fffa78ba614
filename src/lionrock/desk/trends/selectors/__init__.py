"""What shows trends."""
