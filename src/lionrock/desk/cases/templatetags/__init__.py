"""What templates of cases need."""
