"""What writes about the sample."""
