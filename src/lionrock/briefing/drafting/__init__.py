"""Drafts from facts: slots filled by code, two writers, fixed advice, a proposed risk, briefs for partners and press."""
