"""A week of deliveries: the same machines come back, some are mended, some are new."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from lionrock.core.region import Region
from lionrock.feeds.sample import documents, lists, mails, shadowserver
from lionrock.feeds.sample.cast import Cast

DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """A delivery that was written: of which feed, where it lies, when it is said to have come."""

    feed: str
    path: Path
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    feed: str
    name: str
    content: bytes
    received: datetime


def write(folder: Path, *, region: Region, until: datetime) -> list[SampleFile]:
    """Write the seven days before ``until`` into ``folder``, one folder per feed; return the files.

    In the order in which they came. The same region and day give the same bytes. Scans are complete:
    what they stop listing was mended. A handful of rows is broken on purpose.
    """
    written: list[SampleFile] = []
    for made in sorted(_made(region, until), key=lambda one: (one.received, one.feed, one.name)):
        place = folder / made.feed / made.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(made.content)
        written.append(SampleFile(feed=made.feed, path=place, received=made.received))
    return written


def _made(region: Region, until: datetime) -> Iterator[_Made]:
    midnight = datetime.combine(until.astimezone(UTC).date(), time(), tzinfo=UTC)
    cast = Cast(region, random.Random(f"{region.code} week"))  # noqa: S311  (a sample)
    for back in range(DAYS, 0, -1):
        day = midnight - timedelta(days=back)
        number = DAYS - back
        last = back == 1
        for report in shadowserver.REPORTS:
            if not cast.listed(report.name, number):
                continue
            content = report.written(cast, number, day)
            name = f"{day:%Y-%m-%d}-{report.name}-sample.csv"
            mailed = last and report.name == "scan_rdp"
            yield _Made(
                feed="shadowserver-mail" if mailed else "shadowserver",
                name=f"{name}.eml" if mailed else name,
                content=mails.shadowserver(name, content, day) if mailed else content,
                received=min(day + timedelta(hours=29), until),
            )
        for feed, name, make, hours in _DAILY:
            if number >= 4:
                yield _Made(
                    feed=feed,
                    name=f"{day:%Y-%m-%d}-{name}",
                    content=make(cast, number, day),
                    received=min(day + timedelta(hours=hours), until),
                )
        if last:
            for feed, name, make in _ONCE:
                yield _Made(
                    feed=feed,
                    name=name,
                    content=make(cast, number, day),
                    received=min(day + timedelta(hours=20), until),
                )


Make = Callable[[Cast, int, datetime], bytes]

_DAILY: Final[tuple[tuple[str, str, Make, int], ...]] = (
    ("urlhaus", "urlhaus.csv", lists.urlhaus, 25),
    ("openphish", "openphish.txt", lists.openphish, 26),
    ("blocklist-de", "all.txt", lists.blocklist, 27),
)
_ONCE: Final[tuple[tuple[str, str, Make], ...]] = (
    ("xarf", "login-attack.eml", mails.xarf),
    ("arf", "feedback.eml", mails.arf),
    ("stix", "bundle.json", documents.stix),
    ("misp", "event.json", documents.misp),
    ("intelmq", "events.jsonl", documents.intelmq),
)
