"""The road of a stream of names: read, normalise, split, judge; in blocks, in order, memory flat."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lionrock.core.judgement import Judgement
from lionrock.names.blocks import Hosts, Lines, Reject
from lionrock.names.normalise import normalise
from lionrock.names.seen import SeenSet
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage

THREADS = 2
AHEAD = 2
"""Blocks judged ahead of the one handed out, per thread: enough to keep threads busy, few enough to
keep memory flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One block's outcome.

    ``judgements`` are suspects only, or one per host where everything was asked for; ``judged``
    counts hosts whatever their verdict, ``repeated`` those left out because they are not new to us.
    ``hosts`` are the hosts judged, ``official_rows`` which of them are official; ``last_line`` is
    the last line that the block covers, and ``file`` the file where several are read.
    """

    judgements: list[Judgement]
    rejects: list[Reject]
    judged: int
    official: int
    repeated: int
    hosts: Hosts
    last_line: int
    official_rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    file: str = ""


def scan(
    blocks: Iterable[Lines],
    triage: Triage,
    suffixes: Suffixes,
    *,
    least: float | None = None,
    everything: bool = False,
    seen: SeenSet | None = None,
    threads: int = THREADS,
) -> Iterator[Scanned]:
    """Judge every block of ``blocks`` and yield the outcomes in input order.

    ``least`` is the score from which a name is a suspect (the model's own threshold by default).
    With ``seen``, hosts in that set are left out; the caller adds ``hosts`` to it when the outcome
    is safe. Errors of ``blocks`` are raised after everything read before them was yielded.
    """

    def work(lines: Lines, hosts: Hosts, rejects: list[Reject], repeated: int) -> Scanned:
        splits = suffixes.split(hosts)
        judged = triage.score(hosts, splits)
        return Scanned(
            judgements=triage.judgements(
                lines, hosts, splits, judged, least=least, everything=everything
            ),
            rejects=rejects,
            judged=len(hosts),
            official=int(judged.official.sum()),
            official_rows=np.flatnonzero(judged.official),
            repeated=repeated,
            hosts=hosts,
            last_line=int(lines.numbers[-1]) if len(lines) else 0,
        )

    waiting: deque[Future[Scanned]] = deque()
    failure: Exception | None = None
    with ThreadPoolExecutor(threads, thread_name_prefix="judge") as pool:
        try:
            for lines in blocks:
                hosts, rejects = normalise(lines)
                repeated = 0
                if seen is not None:
                    fresh = seen.unseen(hosts)
                    repeated = len(hosts) - int(fresh.sum())
                    hosts = hosts.only(fresh)
                    # Blocks under way are not in the set yet: the caller adds them once they are
                    # safe, so a name repeated at once may be judged twice, but never lost.
                waiting.append(pool.submit(work, lines, hosts, rejects, repeated))
                while len(waiting) > AHEAD * threads:
                    yield waiting.popleft().result()
        except Exception as error:  # noqa: BLE001  # raised again below, after what was read before
            failure = error
        while waiting:
            yield waiting.popleft().result()
    if failure is not None:
        raise failure
