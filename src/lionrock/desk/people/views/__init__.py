"""People's pages, by who uses them."""
