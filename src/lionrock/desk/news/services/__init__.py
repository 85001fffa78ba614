"""What is done with news: following sources, keeping items, gathering stories."""
