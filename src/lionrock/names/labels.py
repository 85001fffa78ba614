"""Reads what people decided about names, for the next training: one JSON object per line.

The console's export and `lionrock names labels` write such files. Each line has these keys:

- ``name``: the host that was decided about
- ``label``: ``abuse`` (confirmed), ``benign`` or ``unclear`` (dismissed)
- ``reason``: why it was dismissed (``accident``, ``legitimate``, ``brand_own``, ``unclear``), else ""
- ``by``: a keyed hash that tells people apart without naming them
- ``at``: when, in ISO 8601 with its offset
- ``model_version``: the model whose verdict the person saw

``accident`` and ``legitimate`` are the hard negatives: a model found them suspicious, and was wrong.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from lionrock.names.blocks import Reject, hosts_of, lines_of, shown
from lionrock.names.normalise import normalise
from lionrock.names.suffixes import Suffixes

LONGEST_LINE: Final = 10_000
"""Bytes; what is longer is no label."""
_BATCH: Final = 10_000


class Said(StrEnum):
    """What a person said of a name."""

    ABUSE = "abuse"
    BENIGN = "benign"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One decision about the registrable domain ``registrable`` (a tenant's name under a hosting suffix)."""

    registrable: str
    host: str
    verdict: Said
    reason: str
    by: str
    when: datetime
    model_version: str


def read_labels(path: Path) -> Iterator[Label | Reject]:
    """Yield the labels of a file in its order; a line that is none becomes a Reject.

    Hosts that are a bare suffix are rejected: nobody registered them. Raises OSError when the file
    cannot be read.
    """
    suffixes = Suffixes.bundled()
    with path.open("rb") as stream:
        batch: list[tuple[int, bytes]] = []
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            whole = line
            while line and not line.endswith(b"\n"):  # the rest of a line that is too long
                line = stream.readline(LONGEST_LINE)
            if whole.strip():
                batch.append((number, whole))
            if len(batch) == _BATCH:
                yield from _read(batch, suffixes)
                batch = []
        yield from _read(batch, suffixes)


def latest(labels: Iterable[Label | Reject]) -> dict[str, Label]:
    """Return the last label of each registrable domain, in order of decision; rejects are left out.

    A decision that was taken back is in no export; one that a colleague took anew counts as theirs.
    """
    found: dict[str, Label] = {}
    decided = [label for label in labels if isinstance(label, Label)]
    for label in sorted(decided, key=lambda label: label.when):
        found.pop(label.registrable, None)
        found[label.registrable] = label
    return found


def _read(batch: list[tuple[int, bytes]], suffixes: Suffixes) -> Iterator[Label | Reject]:
    """Yield a batch's labels and rejects in its order."""
    out: dict[int, Label | Reject] = {}
    facts: list[tuple[int, bytes, Mapping[str, object], datetime]] = []
    for number, line in batch:
        try:
            found, when = _facts(line)
        except ValueError as error:
            out[number] = Reject(line=number, text=shown(line.rstrip()), why=str(error))
        else:
            facts.append((number, line, found, when))
    lines = lines_of([str(found["name"]).encode("utf-8", "replace") for _, _, found, _ in facts])
    hosts, _ = normalise(lines)
    read = {int(row): hosts.host(i) for i, row in enumerate(hosts.rows.tolist())}
    names = [read[row] for row in sorted(read)]
    splits = suffixes.split(hosts_of(names))
    begins = dict(zip(sorted(read), splits.registrable.tolist(), strict=True))
    for row, (number, line, found, when) in enumerate(facts):
        begin = begins.get(row, -1)
        if begin < 0:
            why = "not a name that somebody registered"
            out[number] = Reject(line=number, text=shown(line.rstrip()), why=why)
            continue
        out[number] = Label(
            registrable=read[row][begin:],
            host=read[row],
            verdict=Said(str(found["label"])),
            reason=str(found.get("reason") or ""),
            by=str(found.get("by") or ""),
            when=when,
            model_version=str(found.get("model_version") or ""),
        )
    yield from (out[number] for number, _ in batch)


def _facts(line: bytes) -> tuple[Mapping[str, object], datetime]:
    """Return a line's object and its time; raise ValueError, in words, when it is no label."""
    if len(line) > LONGEST_LINE:
        raise ValueError("the line is too long")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        raise ValueError("no object with a name")  # noqa: TRY004  # all these become one Reject
    if found.get("label") not in tuple(Said):
        raise ValueError("no label (abuse, benign or unclear)")
    try:
        when = datetime.fromisoformat(str(found.get("at")))
    except ValueError as error:
        raise ValueError("no time in ISO 8601") from error
    if when.tzinfo is None:
        raise ValueError("the time has no offset")
    return found, when
