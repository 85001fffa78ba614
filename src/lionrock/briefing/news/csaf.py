"""Reads security advisories in CSAF 2.0 and 2.1, and the lists by which their providers tell of them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urljoin

from lionrock.briefing.news.items import (
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_CVES,
    MOST_PRODUCTS,
    Broken,
    Item,
    cves_in,
    moment,
    safe_link,
)
from lionrock.briefing.news.kev import loaded
from lionrock.briefing.news.text import one_line

VERSIONS: Final = frozenset({"2.0", "2.1"})
DEEPEST: Final = 30
"""Branches of a product tree above each other."""
MOST_LISTED: Final = 50_000

_EXPLOITED: Final = ("known_exploited", "exploitation of this vulnerability has been detected")
_PUBLIC: Final = frozenset({"", "WHITE", "CLEAR"})
"""The labels of what may be published; an advisory without any was published by its maker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An advisory that a provider lists: where it is, and when it last changed."""

    url: str
    updated: datetime


def read_csaf(content: bytes) -> Item:
    """Return what an advisory says; raise Broken for what is none, or is not for everybody's eyes.

    Specification: docs.oasis-open.org/csaf/csaf/v2.0 and v2.1; only what is used is looked at.
    """
    table = loaded(content)
    document = _table(table, "document")
    version = document.get("csaf_version")
    if version not in VERSIONS:
        raise Broken(f"it is no CSAF 2.0 or 2.1 document: csaf_version is {version!r:.40}")
    tracking = _table(document, "tracking")
    title, key = _text(document, "title"), _text(tracking, "id")
    released = moment(tracking.get("initial_release_date"))
    current = moment(tracking.get("current_release_date"))
    if not title or not key or current is None:
        raise Broken("its title, tracking id or current release date is missing")
    label = _text(_table(_table(document, "distribution"), "tlp"), "label")
    if label not in _PUBLIC:
        raise Broken(f"it is not for publication: TLP:{label[:20]}")
    vulnerabilities = [each for each in _list(table, "vulnerabilities") if isinstance(each, dict)]
    numbers = [_text(each, "cve") for each in vulnerabilities[:MOST_CVES]]
    return Item(
        key=one_line(key, 300),
        title=one_line(title, LONGEST_TITLE),
        summary=_summary(document),
        url=_own_link(document),
        published=released or current,
        updated=current,
        publisher=one_line(_text(_table(document, "publisher"), "name"), 100),
        cves=cves_in(*numbers),
        products=_products(table),
        exploited=any(_exploited(each) for each in vulnerabilities),
        patched=bool(vulnerabilities) and all(_fixed(each) for each in vulnerabilities),
    )


def read_list(content: bytes, *, base: str) -> tuple[Listed, ...]:
    """Return what a provider lists, the latest change first: a ROLIE feed, or ``changes.csv``.

    Addresses that are not https are left out. Raises Broken for what is neither.
    """
    found = _rolie(content) if content.lstrip()[:1] == b"{" else _changes(content)
    some = {
        url: Listed(url=url, updated=updated)
        for place, updated in found
        if (url := safe_link(urljoin(base, place)))
    }
    return tuple(sorted(some.values(), key=lambda each: (each.updated, each.url), reverse=True))


def _rolie(content: bytes) -> Iterator[tuple[str, datetime]]:
    entries = _list(_table(loaded(content), "feed"), "entry")
    if not entries:
        raise Broken("it is no ROLIE feed, or an empty one")
    for entry in entries[:MOST_LISTED]:
        if isinstance(entry, dict):
            place = _text(_table(entry, "content"), "src")
            updated = moment(entry.get("updated"))
            if place and updated:
                yield place, updated


def _changes(content: bytes) -> Iterator[tuple[str, datetime]]:
    try:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        lines = [row for _number, row in zip(range(MOST_LISTED), rows, strict=False) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Broken("it is neither a ROLIE feed nor changes.csv") from error
    dated = [(row[0], at) for row in lines if len(row) == 2 and (at := moment(row[1]))]
    if len(dated) < len(lines) or not dated:
        raise Broken("it is neither a ROLIE feed nor changes.csv")
    yield from dated


def _summary(document: Mapping[str, object]) -> str:
    notes = [each for each in _list(document, "notes") if isinstance(each, dict)]
    for category in ("summary", "description", "general"):
        for note in notes:
            if note.get("category") == category and _text(note, "text"):
                return one_line(_text(note, "text"), LONGEST_SUMMARY)
    return ""


def _own_link(document: Mapping[str, object]) -> str:
    for each in _list(document, "references"):
        if isinstance(each, dict) and each.get("category") == "self":
            link = safe_link(_text(each, "url"))
            if link and not link.endswith(".json"):
                return link
    return ""


def _products(table: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return (vendor, product) of the branches of the product tree."""
    found: dict[tuple[str, str], None] = {}
    branches = [(each, "", 0) for each in _list(_table(table, "product_tree"), "branches")]
    while branches and len(found) < MOST_PRODUCTS:
        branch, vendor, depth = branches.pop(0)
        if not isinstance(branch, dict) or depth > DEEPEST:
            continue
        name = one_line(_text(branch, "name"), 100)
        if branch.get("category") == "vendor":
            vendor = name
        if branch.get("category") == "product_name" and name:
            found[vendor, name] = None
            continue
        branches += [(each, vendor, depth + 1) for each in _list(branch, "branches")]
    return tuple(found)


def _exploited(vulnerability: Mapping[str, object]) -> bool:
    """Tell whether the advisory itself says, in a field for it, that it is exploited."""
    if _list(vulnerability, "first_known_exploitation_dates"):
        return True
    for threat in _list(vulnerability, "threats"):
        if isinstance(threat, dict) and threat.get("category") == "exploit_status":
            said = _text(threat, "details").casefold()
            if any(each in said for each in _EXPLOITED) or "exploited:yes" in said:
                return True
    return False


def _fixed(vulnerability: Mapping[str, object]) -> bool:
    return any(
        isinstance(each, dict) and each.get("category") == "vendor_fix"
        for each in _list(vulnerability, "remediations")
    )


def _table(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}


def _list(table: Mapping[str, object], name: str) -> list[object]:
    value = table.get(name)
    return value if isinstance(value, list) else []


def _text(table: Mapping[str, object], name: str) -> str:
    value = table.get(name)
    return value.strip() if isinstance(value, str) else ""
