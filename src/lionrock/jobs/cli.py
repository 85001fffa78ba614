"""The front door of the command line: one tree of commands, one place where errors become exit codes."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from cyclopts import App, Parameter

from lionrock.core.errors import LionrockError, TryLater
from lionrock.jobs.exits import Exit
from lionrock.jobs.written import written

HELP = """
The working system of a regional computer emergency response team.

Results go to standard output, progress and messages to standard error. Put --debug anywhere to see
where an error came from.
"""

app = App(
    name="lionrock",
    help=HELP,
    version=lambda: f"lionrock {version('lionrock')}",
    default_parameter=Parameter(negative_iterable=()),  # no --empty-... for every list
)


# Named, not imported: a command's module is loaded when that command runs, so that help and the
# light commands start at once. A group's sentence here is the one the front page of the help shows.
app.command("lionrock.jobs.up:up", name="up", help=written("lionrock.jobs.up:up"))
app.command(
    "lionrock.jobs.doctor:doctor", name="doctor", help=written("lionrock.jobs.doctor:doctor")
)
app.command(
    "lionrock.jobs.names:app", name="names", help="Read domain names and find imitations of brands."
)
app.command(
    "lionrock.jobs.models:app",
    name="models",
    help="The models that read names: add, examine, switch, go back.",
)
app.command(
    "lionrock.jobs.streams:app",
    name="streams",
    help="Streams of names: certificate logs, certstreams, zones; start and stop them.",
)
app.command("lionrock.jobs.region:app", name="region", help="Check region packs.")
app.command(
    "lionrock.jobs.users:app", name="users", help="Add people to the console and let them in."
)
app.command(
    "lionrock.jobs.feeds:app",
    name="feeds",
    help="Collect, read and replay what third parties deliver.",
)
app.command("lionrock.jobs.work:work", name="work", help=written("lionrock.jobs.work:work"))
app.command(
    "lionrock.jobs.data:app",
    name="data",
    help="Get and list the tables that say whose an address is.",
)
app.command(
    "lionrock.jobs.mail:app",
    name="mail",
    help="Letters: preview, send, stop, and the mail server.",
)
app.command(
    "lionrock.jobs.alerts:app",
    name="alerts",
    help="Published alerts: write the public site into a folder.",
)
app.command(
    "lionrock.jobs.constituents:app",
    name="constituents",
    help="Whom we serve or tell: import, list, ask who would be told.",
)
app.command(
    "lionrock.jobs.sample:app",
    name="sample",
    help="The made-up sample of the first start: show it, forget it.",
)
app.command(
    "lionrock.jobs.opinions:app",
    name="opinions",
    help="Ask a large language model about the suspects on top.",
)
app.command(
    "lionrock.jobs.cases:app",
    name="cases",
    help="Cases: import them, read again what was rejected.",
)
app.command(
    "lionrock.jobs.figures:app",
    name="figures",
    help="Counted numbers: show them, what was corrected, restate them.",
)
app.command(
    "lionrock.jobs.report:app",
    name="report",
    help="Reports: the quarterly Watch Report, the monthly statistics.",
)
app.command(
    "lionrock.jobs.news:app",
    name="news",
    help="News of vendors and other teams: follow sources, ask them, list them.",
)
app.command(
    "lionrock.jobs.trends:app",
    name="trends",
    help="Notice what is new or rising in the region.",
)
app.command("lionrock.jobs.audit:app", name="audit", help="Check the log of who did what.")

FOREIGN: Final = {
    "django.core.exceptions.ImproperlyConfigured": (Exit.USAGE, "a setting is wrong"),
    "django.db.utils.OperationalError": (Exit.MISSING, "the database does not answer"),
}
"""Others' errors that are no fault of ours, by name: importing their packages would cost every start."""


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
    """Write what the error says to standard error and return the exit code it stands for."""
    code, words = meaning(error)
    sys.stderr.write(f"lionrock: {words}\n")
    return code


def meaning(error: Exception) -> tuple[Exit, str]:
    """Say which exit code an error stands for, and what to tell the person."""
    match error:
        case TryLater():
            return Exit.MISSING, str(error)
        case LionrockError():
            return Exit.UNREADABLE, str(error)
        case OSError(filename=str(file), strerror=str(why)):
            missing = isinstance(error, FileNotFoundError)
            return Exit.MISSING if missing else Exit.UNREADABLE, f"{file}: {why}"
        case OSError():
            return Exit.UNREADABLE, str(error)
    for kind in type(error).__mro__:
        if found := FOREIGN.get(f"{kind.__module__}.{kind.__qualname__}"):
            return found[0], f"{found[1]}: {' '.join(str(error).split())}"
    return Exit.FAULT, f"a fault in Lionrock: {error!r} (add --debug to see where)"
