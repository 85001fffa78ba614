"""The selectors of this subject, one file per story."""
