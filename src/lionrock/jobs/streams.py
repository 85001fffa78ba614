"""The commands about streams of names: what there is, what runs, and reading one by hand."""

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import App, Parameter

from lionrock.core.errors import GiveUp
from lionrock.core.streams import StreamKind
from lionrock.jobs.collect import here, ready
from lionrock.jobs.exits import Exit
from lionrock.jobs.work import stopped_by_signals

app = App(
    name="streams",
    help="Streams of names: certificate logs, certstreams, zones; start and stop them.",
)

Kind = Literal["ct-log", "certstream", "axfr", "icann-czds"]
Forget = Annotated[bool, Parameter(negative=())]
FOREVER: Final = 10.0 * 365 * 24 * 3600


@app.command(name="list")
def list_streams() -> int:
    """List the streams: state, kind, how far behind, names, suspects, what went wrong last.

    For example:

        lionrock streams list
    """
    ready()
    from lionrock.desk.streams.selectors.rows import stream_rows  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    for row in stream_rows(now=clock.utc_now()):
        stream = row.stream
        lag = "-" if row.lag is None else f"{row.lag} entries behind"
        words = (
            stream.name,
            row.state.value,
            stream.kind,
            lag,
            f"{stream.names} names",
            f"{stream.fresh} suspects",
            stream.alarm or stream.failure or "-",
        )
        sys.stdout.write("\t".join(" ".join(word.split()) for word in words) + "\n")
    return Exit.FINE


@app.command
def add(
    name: str,
    address: str,
    *,
    kind: Kind,
    account: str = "",
    every: float | None = None,
    option: Annotated[list[str] | None, Parameter(negative=())] = None,
) -> int:
    """Make a stream. It is not started: nothing is contacted before somebody starts it.

    For example:

        lionrock streams add mirror wss://certstream.example.org/ --kind certstream
        lionrock streams add our-zone dns://ns.example.org --kind axfr --option zone=example
        lionrock streams add gtlds https://czds-api.icann.org --kind icann-czds
        --account cert@example.org --option tlds=shop,top
        lionrock streams add log https://log.example.org/2027h1/ --kind ct-log
        --option protocol=tiles --option key=MFkwEwYHKoZIzj0CAQY...

    Parameters
    ----------
    name
        What the stream is called: small letters, digits, dots, hyphens.
    address
        Where it is: https:// for a log and for ICANN, wss:// for a certstream, dns:// for a zone.
    kind
        What it is.
    account
        Who we are there (ICANN); the password is kept by `lionrock streams secret`.
    every
        Hours between two looks, for zones and zone files.
    option
        NAME=VALUE. A log has key (base64), protocol (tiles or rfc6962), submission, mmd, from (now,
        beginning, or an index) and names-only; a zone has zone, key-name and key-algorithm; ICANN
        has tlds. May be repeated.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    options = {}
    for each in option or ():
        key, given, value = each.partition("=")
        if not given or not key:
            raise GiveUp(f"“{each}” is no option: NAME=VALUE")
        options[key] = value
    setting_up.add(
        name=name,
        kind=StreamKind(kind),
        address=address,
        by=None,
        now=clock.utc_now(),
        options=options,
        account=account,
        every_seconds=None if every is None else max(int(every * 3600), 60),
    )
    sys.stdout.write(f"{name}\tadded, not started\n")
    return Exit.FINE


@app.command
def start(*names: str) -> int:
    """Have streams read from now on; `lionrock up` or `lionrock work` does it.

    For example:

        lionrock streams start mirror our-zone

    Parameters
    ----------
    names
        The streams' names.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    for name in names:
        setting_up.start(name=name, by=None, now=clock.utc_now())
        sys.stdout.write(f"{name}\tstarted\n")
    return Exit.FINE


@app.command
def stop(*names: str) -> int:
    """Have streams read no longer; they keep their place.

    For example:

        lionrock streams stop mirror

    Parameters
    ----------
    names
        The streams' names.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    for name in names:
        setting_up.stop(name=name, by=None, now=clock.utc_now())
        sys.stdout.write(f"{name}\tstopped\n")
    return Exit.FINE


@app.command
def run(
    name: str,
    /,
    *,
    seconds: float | None = None,
    once: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Read one stream here and now, started or not, until Ctrl-C.

    A worker that reads it goes first: stop the stream there before. Its place moves on as it does
    for a worker. Ends with 1 when it could not be read.

    For example:

        lionrock streams run our-zone
        lionrock streams run log --once

    Parameters
    ----------
    name
        The stream's name.
    seconds
        End after so many seconds.
    once
        End when there is nothing new for now.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock, streaming  # noqa: PLC0415  # as above
    from lionrock.jobs.names import progress  # noqa: PLC0415  # slow to load

    stream = setting_up.found(name)
    if stream.alarm:
        raise GiveUp(f"{name} is not read while its alarm stands: {stream.alarm}")
    over = threading.Event()
    with ExitStack() as closing:
        show = closing.enter_context(progress(f"Reading {name}"))
        closing.enter_context(stopped_by_signals(over))
        ran = streaming.run_stream(
            stream.pk,
            worker=here(),
            around=streaming.here_around(),
            clock=clock.utc_now,
            stay=FOREVER if seconds is None else seconds,
            until_caught_up=once,
            show=lambda ran: show(f"{ran.entries:,} entries, {ran.names:,} names"),
            over=over,
        )
    if ran.busy:
        raise GiveUp(f"somebody else reads {name} right now; stop it first")
    sys.stdout.write(
        f"{name}\t{ran.entries} entries\t{ran.names} names\t{ran.fresh} new suspects"
        f"\t{ran.rejects} rejects\t{ran.failure or '-'}\n"
    )
    return Exit.FOUND if ran.failure else Exit.FINE


@app.command
def skip(name: str, /, *, to: int | None = None) -> int:
    """Go on from a later entry of a log; what lies between is a gap on record.

    For example:

        lionrock streams skip log
        lionrock streams skip log --to 1200000000

    Parameters
    ----------
    name
        The stream's name.
    to
        The entry to go on from; the log's end as we last saw it by default.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    gap = setting_up.skip(name=name, to=to, by=None, now=clock.utc_now())
    sys.stdout.write(f"{name}\tskipped {gap.first} to {gap.last}\n")
    return Exit.FINE


@app.command
def seen(name: str, /) -> int:
    """Say that you looked at a stream's alarm: it is read again from where it stood.

    For example:

        lionrock streams seen log

    Parameters
    ----------
    name
        The stream's name.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    setting_up.silence(name=name, by=None, now=clock.utc_now())
    return Exit.FINE


@app.command
def remove(name: str, /) -> int:
    """Forget a stopped stream with its history; what it found stays.

    For example:

        lionrock streams remove mirror

    Parameters
    ----------
    name
        The stream's name.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    setting_up.remove(name=name, by=None, now=clock.utc_now())
    return Exit.FINE


@app.command
def logs(
    source: str = "",
    /,
    *,
    follow: Annotated[bool | None, Parameter(negative="--leave")] = None,
) -> int:
    """Add the certificate logs of a list, none of them started; follow the list, or leave it.

    A list that is followed is looked at twice a day by the worker: new logs appear, retired ones are
    marked. Without --follow a file is read once.

    For example:

        lionrock streams logs log_list.json
        lionrock streams logs --follow
        lionrock streams logs --leave

    Parameters
    ----------
    source
        A file, or the address of a list; the list that Chrome publishes by default.
    follow
        Look at the address from now on, or no longer.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock, log_lists  # noqa: PLC0415  # as above

    now = clock.utc_now()
    if follow is None:
        if not source or "://" in source:
            raise GiveUp("name a file, or say --follow to have the list looked at")
        added, changed = log_lists.take_file(Path(source).read_bytes(), now=now)
        sys.stdout.write(f"{added} logs added, {changed} changed\n")
        return Exit.FINE
    address = source or log_lists.DEFAULT
    setting_up.follow(address=address, wanted=follow, by=None, now=now)
    sys.stdout.write(f"{address}\t{'followed' if follow else 'left'}\n")
    return Exit.FINE


@app.command
def replay(name: str, /) -> int:
    """Read a stream's rejects again with today's reader; what can be read now is judged.

    For example:

        lionrock streams replay mirror

    Parameters
    ----------
    name
        The stream's name.
    """
    ready()
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # needs Django
    from lionrock.jobs import clock  # noqa: PLC0415  # as above
    from lionrock.jobs.stream_judging import shared_judge  # noqa: PLC0415  # as above
    from lionrock.jobs.stream_replaying import replay as again  # noqa: PLC0415  # as above

    stream = setting_up.found(name)
    done = again(stream, judge=shared_judge(), clock=clock.utc_now)
    sys.stdout.write(
        f"{name}\t{done.read} read\t{done.still} still not\t{done.names} names"
        f"\t{done.fresh} new suspects\n"
    )
    return Exit.FINE


@app.command
def secret(name: str, /, *, forget: Forget = False) -> int:
    """Keep the password (ICANN) or TSIG key (a zone) of a stream: read from standard input.

    For example:

        lionrock streams secret gtlds < password

    Parameters
    ----------
    name
        The stream's name.
    forget
        Remove it instead.
    """
    ready()
    from lionrock.desk.audit.services import record  # noqa: PLC0415  # needs Django
    from lionrock.desk.feeds.services import secrets  # noqa: PLC0415  # as above
    from lionrock.desk.streams.services import setting_up  # noqa: PLC0415  # as above
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    stream = setting_up.found(name)
    data, kind = clock.around().data, secrets.Kind.PASSWORD
    kept = setting_up.secret_name(stream.name)
    if forget:
        secrets.forget_secret(data=data, feed=kept, kind=kind)
    else:
        if sys.stdin.isatty():
            sys.stderr.write("Type or paste it, then Ctrl-D:\n")
        value = sys.stdin.buffer.read(secrets.LONGEST + 1)
        secrets.keep_secret(data=data, feed=kept, kind=kind, value=value)
    record(
        by=None,
        action="stream.secret-forgotten" if forget else "stream.secret",
        subject=name,
        details={},
        now=clock.utc_now(),
    )
    return Exit.FINE
