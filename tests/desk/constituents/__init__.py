"""Whom we serve or tell."""
