"""What templates may ask about suspects."""
