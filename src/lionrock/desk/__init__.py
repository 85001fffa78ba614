"""What people keep: one Django app per subject."""
