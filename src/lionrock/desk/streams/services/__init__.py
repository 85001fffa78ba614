"""What people and workers do with streams."""
