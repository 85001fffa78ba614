"""Reads certificate transparency logs, believes nothing that their signatures and hashes do not prove."""
