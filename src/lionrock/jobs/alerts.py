"""The commands about alerts: write the public site into a folder, and tell subscribers."""

import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from lionrock.core.errors import TryLater
from lionrock.jobs import django

app = App(name="alerts", help="Published alerts: write the public site into a folder.")


@app.command
def export(folder: Path) -> None:
    """Write the public site of alerts into a folder, for any web server to hand out as it is.

    The folder is replaced as a whole once everything is written: what was withdrawn says so, and
    nothing older stays. Subscribing leads to the console's own site.

    For example:

        lionrock alerts export /srv/www/alerts

    Parameters
    ----------
    folder
        Where to write; empty, new, or an export made before.
    """
    ready()
    from lionrock.desk.alerts.services.export import export as write  # noqa: PLC0415  # needs Django

    count = write(folder.expanduser().absolute(), now=datetime.now(UTC))
    sys.stdout.write(f"{folder}\t{count} files\n")


@app.command
def send() -> None:
    """Send subscribers the mails that are due now, then end; the worker does the same by itself.

    For example:

        lionrock alerts send
    """
    ready()
    from lionrock.desk.alerts.services.outbox import send_due  # noqa: PLC0415  # needs Django
    from lionrock.jobs.mail import transport  # noqa: PLC0415  # as above

    with transport() as line:
        done = send_due(
            transport=line,
            worker=f"{socket.gethostname()}-alerts-{os.getpid()}",
            now=datetime.now(UTC),
        )
    sys.stdout.write(
        f"laid out {done.laid}, sent {done.sent}, later {done.later}, refused {done.refused}, "
        f"unknown {done.unknown}\n"
    )


def ready() -> None:
    """Start Django; raise TryLater where its tables are older than this version."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
