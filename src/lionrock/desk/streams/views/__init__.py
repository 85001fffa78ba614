"""The pages of streams."""
