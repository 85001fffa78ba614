"""The registry of models, its gate in practice, its page."""
