"""The command a newcomer types: everything set up, the console open, a worker beside it, names streaming in."""

import contextlib
import errno
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

from cyclopts import Parameter

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

FIRST_ADMINISTRATOR: Final = "admin@localhost"
SAMPLE: Final = "sample.txt"
STOPPING_SECONDS: Final = 15
OPENING_SECONDS: Final = 60
AGAIN_SECONDS: Final = 10
"""Between the end of a worker and the start of the next."""
START: Final = "from lionrock.jobs.cli import main; main()"


def up(names: Path | None = None, *, empty: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Start the console and a worker, and read names into it.

    Sets up or updates the database, makes the first administrator and prints a one-time link for
    them, opens the console, starts a worker (`lionrock work`), and streams names through the same
    path as `names scan --store`. The first start without a file streams a generated sample of 50,000
    names and lays a made-up week of deliveries into the drop folders; no later start does, nor one where
    a feed, a constituent or a delivery exists. Nothing leaves this machine until an administrator says
    so. Ctrl-C stops everything.

    For example:

        lionrock up
        lionrock up new-domains.txt.gz
        lionrock up --empty

    Parameters
    ----------
    names:
        A file of names to read, in any form that `names scan` reads.
    empty:
        Begin with nothing: neither sample is laid, now or later.
    """
    if names is not None and not names.is_file():
        raise TryLater(f"{names} is no file")
    data = django.start()
    host, port = listening()
    refuse_taken_port(host, port)
    tell(f"Data folder: {data}")
    prepare()
    link = first_link()
    sampled = offer_sample(data, wanted=names is None and not empty)
    source = names
    if names is None and sampled and not empty:
        source = first_sample(data)
    with children() as started:
        server = run(serving(host, port))
        started.append(server)
        wait_until_open(server, host, port)
        tell_where(link)
        started.append(run(working()))
        if source is not None:
            started.append(run(scanning(source)))
        return watch(server, started)


def prepare() -> None:
    """Bring the tables up to date and lay the console's files ready."""
    from django.core.management import call_command  # noqa: PLC0415  # needs Django started

    applied = django.migrate()
    if applied:
        tell(f"Database: {len(applied)} steps applied")
    call_command("collectstatic", interactive=False, verbosity=0)


def first_link() -> str | None:
    """Make an administrator when there is none; return a link while no administrator ever came."""
    from lionrock.desk.people.links import address_of, make_link  # noqa: PLC0415  # needs Django
    from lionrock.desk.people.models import Person  # noqa: PLC0415  # as above
    from lionrock.desk.people.roles import Role  # noqa: PLC0415  # as above
    from lionrock.desk.people.services import add_person  # noqa: PLC0415  # as above

    now = datetime.now(UTC)
    administrators = Person.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True)
    first = Person.objects.filter(email__iexact=FIRST_ADMINISTRATOR).first()
    if first is None and not administrators.exists():
        # People may have been added before this first start; none of them can let others in.
        first = add_person(
            email=FIRST_ADMINISTRATOR,
            name="Administrator",
            roles={Role.ADMINISTRATOR, Role.APPROVER, Role.ANALYST},
            by=None,
            now=now,
        )
    if first is None or not first.is_active or administrators.exclude(last_login=None).exists():
        return None
    return address_of(make_link(person=first, by=None, now=now))


def offer_sample(data: Path, *, wanted: bool) -> bool:
    """Lay the sample on the very first start alone; return whether it was laid, then or now.

    That it was offered is noted whatever came of it, in one transaction with what is laid and the list
    of it: what is cut short is done again, with the same bytes. Whoever set up anything before is
    offered none, and whoever had it forgotten never sees it again.
    """
    from django.db import transaction  # noqa: PLC0415  # needs Django started

    from lionrock.desk.audit.services import record  # noqa: PLC0415  # as above
    from lionrock.desk.sample.services.manifest import (  # noqa: PLC0415  # as above
        OFFERED,
        was_laid,
    )

    laid = was_laid()
    if laid is not None:
        return laid
    with transaction.atomic():
        laid = wanted and not has_own_work()
        if laid:
            lay_first_deliveries(data)
        record(
            by=None,
            action=OFFERED,
            subject="sample",
            details={"laid": laid},
            now=datetime.now(UTC),
        )
    return laid


def has_own_work() -> bool:
    """Say whether a feed, a constituent, a delivery or names of one's own are there."""
    from lionrock.desk.constituents.models import Constituent  # noqa: PLC0415  # needs Django
    from lionrock.desk.feeds.models import Blob, Source  # noqa: PLC0415  # as above
    from lionrock.desk.suspects.models import Reading  # noqa: PLC0415  # as above

    return (
        Source.objects.exists()
        or Blob.objects.exists()
        or Constituent.objects.exists()
        or Reading.objects.exclude(source=SAMPLE).exists()
    )


def first_sample(data: Path) -> Path | None:
    """Write the sample of names on a first start; return nothing once names were read.

    A sample whose reading was cut short (Ctrl-C, a crash) is read again: nothing is stored twice.
    """
    from django.db.models import Q  # noqa: PLC0415  # needs Django started

    from lionrock.desk.suspects.models import Reading  # noqa: PLC0415  # as above

    cut_short = Q(source=SAMPLE) & (Q(finished_at=None) | ~Q(failure=""))
    if Reading.objects.exclude(cut_short).exists():
        return None
    from django.conf import settings  # noqa: PLC0415  # as above

    from lionrock import regions  # noqa: PLC0415  # rarely needed, and slow to load
    from lionrock.names.sample import sample_names  # noqa: PLC0415  # as above

    sample = data / SAMPLE
    with sample.open("wb") as stream:
        stream.writelines(sample_names(regions.load(settings.LIONROCK_REGION)))
    return sample


def lay_first_deliveries(data: Path) -> None:
    """Lay a made-up week of deliveries into the drop folders, with the constituents and feeds it needs."""
    from lionrock import regions  # noqa: PLC0415  # rarely needed, and slow to load
    from lionrock.core.feeds import Carrier  # noqa: PLC0415  # as above
    from lionrock.desk.constituents.models import Constituent  # noqa: PLC0415  # as above
    from lionrock.desk.constituents.services.importing import (  # noqa: PLC0415  # as above
        ImportMode,
        import_csv,
    )
    from lionrock.desk.feeds.services import drop, sources  # noqa: PLC0415  # as above
    from lionrock.desk.sample.services.manifest import note_laid  # noqa: PLC0415  # as above
    from lionrock.feeds import sample  # noqa: PLC0415  # as above

    now = datetime.now(UTC)
    home = regions.load(region())
    table = import_csv(sample.constituents(home), by=None, now=now, mode=ImportMode.APPLY)
    files = sample.write(data / drop.FOLDER, region=home, until=now)
    feeds = sorted({file.feed for file in files})
    for feed in feeds:
        sources.set_up(
            feed=feed,
            by=None,
            now=now,
            enabled=True,
            carrier=Carrier.DROP.value,
            every_seconds=0,
            options={sources.SAMPLE: "yes"},
        )
    added = Constituent.objects.filter(name__in=[change.name for change in table.added])
    note_laid(files=files, constituents=added.values_list("pk", flat=True), now=now)
    tell(
        f"Sample: {len(files)} deliveries of {len(feeds)} feeds and {len(table.added)} constituents, "
        "all made up. Letters wait for a person, and go nowhere but to the console. "
        "“lionrock sample forget” removes all of it."
    )


def listening() -> tuple[str, int]:
    """Return the address and port to listen on."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    host, _, port = str(settings.LIONROCK_LISTEN).rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise TryLater when another program listens there, before anything else is touched.

    Raises GiveUp when this machine has no such address, or we may not listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise GiveUp(
                    f"LIONROCK_LISTEN is {host}:{port}, where this machine cannot listen: "
                    f"{error.strerror or error}"
                ) from error
            raise TryLater(
                f"port {port} on {host} is taken, perhaps by another Lionrock; stop that one, or "
                f"choose another: LIONROCK_LISTEN={host}:{port + 1} "
                f"LIONROCK_URL=http://localhost:{port + 1} lionrock up"
            ) from error


def serving(host: str, port: int) -> list[str]:
    """Return the command that answers pages."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host),
        *("--port", str(port), "--workers", str(max(1, settings.LIONROCK_WORKERS))),
        *("--blocking-threads", "4", "--log-level", "warning", "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10"),
        "lionrock.web.wsgi:application",
    ]


def working() -> list[str]:
    """Return the command that works beside the console: the same that a person would type."""
    return [sys.executable, "-c", START, "work"]


def scanning(source: Path) -> list[str]:
    """Return the command that reads names: the same that a person would type."""
    command = [sys.executable, "-c", START, "names", "scan", str(source)]
    return [*command, "--region", region(), "--store", "--quiet-output"]


def wait_until_open(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Return when the console answers; raise TryLater when it ends or stays silent."""
    deadline = time.monotonic() + OPENING_SECONDS
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound
    while server.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(reach, port, timeout=5)
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            contextlib.closing(connection),
        ):
            connection.request("GET", "/healthz", headers={"Host": own_name()})
            if connection.getresponse().status == http.client.OK:
                return
        time.sleep(0.2)
    raise TryLater("the console did not open; its own messages stand above")


def own_name() -> str:
    """Return the host name the console answers to."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    return str(settings.ALLOWED_HOSTS[0])


def region() -> str:
    """Return the region whose brands are watched."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    return str(settings.LIONROCK_REGION)


def tell_where(link: str | None) -> None:
    """Print the address, and the one-time link when somebody still has to use it."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    tell(f"Console: {settings.LIONROCK_URL}")
    if link is not None:
        tell("First sign-in (works once, for 48 hours):")
        sys.stdout.write(link + "\n")
        sys.stdout.flush()
    tell("Ctrl-C stops everything.")


def watch(server: subprocess.Popen[bytes], started: list[subprocess.Popen[bytes]]) -> int:
    """Wait until the console ends; start a worker that ended again, tell when reading names failed.

    ``started`` holds the console, the worker, and who reads names where somebody does.
    """
    again_at = 0.0
    reading = started[2] if len(started) > 2 else None
    while server.poll() is None:
        if started[1].poll() is not None:
            if not again_at:
                tell(f"The worker ended with code {started[1].returncode}; another one starts.")
                again_at = time.monotonic() + AGAIN_SECONDS
            elif time.monotonic() >= again_at:
                started[1], again_at = run(working()), 0.0
        if reading is not None and reading.poll() is not None:
            if reading.returncode:
                tell(f"Reading names ended with code {reading.returncode}; the console stays open.")
            reading = None
        time.sleep(0.3)
    tell(f"The console ended with code {server.returncode}.")
    return Exit.FAULT if server.returncode else Exit.FINE


def run(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: Ctrl-C reaches us, and we stop it in order."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)


@contextlib.contextmanager
def children() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Keep a list of children, and leave none behind however this ends: not by a second signal either,
    such as a build tool hands on that was itself told to stop."""
    ends = [s for s in (signal.SIGTERM, signal.SIGINT) if signal.getsignal(s) != signal.SIG_IGN]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for each in ends:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in ends}
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        for child in reversed(started):
            end(child)
        for each, handler in before.items():
            signal.signal(each, handler)


def end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child to stop, and make it stop when it does not."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    try:
        child.wait(STOPPING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def tell(words: str) -> None:
    """Write one line for the person at the terminal."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()
