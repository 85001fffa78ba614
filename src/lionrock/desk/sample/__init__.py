"""The made-up sample of a first start: what was laid, that it is there, and how all of it goes again."""
