"""The few ways in which work can fail, named for what the caller does next."""


class LionrockError(Exception):
    """Something went wrong that a person can read: the text is one sentence, without a traceback."""


class TryLater(LionrockError):
    """What the work needs is not there yet or does not answer: a database, a model, a file, a host."""


class GiveUp(LionrockError):
    """What was handed in cannot be used, today or tomorrow."""


class NotOurs(LionrockError):
    """What was handed in belongs to somebody else's region, network or brand."""
