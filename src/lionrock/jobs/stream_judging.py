"""Judges what streams bring: what is new to us, one portion at a time, and seen only once it is kept.

The set of names seen is written after what was found is kept: whoever is killed between the two judges
a name that another stream brings a second time, and stores nothing twice.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from lionrock import regions
from lionrock.core.errors import TryLater
from lionrock.core.streams import Unread
from lionrock.desk.models.current import current_triage
from lionrock.desk.streams.services.keeping import Found
from lionrock.desk.suspects.brands import BrandBook, book_of
from lionrock.jobs.stream_sources import NAME, Taken, joined
from lionrock.names.blocks import Hosts, Lines, Reject
from lionrock.names.certificates import Recent
from lionrock.names.normalise import normalise
from lionrock.names.seen import InUse, SeenSet
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage

SEEN_SECONDS: Final = 60.0
"""How long to wait for another process that has the set of names seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging came to, and the hosts that were judged."""

    found: Found
    hosts: Hosts


class Judge:
    """Judges what all streams of this process bring, one portion at a time.

    One at a time, so that a certificate which several logs bring at once is judged once: whoever
    comes second finds it among the names seen. The set is opened for each portion alone, so that
    other processes (a scan of new names only, a second worker) have it in between.
    """

    def __init__(self, *, region: str, seen: Path, triage: Callable[[], Triage] | None = None):
        self._region = regions.load(region)
        self._make = triage or (lambda: current_triage(region))
        self._suffixes = Suffixes.bundled()
        self._seen = seen
        self._lock = threading.Lock()
        self._recent: Recent | None = None
        self.book: BrandBook = book_of(self._region)

    @contextmanager
    def judging(self, some: Sequence[Taken]) -> Iterator[Judged]:
        """Judge the names of ``some`` that are new to us; leaving the block without an error, they
        are new no more. Keep what was found within it."""
        with self._lock:
            try:
                lines = joined([self._lines(taken) for taken in some])
                if not len(lines) and not lines.rejects:
                    yield Judged(found=self._nothing(), hosts=_no_hosts())
                    return
                with opened(self._seen) as seen:
                    judged = self.judge(lines, seen)
                    yield judged
                    # Only now: what is in the set is never judged again, so it must be safe first.
                    seen.add(judged.hosts)
                    seen.flush()
            except BaseException:
                # Of certificates remembered and not kept another log's copy must count as new.
                self._recent = None
                raise

    def judge(self, lines: Lines, seen: SeenSet | None) -> Judged:
        """Return what judging ``lines`` comes to; without ``seen`` every name is judged."""
        triage = self.triage
        hosts, rejects = normalise(lines)
        read = len(hosts)
        if seen is not None:
            hosts = hosts.only(seen.unseen(hosts))
        splits = self._suffixes.split(hosts)
        scored = triage.score(hosts, splits)
        return Judged(
            found=Found(
                judgements=triage.judgements(lines, hosts, splits, scored),
                judged=len(hosts),
                repeated=read - len(hosts),
                official=int(scored.official.sum()),
                rejects=[_unread(each) for each in rejects],
                model_version=triage.model.version,
            ),
            hosts=hosts,
        )

    @property
    def triage(self) -> Triage:
        """The triage with the model that an administrator switched to, asked anew each time."""
        return self._make()

    def _lines(self, taken: Taken) -> Lines:
        if taken.certificates is not None:
            if self._recent is None:
                self._recent = Recent()
            return taken.certificates.only(self._recent.unseen(taken.certificates)).names
        return taken.lines if taken.lines is not None else joined([])

    def _nothing(self) -> Found:
        return Found(model_version=self.triage.model.version)


def _no_hosts() -> Hosts:
    return normalise(joined([]))[0]


def _unread(reject: Reject) -> Unread:
    return Unread(
        place=str(reject.line),
        text=reject.text,
        why=reject.why,
        raw=NAME + reject.text.encode("utf-8", "replace"),
    )


@contextmanager
def opened(folder: Path) -> Iterator[SeenSet]:
    """Open the set of names seen, waiting while another process has it; raise TryLater at last."""
    try:
        seen = SeenSet.open(folder, wait=SEEN_SECONDS)
    except InUse as error:
        raise TryLater(str(error)) from error
    with seen:
        yield seen


_judge: Judge | None = None
_making = threading.Lock()


def shared_judge() -> Judge:
    """Return the judge of this process: every stream it reads is judged by the one."""
    global _judge  # noqa: PLW0603  # a model and its tables are loaded once
    with _making:
        if _judge is None:
            seen = Path(settings.LIONROCK_DATA) / "seen"
            _judge = Judge(region=settings.LIONROCK_REGION, seen=seen)
        return _judge
