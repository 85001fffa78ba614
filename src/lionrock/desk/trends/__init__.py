"""What is new or rising, as rows that people watch, mute and draft from."""
