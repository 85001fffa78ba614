"""The queue's pages."""
