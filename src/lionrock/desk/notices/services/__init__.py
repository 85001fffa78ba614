"""The services of this subject, one file per story."""
