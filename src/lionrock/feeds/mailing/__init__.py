"""Shared ways of reading mails: their parts, the reports inside them, the links they carry."""
