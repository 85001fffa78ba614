"""The front door of the command line: one tree of commands, one place where errors become exit codes."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App

from lionrock.core.errors import GiveUp, LionrockError, NotOurs, TryLater
from lionrock.jobs.exits import Exit

HELP = """
The working system of a regional computer emergency response team.

Results go to standard output, progress and messages to standard error. Put --debug anywhere to see
where an error came from.
"""

app = App(name="lionrock", help=HELP, version=lambda: f"lionrock {version('lionrock')}")


def main() -> None:
    """Run the command on the process's own command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code; an error becomes one line on standard error."""
    debug = "--debug" in words
    try:
        done = app([word for word in words if word != "--debug"], result_action="return_value")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, a pager) has seen enough. Point standard output at nothing, so that the
        # interpreter's own flush at exit has nowhere left to fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except KeyboardInterrupt:
        sys.stderr.write("lionrock: stopped\n")
        return Exit.INTERRUPTED
    except (
        Exception
    ) as error:  # the front door: whatever happened, the caller gets a sentence and a code
        if debug:
            raise
        return refuse(error)
    return done if isinstance(done, int) else Exit.FINE


def refuse(error: Exception) -> int:
    """Write one sentence about the error to standard error and return the exit code it stands for."""
    code = code_of(error)
    said = str(error) or type(error).__name__
    if code is Exit.FAULT:
        said = f"a fault in Lionrock: {type(error).__name__}: {error} (add --debug to see where)"
    sys.stderr.write(f"lionrock: {said}\n")
    return code


def code_of(error: Exception) -> Exit:
    """Say which exit code an error stands for."""
    match error:
        case TryLater() | FileNotFoundError():
            return Exit.MISSING
        case GiveUp() | NotOurs() | LionrockError() | OSError():
            return Exit.UNREADABLE
        case _:
            return Exit.FAULT
