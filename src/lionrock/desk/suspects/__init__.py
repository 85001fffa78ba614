"""Suspects: the queue of names that imitate brands, and what people decide about them."""
