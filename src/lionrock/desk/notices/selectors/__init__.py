"""What pages and commands ask about notices."""
