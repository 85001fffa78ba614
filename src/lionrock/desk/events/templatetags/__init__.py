"""What the templates of reports, events and episodes share."""
