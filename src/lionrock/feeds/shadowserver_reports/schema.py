"""Shadowserver's published schema: which column of which report means what.

The document at ``ADDRESS`` is JSON keyed by report type; each entry lists ``required_fields`` and
``optional_fields`` as ``[field of IntelMQ's harmonization, column, conversion?]`` and
``constant_fields``. It is fetched by whoever collects, and handed in as an aid; without it reports are
read by our own table and the columns' names.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lionrock.core.errors import GiveUp
from lionrock.core.rsit import Rsit
from lionrock.feeds.reading import Unreadable, kebab, loads

ADDRESS: Final = "https://interchange.shadowserver.org/intelmq/v1/schema"
AID: Final = "shadowserver-schema"
LONGEST: Final = 16 << 20
"""Bytes of a schema; today's has less than 1 MB."""

_TYPE: Final = re.compile(r"[a-z0-9_]{1,80}$")

ROLES: Final[Mapping[str, str]] = {
    "time.source": "time",
    "source.ip": "address",
    "source.port": "port",
    "source.asn": "asn",
    "source.geolocation.cc": "country",
    "source.reverse_dns": "host",
    "source.fqdn": "host",
    "source.url": "url",
    "source.network": "network",
    "destination.ip": "other_address",
    "destination.port": "other_port",
    "destination.asn": "other_asn",
    "destination.geolocation.cc": "other_country",
    "protocol.transport": "transport",
    "protocol.application": "service",
    "malware.name": "family",
}
"""Fields of IntelMQ's harmonization, by the part of an Event that they fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the schema says of one report type."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    roles: Mapping[str, str]
    """Column to part of an Event, where the schema names one."""
    kind: Rsit | None = None
    service: str | None = None
    transport: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The whole document."""

    entries: Mapping[str, Entry] = field(default_factory=dict)


EMPTY: Final = Schema()


def read_schema(content: bytes) -> Schema:
    """Return the schema, or raise Unreadable saying what is wrong with the document.

    A report type that cannot be read is left out; a document with none at all is refused, so that a
    refresh never replaces a good schema by an error page.
    """
    if len(content) > LONGEST:
        raise Unreadable(f"is longer than {LONGEST:,} bytes")
    document = loads(content.decode("utf-8-sig", "replace"))
    if not isinstance(document, dict):
        raise Unreadable("is no object of report types")
    entries = {
        name: entry
        for name, value in document.items()
        if _TYPE.match(name) and (entry := _entry(value)) is not None
    }
    if not entries:
        raise Unreadable("describes no report type")
    return Schema(entries=entries)


def validate_schema(content: bytes) -> str:
    """Return the schema in one canonical spelling, for keeping; raise GiveUp when it is none."""
    try:
        read_schema(content)
    except Unreadable as error:
        raise GiveUp(f"what came instead of Shadowserver's schema {error}") from error
    document = loads(content.decode("utf-8-sig", "replace"))
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def kind_of(taxonomy: str, type_: str) -> Rsit | None:
    """Return the taxonomy's type that IntelMQ's two words name, or None."""
    wanted = f"{kebab(taxonomy)}.{kebab(type_)}"
    if wanted in _KINDS:
        return Rsit(wanted)
    return next((kind for kind in Rsit if kind.type == kebab(type_)), None)


_KINDS: Final = frozenset(kind.value for kind in Rsit)


def _entry(value: Any) -> Entry | None:  # parsed JSON
    if not isinstance(value, dict):
        return None
    required = _fields(value.get("required_fields"))
    optional = _fields(value.get("optional_fields"))
    if not required and not optional:
        return None
    constants = value.get("constant_fields")
    words = (
        {k: v for k, v in constants.items() if isinstance(v, str)}
        if isinstance(constants, dict)
        else {}
    )
    roles: dict[str, str] = {}
    for harmonized, column in (*required, *optional):
        if role := ROLES.get(harmonized):
            roles.setdefault(column, role)
    transport = words.get("protocol.transport")
    return Entry(
        columns=tuple(column for _, column in (*required, *optional)),
        required=tuple(column for _, column in required),
        roles=roles,
        kind=kind_of(
            words.get("classification.taxonomy", ""), words.get("classification.type", "")
        ),
        service=words.get("protocol.application"),
        transport=transport if transport in {"tcp", "udp"} else None,
        title=str(value.get("feed_name") or ""),
    )


def _fields(value: Any) -> list[tuple[str, str]]:  # as above
    if not isinstance(value, list):
        return []
    return [
        (item[0], item[1])
        for item in value
        if isinstance(item, list)
        and len(item) >= 2
        and isinstance(item[0], str)
        and isinstance(item[1], str)
        and item[1]
    ]
