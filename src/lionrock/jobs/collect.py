"""The commands around collecting: ask a feed now, lay a file in, keep a secret."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit


def collect(feed: str | None = None) -> int:
    """Collect a feed now, or every feed whose time has come.

    Keeps what is new; reading it is the worker's (or `lionrock work --once`). Ends with 1 when a
    feed could not be collected.

    For example:

        lionrock feeds collect
        lionrock feeds collect shadowserver

    Parameters
    ----------
    feed
        The feed's id; without it all that are switched on and due.
    """
    ready()
    from lionrock.desk.feeds.services.collect import collect as run  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    failed = False
    for each in [feed] if feed else clock.due_feeds(clock.utc_now()):
        around = clock.around(stay=clock.LISTENS_ONCE)
        done = run(feed=each, worker=here(), around=around, clock=clock.utc_now)
        failed = failed or bool(done.failure)
        said = (
            "somebody else collects it right now"
            if done.busy
            else (
                f"{len(done.fresh)} new, {done.again} known"
                + (f"; {done.failure}" if done.failure else "")
            )
        )
        sys.stdout.write(f"{each}\t{said}\n")
        sys.stdout.flush()
    return Exit.FOUND if failed else Exit.FINE


def drop(feed: str, *files: Annotated[Path, Parameter(allow_leading_hyphen=True)]) -> int:
    """Keep files as deliveries of a feed, as if they had been laid into its drop folder.

    Prints the number of each delivery. The same bytes a second time are the same delivery.

    For example:

        lionrock feeds drop shadowserver 2026-11-20-scan_telnet-region.csv
        lionrock feeds drop urlhaus - < urlhaus.csv

    Parameters
    ----------
    feed
        The feed's id.
    files
        The files, or - for standard input.
    """
    ready()
    from lionrock.core.feeds import Carrier  # noqa: PLC0415  # with the others
    from lionrock.desk.feeds.services.blobs import keep_blob  # noqa: PLC0415  # needs Django
    from lionrock.feeds import feed_of  # noqa: PLC0415  # slow to load
    from lionrock.jobs import clock  # noqa: PLC0415  # needs Django

    feed_of(feed)
    if not files:
        raise GiveUp("name the files to keep, or - for standard input")
    for file in files:
        piped = str(file) == "-"
        with sys.stdin.buffer if piped else file.open("rb") as content:
            name = "standard input" if piped else file.name
            kept = keep_blob(
                feed=feed,
                content=content,
                name=name,
                carrier=Carrier.DROP,
                origin=f"command/{name}",
                now=clock.utc_now(),
            )
        sys.stdout.write(f"{kept.blob.pk}\t{'new' if kept.fresh else 'known'}\t{name}\n")
    return Exit.FINE


def set_up(
    feed: str,
    *,
    on: bool | None = None,
    carrier: str | None = None,
    address: str | None = None,
    account: str | None = None,
    every: float | None = None,
    outside: Literal["drop", "pass"] | None = None,
    option: Annotated[list[str] | None, Parameter(negative=())] = None,
) -> int:
    """Say how a feed is collected, and switch it on or off; what is not named stays as it is.

    For example:

        lionrock feeds set urlhaus --on
        lionrock feeds set shadowserver --carrier shadowserver --option reports=my-region --on
        lionrock feeds set abuse-mail --carrier imap --address imaps://mail.example.org
        --account reports --option folder=Abuse --option move=Abuse/Done --on
        lionrock feeds set n6 --carrier n6 --address stomps://n6stream.cert.pl:61614
        --account me@example.org --option organisation=example.org
        --option catch-up=https://n6api.cert.pl/report/inside.sjson --on

    Parameters
    ----------
    feed
        The feed's id.
    on
        Collect it, or do not.
    carrier
        How its deliveries come: drop, http, imap, shadowserver, taxii, misp, n6 or push.
    address
        Where they are collected.
    account
        Who we are there; the password is kept by `lionrock feeds secret`.
    every
        Hours within which a delivery is expected.
    outside
        What becomes of events outside the region once they are counted: drop them, or pass them on to
        partners by the rules of passing on.
    option
        NAME=VALUE, what only this carrier needs; NAME= removes it. May be repeated.
    """
    ready()
    from lionrock.core.feeds import Carrier  # noqa: PLC0415  # with the others
    from lionrock.desk.feeds.services import sources  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    if carrier is not None and carrier not in set(Carrier):
        raise GiveUp(f"there is no carrier “{carrier}”: {', '.join(Carrier)}")
    changes: dict[str, str | int | None] = {
        "carrier": carrier,
        "address": address,
        "account": account,
        "outside": outside,
        "every_seconds": None if every is None else max(int(every * 3600), 0),
    }
    options = None
    if option:
        options = dict(sources.source_of(feed).options)
        for each in option:
            name, given, value = each.partition("=")
            if not given or not name:
                raise GiveUp(f"“{each}” is no option: NAME=VALUE")
            options.pop(name, None)
            if value:
                options[name] = value
    source = sources.set_up(
        feed=feed,
        by=None,
        now=clock.utc_now(),
        enabled=on,
        options=options,
        **{name: value for name, value in changes.items() if value is not None},
    )
    runs = sources.running(source)
    state = "on" if source.enabled else "off"
    sys.stdout.write(f"{feed}\t{state}\t{runs.carrier}\t{runs.address or '-'}\n")
    return Exit.FINE


def secret(
    feed: str,
    *,
    kind: Literal["password", "pgp", "certificate"] = "password",
    forget: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Keep what a feed is collected with: read from standard input, kept in the data folder's secrets.

    A password is a password, an API key or a token; for Shadowserver the key and its secret with a
    space between. A PGP key is the private key that mails are encrypted to; mails that no key opened
    so far are opened at once.

    For example:

        lionrock feeds secret shadowserver < key-and-secret
        gpg --export-secret-keys --armor cert@example.org | lionrock feeds secret shadowserver --kind pgp

    Parameters
    ----------
    feed
        The feed's id.
    kind
        What it is.
    forget
        Remove it instead.
    """
    ready()
    from lionrock.desk.audit.services import record  # noqa: PLC0415  # needs Django
    from lionrock.desk.feeds.services import collect as service  # noqa: PLC0415  # as above
    from lionrock.desk.feeds.services import secrets  # noqa: PLC0415  # as above
    from lionrock.feeds import feed_of  # noqa: PLC0415  # slow to load
    from lionrock.jobs import clock  # noqa: PLC0415  # needs Django
    from lionrock.net.pgp import check_key  # noqa: PLC0415  # slow to load

    feed_of(feed)
    what = secrets.Kind(kind)
    data = clock.around().data
    if forget:
        secrets.forget_secret(data=data, feed=feed, kind=what)
    else:
        if sys.stdin.isatty():
            sys.stderr.write("Type or paste it, then Ctrl-D:\n")
        value = sys.stdin.buffer.read(secrets.LONGEST + 1)
        if what is secrets.Kind.PGP:
            check_key(value)
        secrets.keep_secret(data=data, feed=feed, kind=what, value=value)
    record(
        by=None,
        action="feed.secret-forgotten" if forget else "feed.secret",
        subject=feed,
        details={"kind": what.value},
        now=clock.utc_now(),
    )
    if what is secrets.Kind.PGP and not forget:
        opened = service.try_again(feed=feed, around=clock.around(), clock=clock.utc_now)
        if opened:
            sys.stderr.write(f"{opened} mails that waited for a key were opened\n")
    return Exit.FINE


def ready() -> None:
    """Start Django; raise TryLater when there is no database yet."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not ready; run: lionrock up")


def here() -> str:
    """Name this process as a collector."""
    from lionrock.jobs.work import machine  # noqa: PLC0415  # needs nothing, keeps imports light

    return f"{machine()}-command-{os.getpid()}"
