"""Shared ways of reading exchange formats whose objects refer to one another: STIX and MISP."""
