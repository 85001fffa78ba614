"""Reads what is known of new names beside their letters: who shares a certificate, registrar or day.

A file of facts is CSV with a header; ``name`` is needed, of the others whatever is there:

- ``name``: the host or registered domain
- ``certificate``: what tells the certificate it stands on (a fingerprint)
- ``registrar``: who registered it, as the source writes it
- ``day``: when it was registered, as in ISO 8601

Names that share a certificate, and those that share registrar and day, belong together.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Reject, lines_of
from lionrock.names.normalise import normalise
from lionrock.names.series import By, Together
from lionrock.names.suffixes import Suffixes

LONGEST: Final = 300
"""Characters of a certificate's fingerprint or a registrar's name that are kept."""
_BATCH: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Groups of rows that share something, and the lines that could not be read."""

    together: tuple[Together, ...]
    rejects: tuple[Reject, ...]


def read_together(path: Path, row_of: Mapping[str, int], suffixes: Suffixes) -> Facts:
    """Read a file of facts about the names of a block, whose registrable domains ``row_of`` numbers.

    Names that are not in the block are passed over. Raises GiveUp when the file has no column
    ``name``, OSError when it cannot be read.
    """
    groups: dict[tuple[By, str], dict[int, None]] = {}
    rejects: list[Reject] = []
    with path.open(encoding="utf-8", errors="backslashreplace", newline="") as stream:
        rows = csv.DictReader(stream)
        try:
            if "name" not in (rows.fieldnames or ()):
                raise GiveUp(f"{path} has no column called name")
            batch: list[tuple[int, Mapping[str, str | None]]] = []
            for facts in rows:
                batch.append((rows.line_num, facts))
                if len(batch) == _BATCH:
                    _take(batch, row_of, suffixes, groups, rejects)
                    batch = []
            _take(batch, row_of, suffixes, groups, rejects)
        except csv.Error as error:
            raise GiveUp(f"{path}, line {rows.line_num}: {error}") from error
    return Facts(
        together=tuple(
            Together(by=by, key=key, rows=tuple(rows))
            for (by, key), rows in groups.items()
            if len(rows) > 1
        ),
        rejects=tuple(rejects),
    )


def _take(
    batch: list[tuple[int, Mapping[str, str | None]]],
    row_of: Mapping[str, int],
    suffixes: Suffixes,
    groups: dict[tuple[By, str], dict[int, None]],
    rejects: list[Reject],
) -> None:
    """Add a batch's names to the groups they belong to."""
    names = [(facts.get("name") or "").encode("utf-8", "replace") for _, facts in batch]
    hosts, unread = normalise(lines_of(names, first_number=0))
    rejects += [
        Reject(line=batch[reject.line][0], text=reject.text, why=reject.why) for reject in unread
    ]
    begins = suffixes.split(hosts).registrable.tolist()
    for place, begin in enumerate(begins):
        line, facts = batch[int(hosts.rows[place])]
        row = row_of.get(hosts.host(place)[begin:]) if begin >= 0 else None
        if row is None:
            continue
        try:
            for key in _keys(facts):
                groups.setdefault(key, {})[row] = None
        except ValueError:
            text = (facts.get("day") or "")[:200]
            rejects.append(Reject(line=line, text=text, why="not a day in ISO 8601"))


def _keys(facts: Mapping[str, str | None]) -> Iterator[tuple[By, str]]:
    certificate = (facts.get("certificate") or "").strip()[:LONGEST]
    registrar = " ".join((facts.get("registrar") or "").casefold().split())[:LONGEST]
    day = (facts.get("day") or "").strip()
    on = date.fromisoformat(day[:10]) if day else None
    if certificate:
        yield By.CERTIFICATE, certificate
    if registrar and on:
        yield By.REGISTRATION, f"{registrar} {on.isoformat()}"
