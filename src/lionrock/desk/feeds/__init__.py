"""What comes in: feeds as the team runs them, deliveries kept as Blobs, alarms about silent feeds."""
