"""How the registry of models grew."""
