"""What is told to whom: notices, letters and their fate, answers, and whether it was fixed."""
