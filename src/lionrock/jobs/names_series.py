"""`lionrock names series`: looks for series among the names of a stream, and keeps them."""

import json
import os
import socket
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from lionrock import regions
from lionrock.core.errors import GiveUp
from lionrock.jobs import django
from lionrock.jobs.current import current_model
from lionrock.names.blocks import Hosts, Lines, Splits, hosts_of, lines_of
from lionrock.names.normalise import normalise
from lionrock.names.resemblance import MOST_NAMES, Embedder, embedder_of, find_alike
from lionrock.names.series import Series, Together, find_series, series_score
from lionrock.names.streams import open_names
from lionrock.names.suffixes import Suffixes
from lionrock.names.together import read_together
from lionrock.names.triage import Triage

MOST: Final = 1_000_000
"""Names looked at together; a window of some days, not of years."""
_BLOCK: Final = 50_000
_REJECTS_SHOWN: Final = 10

Form = Literal["lines", "columns", "csv", "jsonl", "parquet", "zone"]


def series(
    file: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    /,
    *,
    format: Literal["jsonl", "table"] = "table",
    region: str = regions.DEFAULT,
    store: bool = False,
    column: str | None = None,
    form: Form | None = None,
    source: str | None = None,
    facts: Path | None = None,
) -> None:
    """Look for series among names: many of one pattern, whether they name a brand or not.

    Reads what `lionrock names scan` reads, up to a million names at once (a window of some days), and
    prints the series, the highest score first: score, names, what chance gives, pattern, examples. A
    series scores like the better half of its names.

    For example:

        lionrock names series new-domains.txt.gz
        zcat this-week/*.gz | lionrock names series - --store --source this-week
        lionrock names series new-domains.txt.gz --facts registrations.csv

    Parameters
    ----------
    file
        The file to read, or - for standard input.
    format
        How series are printed: jsonl (with every member) or a table for people.
    region
        The region pack whose brands are watched.
    store
        Keep the series in the console: each becomes one row of the queue. Those that score as
        suspects put all their names forward, the others only names that are suspects themselves.
    column
        The column (or its number from 1) of a CSV or Parquet file, or the key of JSON lines.
    form
        What the input is, where content and file name mislead.
    source
        What this stream is called in the console; the file's name by default.
    facts
        A CSV file of what else is known of the names: columns name, certificate, registrar, day.
        Names on one certificate are a series; among those of one registrar and day, three names of
        a pattern tell.
    """
    triage = Triage(regions.load(region), current_model())
    suffixes = Suffixes.bundled()
    names = registered(
        open_names("-" if str(file) == "-" else file, column=column, form=form), suffixes
    )
    hosts = hosts_of(names)
    splits = suffixes.split(hosts)
    scores = judged_in_blocks(names, triage, suffixes)
    known = _facts(facts, names, suffixes) if facts else ()
    today = datetime.now(UTC).date()
    found = all_series(
        hosts,
        splits,
        scores,
        threshold=triage.model.threshold,
        embedder=embedder_of(triage.model.reader),
        day=today,
        together=known,
    )
    for one in found:
        sys.stdout.write(_line(one, hosts, format))
    held = sum(len(one.rows) for one in found)
    sys.stderr.write(f"{len(names):,} names, {len(found):,} series of {held:,} names\n")
    if store:
        django.start()
        django.migrate()
        called = source or ("standard input" if str(file) == "-" else file.name)
        _store(called, found, hosts, triage, suffixes)


def registered(blocks: Iterable[Lines], suffixes: Suffixes, *, most: int = MOST) -> list[str]:
    """Return the registrable domains of a stream, each once; raise GiveUp when there are too many."""
    found: dict[str, None] = {}
    for lines in blocks:
        hosts, _ = normalise(lines)
        begins = suffixes.split(hosts).registrable.tolist()
        found.update(
            (hosts.host(row)[begin:], None) for row, begin in enumerate(begins) if begin >= 0
        )
        if len(found) > most:
            raise GiveUp(f"more than {most:,} names: look for series in a shorter window")
    return list(found)


def judged_in_blocks(names: list[str], triage: Triage, suffixes: Suffixes) -> NDArray[np.float64]:
    """Return the score of each name, judged in blocks, so that memory stays flat."""
    scores = np.zeros(len(names))
    for start in range(0, len(names), _BLOCK):
        block = hosts_of(names[start : start + _BLOCK])
        scores[start : start + _BLOCK] = triage.score(block, suffixes.split(block)).scores
    return scores


def all_series(
    hosts: Hosts,
    splits: Splits,
    scores: NDArray[np.float64],
    *,
    threshold: float,
    embedder: Embedder,
    day: date,
    together: Sequence[Together] = (),
) -> list[Series]:
    """Return the series by pattern, and those that suspects make by resemblance, the best first.

    ``day`` is when the names were read: by it a series that goes on knows its first and last day.
    """
    found = find_series(hosts, splits, scores=scores, seen=[day] * len(hosts), together=together)
    held = set(chain.from_iterable(one.rows for one in found))
    suspects = [row for row in np.flatnonzero(scores >= threshold).tolist() if row not in held]
    suspects.sort(key=lambda row: -scores[row])
    for one in find_alike(hosts, splits, suspects[:MOST_NAMES], embedder):
        found.append(_scored(one, scores, day))
    return sorted(found, key=lambda one: (-(one.score or 0.0), -len(one.rows), one.name))


def _facts(file: Path, names: list[str], suffixes: Suffixes) -> tuple[Together, ...]:
    found = read_together(file, {name: row for row, name in enumerate(names)}, suffixes)
    for reject in found.rejects[:_REJECTS_SHOWN]:
        sys.stderr.write(f"{file}, line {reject.line}: {reject.why}\n")
    sys.stderr.write(f"{len(found.together):,} facts shared, {len(found.rejects):,} rejects\n")
    return found.together


def _scored(series: Series, scores: NDArray[np.float64], day: date) -> Series:
    score = series_score(scores[list(series.rows)].tolist())
    return replace(series, score=score, first_seen=day, last_seen=day)


def _line(one: Series, hosts: Hosts, format: str) -> str:
    names = [hosts.host(row) for row in one.rows]
    if format == "jsonl":
        facts = {
            "name": one.name,
            "by": one.by.value,
            "score": one.score,
            "expected": one.expected,
            "names": names,
        }
        return json.dumps(facts) + "\n"
    chance = "" if one.expected is None else f"{one.expected:.2g}"
    return f"{one.score or 0:.4f}\t{len(names)}\t{chance}\t{one.name}\t{' '.join(names[:3])}\n"


def _store(
    source: str, found: Sequence[Series], hosts: Hosts, triage: Triage, suffixes: Suffixes
) -> None:
    from lionrock.desk.suspects.brands import book_of  # noqa: PLC0415  # needs Django started
    from lionrock.desk.suspects.selectors.decided import decided_before  # noqa: PLC0415  # as above
    from lionrock.desk.suspects.services import (  # noqa: PLC0415  # as above
        Counts,
        fail_reading,
        finish_reading,
        open_reading,
        store_batch,
    )
    from lionrock.desk.suspects.services.found_series import Found, keep_series  # noqa: PLC0415

    book = book_of(triage.catalogue.region)
    reading = open_reading(
        source=source,
        model_version=triage.model.version,
        machine=socket.gethostname(),
        process=os.getpid(),
        rejects_file="",
        now=datetime.now(UTC),
    )
    forward = 0
    try:
        for one in found:
            names = [hosts.host(row) for row in one.rows]
            block = hosts_of(names)
            judgements = triage.judge(
                lines_of([name.encode() for name in names]),
                block,
                suffixes.split(block),
                everything=True,
                known=decided_before(names),
            )
            kept = keep_series(
                reading_id=reading.pk,
                source=source,
                found=Found(series=one, judgements=tuple(judgements)),
                threshold=triage.model.threshold,
                book=book,
                now=datetime.now(UTC),
            )
            forward += kept.forward
    except (Exception, KeyboardInterrupt) as error:
        fail_reading(
            reading_id=reading.pk, why=str(error) or type(error).__name__, now=datetime.now(UTC)
        )
        raise
    store_batch(
        reading_id=reading.pk,
        judgements=(),
        counts=Counts(names=len(hosts)),
        book=book,
        now=datetime.now(UTC),
    )
    finish_reading(reading_id=reading.pk, now=datetime.now(UTC))
    sys.stderr.write(f"{len(found):,} series kept, {forward:,} names put forward\n")
