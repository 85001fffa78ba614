"""Which logs there are: the list that browsers publish, read strictly, one bad log beside the others.

Source: the log list's schema, version 3 (https://www.gstatic.com/ct/log_list/v3/log_list_schema.json).
"""

import binascii
import json
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from lionrock.core.errors import GiveUp

LOG_LIST: Final = "https://www.gstatic.com/ct/log_list/v3/log_list.json"
LONGEST_LIST: Final = 4 * 2**20
MOST_LOGS: Final = 2_000
LONGEST_LIFE: Final = timedelta(days=398)
"""The longest that a publicly trusted certificate lives: which shards still take new ones."""


class Kind(StrEnum):
    """How a log is read."""

    TILES = "tiles"
    """Static files (https://c2sp.org/static-ct-api)."""
    RFC6962 = "rfc6962"
    """Questions and answers (RFC 6962, section 4)."""


class State(StrEnum):
    """What the list's publisher thinks of a log; the schema's words."""

    PENDING = "pending"
    QUALIFIED = "qualified"
    USABLE = "usable"
    READONLY = "readonly"
    RETIRED = "retired"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """One log.

    ``id`` is the SHA-256 of ``key`` (DER, SubjectPublicKeyInfo). ``url`` is where it is read and
    ends in a slash; ``submission_url`` is what it is called by (the same, for RFC 6962). ``mmd`` is
    its promise in seconds. Only certificates that expire within ``begins`` and ``ends`` are in it;
    both None: all.
    """

    id: bytes
    key: bytes
    kind: Kind
    operator: str
    description: str
    url: str
    submission_url: str
    mmd: int
    state: State
    since: datetime | None = None
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def origin(self) -> str:
        """The first line of its checkpoints: the submission address without scheme and final slash."""
        return self.submission_url.partition("://")[2].rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLog:
    """An entry of the list that cannot be used: whose, which, and why."""

    operator: str
    description: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogList:
    """A list as it was read."""

    version: str
    published: datetime | None
    logs: tuple[Log, ...]
    bad: tuple[BadLog, ...]


def read_log_list(content: bytes) -> LogList:
    """Return the logs that ``content`` (JSON) names; raise GiveUp when it is no list of logs."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise GiveUp(f"the list of logs is no JSON: {str(error)[:200]}") from error
    operators = found.get("operators") if isinstance(found, dict) else None
    if not isinstance(operators, list):
        raise GiveUp("the list of logs names no operators")
    logs: list[Log] = []
    bad: list[BadLog] = []
    for operator, kind, entry in _entries(operators):
        if len(logs) + len(bad) >= MOST_LOGS:
            raise GiveUp(f"the list names more than {MOST_LOGS} logs")
        try:
            logs.append(_log(operator, kind, entry, {log.id for log in logs}))
        except _Bad as error:
            described = entry.get("description") if isinstance(entry, dict) else None
            bad.append(
                BadLog(operator=operator, description=str(described or "")[:200], why=str(error))
            )
    return LogList(
        version=str(found.get("version", ""))[:100],
        published=_time(found.get("log_list_timestamp")),
        logs=tuple(logs),
        bad=tuple(bad),
    )


def taking_new(logs: Iterable[Log], *, now: datetime) -> tuple[Log, ...]:
    """Return the logs in which certificates issued now can appear."""
    return tuple(
        log
        for log in logs
        if log.state in {State.QUALIFIED, State.USABLE}
        and (log.ends is None or log.ends > now)
        and (log.begins is None or log.begins < now + LONGEST_LIFE)
    )


class _Bad(Exception):
    """Why one entry of the list cannot be used."""


def _entries(operators: list[Any]) -> Iterator[tuple[str, Kind, Any]]:  # Any: as JSON came
    for operator in operators:
        if not isinstance(operator, dict):
            continue
        name = str(operator.get("name", ""))[:200]
        for kind, key in ((Kind.TILES, "tiled_logs"), (Kind.RFC6962, "logs")):
            entries = operator.get(key)
            for entry in entries if isinstance(entries, list) else ():
                yield name, kind, entry


def _log(operator: str, kind: Kind, entry: Any, known: set[bytes]) -> Log:  # Any: as JSON came
    if not isinstance(entry, dict):
        raise _Bad("is no object")
    key = _bytes(entry.get("key"), "key")
    log_id = _bytes(entry.get("log_id"), "log_id")
    if sha256(key).digest() != log_id:
        raise _Bad("has a log_id that is not the hash of its key")
    if log_id in known:
        raise _Bad("is listed twice")
    tiles = kind is Kind.TILES
    mmd = entry.get("mmd")
    state, since = _state(entry.get("state"))
    interval = entry.get("temporal_interval")
    begins = ends = None
    if isinstance(interval, dict):
        begins, ends = _time(interval.get("start_inclusive")), _time(interval.get("end_exclusive"))
        if begins is None or ends is None or begins >= ends:
            raise _Bad("has a temporal_interval that is none")
    return Log(
        id=log_id,
        key=key,
        kind=kind,
        operator=operator,
        description=str(entry.get("description", ""))[:200],
        url=_url(entry.get("monitoring_url" if tiles else "url")),
        submission_url=_url(entry.get("submission_url" if tiles else "url")),
        mmd=mmd if isinstance(mmd, int) and 0 < mmd < 10**7 else 86_400,
        state=state,
        since=since,
        begins=begins,
        ends=ends,
    )


def _bytes(value: object, name: str) -> bytes:
    try:
        if isinstance(value, str) and len(value) < 10_000:
            return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise _Bad(f"has no readable {name}")


def _url(value: object) -> str:
    if not isinstance(value, str) or not value.isascii() or len(value) > 1000:
        raise _Bad("has no readable address")
    if not value.startswith(("https://", "http://")):
        raise _Bad("has an address that is not on the web")
    return value.rstrip("/") + "/"


def _state(value: object) -> tuple[State, datetime | None]:
    if isinstance(value, dict) and len(value) == 1:
        ((name, about),) = value.items()
        if name in set(State):
            return State(name), _time(about.get("timestamp") if isinstance(about, dict) else None)
    return State.UNKNOWN, None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
