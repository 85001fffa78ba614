"""Whom we serve or tell: organisations, their assets, contacts, wishes, and the rules of telling."""
