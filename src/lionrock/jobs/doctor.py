"""The command that says what is configured, what answers and what is stale, before somebody asks."""

import contextlib
import http.client
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from lionrock import regions
from lionrock.core.errors import LionrockError
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

STALE_SUFFIXES: Final = timedelta(days=180)
STALE_READING: Final = timedelta(days=2)
STALE_DELIVERY: Final = timedelta(hours=1)
STALE_AID: Final = timedelta(days=30)
LITTLE_SPACE: Final = 2 * 2**30
OPEN_TO_OTHERS: Final = 0o077


class State(StrEnum):
    """How one thing is."""

    FINE = "fine"
    NOTE = "note"
    """Worth knowing; nothing is wrong with it yet."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out about one thing."""

    about: str
    state: State
    words: str


def doctor() -> int:
    """Say what is configured, what answers, what is stale and what is broken.

    One line per thing: fine, note or broken, what it is, what was found. Changes nothing. Ends with
    1 when something is broken.

    For example:

        lionrock doctor
    """
    now = datetime.now(UTC)
    broken = False
    for finding in examine(now):
        broken = broken or finding.state is State.BROKEN
        sys.stdout.write(f"{finding.state:<7} {finding.about:<14} {finding.words}\n")
        sys.stdout.flush()
    return Exit.FOUND if broken else Exit.FINE


def examine(now: datetime) -> Iterator[Finding]:
    """Yield one finding after the other; a check that itself fails is a finding, too."""
    settings = attempt("settings", check_settings)
    yield settings
    checks: dict[str, Callable[[], Finding]] = {
        "region pack": check_region_pack,
        "model": check_model,
        "suffix list": lambda: check_suffixes(now),
    }
    if settings.state is not State.BROKEN:
        checks = {
            "data folder": check_data_folder,
            "secrets": check_secrets,
            "disk space": check_space,
            "static files": check_static,
            "console": check_console,
            **checks,
        }
    for about, check in checks.items():
        yield attempt(about, check)
    if settings.state is not State.BROKEN:
        yield from examine_database(now)


def examine_database(now: datetime) -> Iterator[Finding]:
    """Yield what the database says, up to the first thing without which the rest means nothing."""
    for about, check in (("database", check_database), ("migrations", check_migrations)):
        finding = attempt(about, check)
        yield finding
        if finding.state is State.BROKEN:
            return
    yield attempt("people", check_people)
    yield attempt("audit log", check_audit)
    yield attempt("last reading", lambda: check_reading(now))
    yield attempt("workers", lambda: check_workers(now))
    yield attempt("duties", check_duties)
    yield attempt("feeds", check_feeds)
    yield attempt("deliveries", lambda: check_deliveries(now))
    yield attempt("streams", lambda: check_streams(now))
    yield attempt("aids", lambda: check_aids(now))
    yield attempt("opinions", lambda: check_opinions(now))


def attempt(about: str, check: Callable[[], Finding]) -> Finding:
    """Return what the check found, or that it could not be made."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # the doctor goes on to the next thing
        said = str(error) or type(error).__name__
        return Finding(about=about, state=State.BROKEN, words=" ".join(said.split()))


def check_settings() -> Finding:
    """Are the settings readable?"""
    import django as framework  # noqa: PLC0415  # this command must start without it
    from django.conf import settings  # noqa: PLC0415  # as above

    django.choose_settings()
    framework.setup()
    return Finding(
        about="settings",
        state=State.FINE,
        words=f"console at {settings.LIONROCK_URL}, region {settings.LIONROCK_REGION}, "
        f"pages in {settings.LANGUAGE_CODE}, times in {settings.TIME_ZONE}",
    )


def check_data_folder() -> Finding:
    """Does the data folder exist, for its owner alone?"""
    folder = data_folder()
    if not folder.is_dir():
        return Finding(
            about="data folder",
            state=State.NOTE,
            words=f"{folder} is not there yet; lionrock up makes it",
        )
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & OPEN_TO_OTHERS:
        return Finding(
            about="data folder",
            state=State.BROKEN,
            words=f"{folder} is open to others (mode {mode:04o}); run: chmod 700 {folder}",
        )
    return Finding(about="data folder", state=State.FINE, words=str(folder))


def check_secrets() -> Finding:
    """Can only their owner read the secrets?"""
    folder = data_folder() / "secrets"
    if not folder.is_dir():
        return Finding(
            about="secrets", state=State.NOTE, words="none yet; they are made when first needed"
        )
    paths = [folder, *sorted(folder.iterdir())]
    open_ = [path for path in paths if stat.S_IMODE(path.stat().st_mode) & OPEN_TO_OTHERS]
    if open_:
        names = " ".join(str(path) for path in open_)
        return Finding(
            about="secrets", state=State.BROKEN, words=f"open to others; run: chmod go= {names}"
        )
    return Finding(about="secrets", state=State.FINE, words=f"{len(paths) - 1} kept, for the owner")


def check_space() -> Finding:
    """Is there room for more?"""
    folder = data_folder()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / 2**30:.1f} GiB free"
    return Finding(
        about="disk space",
        state=State.BROKEN if free < LITTLE_SPACE else State.FINE,
        words=words,
    )


def check_database() -> Finding:
    """Does the database answer?"""
    from django.conf import settings  # noqa: PLC0415  # needs Django started
    from django.db import connection  # noqa: PLC0415  # as above

    if connection.vendor == "sqlite":
        file = Path(str(settings.DATABASES["default"]["NAME"]))
        if not file.exists():
            return Finding(
                about="database", state=State.BROKEN, words="there is none yet; run: lionrock up"
            )
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            answer = str(cursor.fetchone()[0])
        state = State.FINE if answer == "ok" else State.BROKEN
        size = f"{file.stat().st_size / 2**20:.1f} MiB"
        words = f"SQLite, {size}" + ("" if answer == "ok" else f": {answer}")
        return Finding(about="database", state=state, words=words)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    where = connection.settings_dict["HOST"] or "a local socket"
    return Finding(
        about="database", state=State.FINE, words=f"PostgreSQL {version} on {where} answers"
    )


def check_migrations() -> Finding:
    """Has the database every table that this version needs?"""
    pending = django.unapplied()
    if pending:
        return Finding(
            about="migrations",
            state=State.BROKEN,
            words=f"{len(pending)} not applied; run: lionrock up",
        )
    return Finding(about="migrations", state=State.FINE, words="all applied")


def check_people() -> Finding:
    """Can somebody administer?"""
    from lionrock.desk.people.models import Person  # noqa: PLC0415  # needs Django started
    from lionrock.desk.people.roles import Role  # noqa: PLC0415  # as above

    active = Person.objects.filter(is_active=True)
    administrators = active.filter(groups__name=Role.ADMINISTRATOR).count()
    return Finding(
        about="people",
        state=State.FINE if administrators else State.BROKEN,
        words=f"{active.count()} may sign in, {administrators} of them administer",
    )


def check_audit() -> Finding:
    """Is the audit log whole?"""
    from lionrock.desk.audit.models import Head  # noqa: PLC0415  # needs Django started
    from lionrock.desk.audit.services import verify  # noqa: PLC0415  # as above

    broken = verify()
    if broken is not None:
        return Finding(
            about="audit log",
            state=State.BROKEN,
            words=f"broken at entry {broken.number}: {broken.why}",
        )
    head = Head.objects.filter(pk=1).first() or Head()
    return Finding(about="audit log", state=State.FINE, words=f"whole, {head.number} entries")


def check_reading(now: datetime) -> Finding:
    """When were names last read?"""
    from lionrock.desk.suspects.models import Reading  # noqa: PLC0415  # needs Django started

    last = Reading.objects.order_by("-started_at").first()
    if last is None:
        return Finding(about="last reading", state=State.NOTE, words="no names were read yet")
    words = f"{last.source}: {last.names} names, {last.suspects} suspects, begun {last.started_at:%Y-%m-%d %H:%M} UTC"
    if last.failure:
        return Finding(
            about="last reading", state=State.BROKEN, words=f"{words}; failed: {last.failure}"
        )
    old = now - last.started_at > STALE_READING
    return Finding(about="last reading", state=State.NOTE if old else State.FINE, words=words)


def check_workers(now: datetime) -> Finding:
    """Does somebody do the work?"""
    from lionrock.desk.work.models import Worker  # noqa: PLC0415  # needs Django started
    from lionrock.desk.work.services import DEAD_AFTER  # noqa: PLC0415  # as above

    rows = list(Worker.objects.filter(ended_at=None).order_by("name"))
    alive = [row.name for row in rows if now - row.beat_at < DEAD_AFTER]
    dead = [row.name for row in rows if now - row.beat_at >= DEAD_AFTER]
    if dead:
        return Finding(
            about="workers",
            state=State.NOTE if alive else State.BROKEN,
            words=f"no sign of {', '.join(dead)}; at work: {', '.join(alive) or 'none'}",
        )
    if not alive:
        return Finding(
            about="workers", state=State.NOTE, words="none at work; lionrock up starts one"
        )
    return Finding(about="workers", state=State.FINE, words=f"at work: {', '.join(alive)}")


def check_duties() -> Finding:
    """Does what is done again and again succeed?"""
    from lionrock.desk.work.models import Duty  # noqa: PLC0415  # needs Django started

    failing = Duty.objects.filter(failures__gt=0).order_by("name")
    if failing:
        words = "; ".join(
            f"{duty.name} failed {duty.failures} times: {duty.failure}" for duty in failing
        )
        return Finding(about="duties", state=State.BROKEN, words=" ".join(words.split())[:500])
    return Finding(
        about="duties",
        state=State.FINE,
        words=f"{Duty.objects.count()} done by turns, none failing",
    )


def check_feeds() -> Finding:
    """Do the feeds come?"""
    from lionrock.desk.feeds.models import Source  # noqa: PLC0415  # needs Django started

    on = Source.objects.filter(enabled=True).order_by("feed")
    failing = list(on.filter(failures__gt=0).values_list("feed", flat=True))
    silent = list(on.exclude(silent_since=None).values_list("feed", flat=True))
    words = f"{len(on)} switched on"
    if failing:
        words += f"; cannot be collected: {', '.join(failing[:10])}"
    if silent:
        words += f"; silent: {', '.join(silent[:10])}"
    return Finding(
        about="feeds", state=State.BROKEN if failing or silent else State.FINE, words=words
    )


def check_deliveries(now: datetime) -> Finding:
    """Is what came read?"""
    from lionrock.desk.feeds.models import Blob, BlobState  # noqa: PLC0415  # needs Django started

    failed = Blob.objects.filter(state=BlobState.FAILED).count()
    waiting = Blob.objects.filter(state=BlobState.KEPT).order_by("received_at")
    late = [blob for blob in waiting[:1] if now - blob.received_at > STALE_DELIVERY]
    words = f"{Blob.objects.count()} kept, {waiting.count()} wait to be read"
    if late:
        words += f", the oldest since {late[0].received_at:%Y-%m-%d %H:%M} UTC"
    if failed:
        words += f"; {failed} could not be read"
    state = State.BROKEN if late else State.NOTE if failed else State.FINE
    return Finding(about="deliveries", state=state, words=words)


def check_streams(now: datetime) -> Finding:
    """Do the streams of names come?"""
    from lionrock.desk.streams.models import Stream  # noqa: PLC0415  # as above
    from lionrock.desk.streams.selectors.rows import (  # noqa: PLC0415  # needs Django started
        StreamState,
        in_trouble,
    )

    words = f"{Stream.objects.filter(wanted=True).count()} started"
    told = {
        StreamState.ALARM: "said what cannot be true",
        StreamState.FAILING: "cannot be read",
        StreamState.BEHIND: "far behind",
    }
    rows = in_trouble(now=now)
    for trouble, about in told.items():
        if names := [row.stream.name for row in rows if row.state is trouble]:
            words += f"; {about}: {', '.join(names[:10])}"
    broken = any(row.state is not StreamState.BEHIND for row in rows)
    state = State.BROKEN if broken else State.NOTE if rows else State.FINE
    return Finding(about="streams", state=state, words=words)


def check_opinions(now: datetime) -> Finding:
    """Does the language model answer, where one is asked?"""
    from lionrock.desk.suspects.asking import (  # noqa: PLC0415  # needs Django started
        day_of,
        endpoint_here,
        limits_here,
    )
    from lionrock.desk.suspects.selectors import opinions  # noqa: PLC0415  # as above
    from lionrock.net.model_endpoint.words import check  # noqa: PLC0415  # as above

    endpoint, limits = endpoint_here(), limits_here()
    if endpoint is None:
        return Finding(about="opinions", state=State.FINE, words="no language model is asked")
    check(endpoint)
    spent = opinions.spent_on(day_of(now))
    words = (
        f"{endpoint.model} at {endpoint.host}: {spent.calls} of {limits.calls} calls and "
        f"{spent.tokens} of {limits.tokens} tokens today"
    )
    until = opinions.rests_until(endpoint.model, now=now)
    if until is not None:
        words += f"; it gave no answer and is left alone until {until:%Y-%m-%d %H:%M} UTC"
    return Finding(
        about="opinions", state=State.FINE if until is None else State.BROKEN, words=words
    )


def check_aids(now: datetime) -> Finding:
    """How old are the documents that reading profits from?"""
    from lionrock.desk.feeds.models import Aid  # noqa: PLC0415  # needs Django started

    aids = list(Aid.objects.order_by("name").values_list("name", "fetched_at"))
    if not aids:
        return Finding(
            about="aids",
            state=State.NOTE,
            words="none fetched; reports are read by their column names",
        )
    old = any(now - fetched > STALE_AID for _, fetched in aids)
    words = ", ".join(f"{name} of {fetched:%Y-%m-%d}" for name, fetched in aids)
    return Finding(about="aids", state=State.NOTE if old else State.FINE, words=words)


def check_static() -> Finding:
    """Were the style sheets laid ready?"""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    ready = (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()
    return Finding(
        about="static files",
        state=State.FINE if ready else State.NOTE,
        words="laid ready" if ready else "not laid ready yet; lionrock up does",
    )


def check_console() -> Finding:
    """Does the console answer?"""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    host, _, port = str(settings.LIONROCK_LISTEN).rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]") or "127.0.0.1", int(port), timeout=3)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
            response = connection.getresponse()
            answer = response.read(200)
        except ConnectionRefusedError:
            return Finding(
                about="console",
                state=State.NOTE,
                words=f"not running on {settings.LIONROCK_LISTEN}",
            )
    if response.status == http.client.OK and b"ok" in answer:
        return Finding(
            about="console", state=State.FINE, words=f"answers on {settings.LIONROCK_LISTEN}"
        )
    return Finding(
        about="console",
        state=State.BROKEN,
        words=f"something else, or a broken console, answers on {settings.LIONROCK_LISTEN} "
        f"(status {response.status})",
    )


def check_region_pack() -> Finding:
    """Is the region pack valid?"""
    from lionrock import regions  # noqa: PLC0415  # slow to load
    from lionrock.core.region import check_region  # noqa: PLC0415  # as above
    from lionrock.names.suffixes import Suffixes  # noqa: PLC0415  # as above

    code = region_code()
    region, problems = regions.draft(code)
    problems += check_region(region, is_suffix=Suffixes.bundled().is_suffix)
    if problems:
        return Finding(
            about="region pack",
            state=State.BROKEN,
            words=f"{len(problems)} problems; see: lionrock region check {code}",
        )
    return Finding(
        about="region pack", state=State.FINE, words=f"{code}: {len(region.brands)} brands"
    )


def check_model() -> Finding:
    """Is there a model that reads names?"""
    from lionrock.jobs.current import current_model  # noqa: PLC0415  # slow to load

    try:
        model = current_model()
    except LionrockError as error:
        return Finding(about="model", state=State.BROKEN, words=str(error))
    return Finding(about="model", state=State.FINE, words=model.version)


def check_suffixes(now: datetime) -> Finding:
    """How old is the Public Suffix List?"""
    import publicsuffixlist  # noqa: PLC0415  # only read here

    head = Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8")[:2000]
    found = re.search(r"VERSION: (\d{4}-\d\d-\d\d)", head)
    if found is None:
        return Finding(about="suffix list", state=State.NOTE, words="does not say how old it is")
    dated = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    days = (now - dated).days
    return Finding(
        about="suffix list",
        state=State.NOTE if now - dated > STALE_SUFFIXES else State.FINE,
        words=f"Public Suffix List of {found[1]}, {days} days old",
    )


def data_folder() -> Path:
    """Return the data folder, whether it exists or not."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    folder: Path = settings.LIONROCK_DATA
    return folder


def region_code() -> str:
    """Return the region that is set, or the default when the settings cannot be read."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    return str(settings.LIONROCK_REGION) if settings.configured else regions.DEFAULT
