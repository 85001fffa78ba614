"""What leaves the house: builds bytes, sends nothing."""
