"""The one error a feed's reader raises: this record cannot become an event."""


class Unreadable(ValueError):
    """The record cannot be read. ``str()`` completes the sentence “The line …”: ``has no address``."""
