"""Reports as the team makes them."""
