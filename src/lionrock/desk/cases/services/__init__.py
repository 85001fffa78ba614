"""What is done with cases: taking them from a file, reading rejects again, setting them aside."""
