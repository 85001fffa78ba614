"""What may stand in a feed's declaration, checked word by word before anything is read with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lionrock.core.events import AssetKind, Part, Seen, Severity
from lionrock.core.feeds import Carrier
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp

FORMATS: Final = ("lines", "csv", "json", "jsonl")
FIELDS: Final = (
    "at", "until", "asset", "address", "network", "host", "url", "hash", "asn", "country", "port",
    "transport", "service", "family", "cves", "brand", "other", "other_port", "other_asn",
    "other_country", "ref", "count", "severity", "kind", "variant", "report", "tlp",
)  # fmt: skip
"""What a column may fill."""
CONSTANTS: Final = ("transport", "service", "port", "family", "brand", "report", "variant")
"""What may hold for every record."""

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SPAN: Final = re.compile(r"(\d{1,4})\s*(minute|hour|day|week)s?")
_TOP: Final = frozenset(
    {"id", "title", "provider", "home", "tlp", "trust", "every", "may_be_empty", "carrier"}
    | {"address", "licence", "format", "kind", "severity", "seen", "part", "asset", "delimiter"}
    | {"columns", "comments", "path", "fields", "constants", "time", "split", "only", "values"}
    | {"header"}
)
_E = TypeVar("_E", bound=StrEnum)


class Faults(ValueError):
    """Everything that is wrong with one declaration."""

    def __init__(self, all_: list[str]) -> None:
        super().__init__("; ".join(all_))
        self.all = all_


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """A record counts only where its column is one of, contains or begins with; ``negated`` turns it."""

    column: str
    equal: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One checked declaration."""

    id: str
    title: str
    provider: str
    home: str
    tlp: Tlp
    trust: int
    every: timedelta | None
    may_be_empty: bool
    carrier: Carrier
    address: str
    licence: str
    format: str
    kind: Rsit
    severity: Severity | None
    """``None``: as bad as a row's kind."""
    seen: Seen
    part: Part | None
    asset: AssetKind | None
    fields: Mapping[str, tuple[str, ...]]
    """Part of an Event, to the columns that may fill it, the first filled one first."""
    constants: Mapping[str, str]
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    comments: tuple[str, ...] = ("#",)
    path: tuple[str, ...] = ()
    time_forms: tuple[str, ...] = ()
    zone: str = "UTC"
    split: Mapping[str, str] = field(default_factory=dict)
    only: tuple[Only, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Part of an Event, to what a source's word means there."""


def terms_of(document: Mapping[str, Any], stem: str) -> Terms:  # TOML values
    """Return the checked declaration; raise Faults with everything that is wrong."""
    check = _Check(document)
    check.strange("", document, _TOP)
    terms = Terms(
        id=check.text("id", stem, _ID.fullmatch, "lower-case letters, digits and hyphens"),
        title=check.text("title", stem),
        provider=check.text("provider", stem),
        home=check.text("home", ""),
        tlp=check.one("tlp", Tlp, Tlp.AMBER),
        trust=check.number("trust", 50, 0, 100),
        every=_span(check),
        may_be_empty=check.flag("may_be_empty"),
        carrier=check.one("carrier", Carrier, Carrier.DROP),
        address=check.text("address", ""),
        licence=check.text("licence", ""),
        format=check.text("format", "", FORMATS.__contains__, " or ".join(FORMATS)),
        kind=check.one("kind", Rsit, Rsit.UNDETERMINED),
        severity=check.one("severity", Severity, None),
        seen=check.one("seen", Seen, Seen.LISTED),
        part=check.one("part", Part, None),
        asset=check.one("asset", AssetKind, None),
        fields=_fields(check),
        constants=_constants(check),
        delimiter=check.text("delimiter", ",", lambda text: len(text) == 1, "one character"),
        columns=check.texts("columns", document, ()),
        comments=check.texts("comments", document, ("#",)),
        path=_path(check),
        time_forms=check.texts("forms", check.table("time"), ()),
        zone=_zone(check),
        split=_split(check),
        only=_only(check),
        values=_values(check),
    )
    if terms.format in {"csv", "json", "jsonl"} and not terms.fields:
        check.faults.append("[fields] is missing: it says which column fills what")
    if check.faults:
        raise Faults(check.faults)
    return terms


class _Check:
    """Takes values out of a document and notes what is wrong with them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.faults: list[str] = []

    def strange(self, place: str, table: Mapping[str, Any], known: frozenset[str]) -> None:
        for name in sorted(set(table) - known):
            self.faults.append(f"nobody knows “{place}{name}”")

    def text(
        self,
        name: str,
        default: str,
        right: Callable[[str], object] = bool,
        what: str = "a text",
    ) -> str:
        value = self.document.get(name, default)
        if not isinstance(value, str) or (
            (name in self.document or not value) and not right(value)
        ):
            if name in self.document or right is not bool:
                self.faults.append(f"{name} must be {what}, not {value!r}")
            return default
        return value

    def texts(
        self, name: str, table: Mapping[str, Any], default: tuple[str, ...]
    ) -> tuple[str, ...]:
        value = table.get(name, default)
        if isinstance(value, str):
            return (value,)
        if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.faults.append(f"{name} must be a list of texts, not {value!r}")
        return default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.document.get(name, default)
        if type(value) is int and least <= value <= most:
            return value
        self.faults.append(f"{name} must be a number from {least} to {most}, not {value!r}")
        return default

    def flag(self, name: str) -> bool:
        value = self.document.get(name, False)
        if not isinstance(value, bool):
            self.faults.append(f"{name} must be true or false, not {value!r}")
        return value is True

    def one(self, name: str, kind: type[_E], default: Any) -> Any:  # an _E, or the default
        value = self.document.get(name)
        if value is None:
            return default
        try:
            return kind(value)
        except ValueError:
            words = ", ".join(item.value for item in kind)
            self.faults.append(f"{name} must be one of {words}, not {value!r}")
            return default

    def table(self, name: str) -> Mapping[str, Any]:
        value = self.document.get(name, {})
        if isinstance(value, dict):
            return value
        self.faults.append(f"[{name}] must be a table")
        return {}


def _span(check: _Check) -> timedelta | None:
    value = check.document.get("every", "1 day")
    if value == "never":
        return None
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        check.faults.append(f"every must be like “1 day”, “15 minutes” or “never”, not {value!r}")
        return timedelta(days=1)
    return timedelta(**{f"{found[2]}s": int(found[1])})


def _fields(check: _Check) -> dict[str, tuple[str, ...]]:
    table = check.table("fields")
    check.strange("fields.", table, frozenset(FIELDS))
    return {name: check.texts(name, table, ()) for name in table if name in FIELDS}


def _constants(check: _Check) -> dict[str, str]:
    table = check.table("constants")
    check.strange("constants.", table, frozenset(CONSTANTS))
    return {name: str(table[name]) for name in table if name in CONSTANTS}


def _path(check: _Check) -> tuple[str, ...]:
    value = check.document.get("path", "")
    if isinstance(value, str):
        return tuple(value.split(".")) if value else ()
    return check.texts("path", check.document, ())


def _zone(check: _Check) -> str:
    value = check.table("time").get("zone", "UTC")
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        check.faults.append(f"time.zone must be a time zone’s name, not {value!r}")
        return "UTC"
    return str(value)


def _split(check: _Check) -> dict[str, str]:
    table = check.table("split")
    check.strange("split.", table, frozenset(FIELDS))
    wrong = [n for n, v in table.items() if not isinstance(v, str) or not v]
    check.faults.extend(
        f"split.{name} must be the text that stands between values" for name in wrong
    )
    return {n: v for n, v in table.items() if n not in wrong}


def _only(check: _Check) -> tuple[Only, ...]:
    found = check.document.get("only", [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        check.faults.append("[[only]] must be tables")
        return ()
    rules = []
    for item in found:
        check.strange("only.", item, frozenset({"column", "is", "contains", "begins", "not"}))
        if not isinstance(item.get("column"), str):
            check.faults.append("[[only]] must name its column")
            continue
        rules.append(
            Only(
                column=item["column"],
                equal=check.texts("is", item, ()),
                contains=check.texts("contains", item, ()),
                begins=check.texts("begins", item, ()),
                negated=item.get("not") is True,
            )
        )
    return tuple(rules)


def _values(check: _Check) -> dict[str, dict[str, str]]:
    table = check.table("values")
    check.strange("values.", table, frozenset(FIELDS))
    found: dict[str, dict[str, str]] = {}
    for name, words in table.items():
        if not isinstance(words, dict) or not all(isinstance(w, str) for w in words.values()):
            check.faults.append(f"[values.{name}] must be a table of words")
            continue
        found[name] = {word.lower(): meaning for word, meaning in words.items()}
        if name in _CLOSED:
            known = {item.value for item in _CLOSED[name]}
            check.faults.extend(
                f"values.{name} has {meaning!r}, which is none of {', '.join(sorted(known))}"
                for meaning in words.values()
                if meaning not in known
            )
    return found


_CLOSED: Final[Mapping[str, type[StrEnum]]] = {"kind": Rsit, "severity": Severity, "tlp": Tlp}
