"""Cases as the desk keeps them."""
