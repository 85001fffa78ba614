"""What pages and commands ask of streams."""
