"""What changes trends."""
