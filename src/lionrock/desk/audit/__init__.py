"""What was done here and by whom, in a log that can only grow and that shows when it was touched."""
