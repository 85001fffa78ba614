"""What `names scan --store` writes to: batches that are kept wholly or not at all, never twice."""

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from lionrock.core.judgement import Judgement
from lionrock.core.region import Region
from lionrock.desk.suspects.brands import BrandBook, book_of
from lionrock.desk.suspects.selectors.decided import decided_before
from lionrock.desk.suspects.services.readings import (
    BATCH,
    Counts,
    Stored,
    fail_reading,
    finish_reading,
    open_reading,
    store_batch,
)


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A reading under way; Django must have been started before this module is imported.

    ``keep`` returns when its rows are committed: what it returned for survives a killed process, and
    running the same input again stores nothing twice.
    """

    reading_id: int
    book: BrandBook
    clock: Callable[[], datetime]

    @classmethod
    def open(
        cls,
        *,
        source: str,
        model_version: str,
        region: Region,
        rejects_file: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Begin a reading of ``source``; ``rejects_file`` is where its rejects are being written."""
        reading = open_reading(
            source=source,
            model_version=model_version,
            machine=socket.gethostname(),
            process=os.getpid(),
            rejects_file=str(Path(rejects_file).absolute()) if rejects_file else "",
            now=clock(),
        )
        return cls(reading_id=reading.pk, book=book_of(region), clock=clock)

    def known(self, hosts: Sequence[str]) -> set[str]:
        """Return those hosts that a person decided before."""
        return decided_before(hosts)

    def keep(
        self,
        judgements: Sequence[Judgement],
        *,
        names: int,
        rejects: int = 0,
        official: int = 0,
        known: int = 0,
    ) -> Stored:
        """Store the suspects among the judgements and count what was read with them.

        ``names`` is how many names were judged (rejects not among them), whatever their verdict.
        Transactions hold at most 20,000 judgements; the counts go with the last one, so that a
        reading never claims more than it kept.
        """
        counts = Counts(names=names, rejects=rejects, official=official, known=known)
        fresh = refreshed = 0
        last = max((len(judgements) - 1) // BATCH, 0)
        for number in range(last + 1):
            stored = store_batch(
                reading_id=self.reading_id,
                judgements=judgements[number * BATCH : (number + 1) * BATCH],
                counts=counts if number == last else Counts(),
                book=self.book,
                now=self.clock(),
            )
            fresh += stored.fresh
            refreshed += stored.refreshed
        return Stored(fresh=fresh, refreshed=refreshed)

    def finish(self) -> None:
        """Mark the reading complete."""
        finish_reading(reading_id=self.reading_id, now=self.clock())

    def fail(self, why: str) -> None:
        """Mark the reading ended before its input did."""
        fail_reading(reading_id=self.reading_id, why=why, now=self.clock())
