"""The views of this subject, one file per story."""
