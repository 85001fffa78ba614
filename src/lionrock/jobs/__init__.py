"""What runs when: the command line and long work."""
