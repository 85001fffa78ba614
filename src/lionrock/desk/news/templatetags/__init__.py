"""What templates of news need."""
