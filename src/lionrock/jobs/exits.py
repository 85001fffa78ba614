"""The exit codes of the command line, so that scripts can tell one ending from another."""

from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """How a command ended."""

    FINE = 0
    FOUND = 1
    USAGE = 2
    UNREADABLE = 3
    MISSING = 4
    FAULT = 70
    INTERRUPTED = 130


MEANINGS: Final[dict[Exit, str]] = {
    Exit.FINE: "The command did what was asked.",
    Exit.FOUND: "The command ran, and found something wrong (a faulty pack, a broken audit log).",
    Exit.USAGE: "The command line was wrong: an unknown command or option, a missing argument.",
    Exit.UNREADABLE: "The input could not be read or used.",
    Exit.MISSING: "Something the command needs is missing: a database, a model, a file.",
    Exit.FAULT: "A fault of Lionrock itself; `--debug` shows where.",
    Exit.INTERRUPTED: "Stopped by Ctrl-C.",
}
