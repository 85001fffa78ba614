"""What the page and the commands ask about models."""
