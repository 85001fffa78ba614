"""Reads a catalogue of known exploited vulnerabilities (KEV) as CISA publishes it."""

import json
from collections.abc import Iterator
from typing import Final

from lionrock.briefing.news.items import (
    LARGEST,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST,
    Broken,
    Item,
    Unread,
    cves_in,
    moment,
)
from lionrock.briefing.news.text import one_line

_NEEDED: Final = ("cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded")


def read_kev(content: bytes) -> Iterator[Item | Unread]:
    """Yield the vulnerabilities of a catalogue; raise Broken for what is none.

    Its schema: cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json.
    """
    table = loaded(content)
    entries = table.get("vulnerabilities")
    if not isinstance(entries, list):
        raise Broken("it has no list of vulnerabilities")
    for number, entry in enumerate(entries, start=1):
        if number > MOST:
            yield Unread(place=f"entry {number}", text="", why=f"more than {MOST} entries")
            return
        yield _item(entry, number)


def _item(entry: object, number: int) -> Item | Unread:
    def unread(why: str) -> Unread:
        text = json.dumps(entry, ensure_ascii=False)[:200]
        return Unread(place=f"entry {number}", text=one_line(text, 200), why=why)

    if not isinstance(entry, dict):
        return unread("it is no object")
    said = {name: value for name, value in entry.items() if isinstance(value, str)}
    if missing := [name for name in _NEEDED if not said.get(name, "").strip()]:
        return unread(f"it has no {missing[0]}")
    cves = cves_in(said["cveID"])
    if len(cves) != 1 or cves[0] != said["cveID"].strip().upper():
        return unread("its cveID is no CVE number")
    added = moment(said["dateAdded"])
    if added is None:
        return unread("its dateAdded is no date")
    summary = f"{said.get('shortDescription', '')} {said.get('requiredAction', '')}"
    return Item(
        key=cves[0],
        title=one_line(f"{cves[0]} {said['vulnerabilityName']}", LONGEST_TITLE),
        summary=one_line(summary, LONGEST_SUMMARY),
        published=added,
        cves=cves,
        products=((one_line(said["vendorProject"], 100), one_line(said["product"], 100)),),
        exploited=True,
    )


def loaded(content: bytes) -> dict[str, object]:
    """Return the object that some JSON is; raise Broken for anything else."""
    if len(content) > LARGEST:
        raise Broken(f"it is longer than {LARGEST} bytes")
    try:
        table = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Broken(f"it is no JSON in UTF-8: {str(error)[:200]}") from error
    if not isinstance(table, dict):
        raise Broken("it is JSON, but no object")
    return table
