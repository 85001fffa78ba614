"""Our own table of Shadowserver's report types: what each says, also with no schema at hand."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lionrock.core.events import Part, Seen, Severity
from lionrock.core.rsit import Rsit

_TWIN: Final = re.compile(r"(scan|event|population)[46]?_(.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A word in a column that makes another problem of a row."""

    column: str
    word: str
    kind: Rsit
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report type; see ``reports.toml`` for what each field means."""

    name: str
    kind: Rsit
    severity: Severity
    seen: Seen
    part: Part = Part.HOST
    ends: str = "plain"
    variant: str = ""
    family: str | None = None
    service: str | None = None
    port: int | None = None
    transport: str | None = None
    told_by: tuple[str, ...] = ()
    ephemeral: bool = False
    named_by: str = ""
    changes: tuple[Change, ...] = ()


@cache
def reports() -> Mapping[str, Report]:
    """Return every report type of our table by its name (that for IPv4)."""
    return _loaded()[0]


def written_name(name: str) -> str:
    """Return today's name of a report type; that of its IPv6 twin stays apart."""
    word = name.replace("-", "_")
    plain = plain_name(word)
    if plain is None or _for_ipv4(word) == plain or word == f"{plain}6":
        return word
    return f"{plain[:5]}6{plain[6:]}" if "6" in word and plain.startswith("event4") else plain


def report_named(name: str) -> Report | None:
    """Return the report type that a name (also an old one, or that for IPv6) stands for."""
    wanted = plain_name(name)
    return reports().get(wanted) if wanted else None


@cache
def plain_name(name: str) -> str | None:
    """Return the name under which our table holds a report type."""
    known, names = _loaded()
    word = name.strip().lower().replace("-", "_").replace(".", "_")
    word = names.get(word, word)
    for candidate in (
        word,
        _for_ipv4(word),
        word.removesuffix("6"),
        f"scan_{word}",
        f"event4_{word}",
    ):
        candidate = names.get(candidate, candidate)  # noqa: PLW2901  # the same name, today's
        if candidate in known:
            return candidate
    return None


def _for_ipv4(word: str) -> str:
    found = _TWIN.match(word)
    if not found:
        return word
    return f"event4_{found[2]}" if found[1] == "event" else f"{found[1]}_{found[2]}"


@cache
def _loaded() -> tuple[Mapping[str, Report], Mapping[str, str]]:
    text = (files(__package__) / "reports.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    found = {
        name: _report(name, {**group, **own}, _changes(name, document["change"]))
        for group in document["group"]
        for name, own in group["reports"].items()
    }
    return found, document["names"]


def _changes(name: str, changes: list[dict[str, str]]) -> tuple[Change, ...]:
    return tuple(
        Change(
            column=change["column"],
            word=change["word"],
            kind=Rsit(change["kind"]),
            severity=Severity(change["severity"]),
        )
        for change in changes
        if change["report"] == name
    )


def _report(
    name: str, said: Mapping[str, Any], changes: tuple[Change, ...]
) -> Report:  # TOML values
    return Report(
        name=name,
        kind=Rsit(said["kind"]),
        severity=Severity(said["severity"]),
        seen=Seen(said["seen"]),
        part=Part(said.get("part", "host")),
        ends=said.get("ends", "plain"),
        variant=said.get("variant", ""),
        family=said.get("family"),
        service=said.get("service"),
        port=said.get("port"),
        transport=said.get("transport"),
        told_by=tuple(said.get("told_by", ())),
        ephemeral=said.get("ephemeral", False),
        named_by=said.get("named_by", ""),
        changes=changes,
    )
