"""Writes down what a first start lays, so that it can be told from everything real for ever."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings
from django.db import transaction

from lionrock import regions
from lionrock.core.region import Region
from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.sample.models import Laid, What
from lionrock.feeds import sample
from lionrock.feeds.sample import SampleFile

OFFERED: Final = "sample.offered"
"""What the audit log calls that the sample was offered, once and for all."""
FORGOTTEN: Final = "sample.forgotten"
"""What it calls that it was removed."""
TAKEN_AS_REAL: Final = "sample.taken-as-real"
NAMES: Final = "sample.txt"
"""The source under which the made-up names are read."""
SOON: Final = timedelta(minutes=10)
"""Within which of its being offered a sample's constituents were added."""


@transaction.atomic
def note_laid(*, files: Iterable[SampleFile], constituents: Iterable[int], now: datetime) -> None:
    """Write down deliveries, the feeds they come by, constituents and names; done twice, once."""
    laid = list(files)
    keys = [
        *((What.DELIVERY, f"{file.feed} {_hash(file.path)}") for file in laid),
        *((What.FEED, feed) for feed in sorted({file.feed for file in laid})),
        *((What.CONSTITUENT, str(pk)) for pk in constituents),
        (What.NAMES, NAMES),
    ]
    Laid.objects.bulk_create(
        (Laid(what=what, key=key, laid_at=now) for what, key in keys), ignore_conflicts=True
    )


def was_laid() -> bool | None:
    """Tell whether the sample was laid and not forgotten since; None where it was never offered.

    What was laid before anybody wrote it down is written down now.
    """
    offered = Entry.objects.filter(action=OFFERED).first()
    if offered is None:
        return None
    gone = Entry.objects.filter(action__in=[FORGOTTEN, TAKEN_AS_REAL]).exists()
    if not offered.details["laid"] or gone:
        return False
    if not Laid.objects.exists():
        note_laid_before(region=regions.load(settings.LIONROCK_REGION), at=offered.at)
    return True


def note_laid_before(*, region: Region, at: datetime) -> None:
    """Write down what was laid at a time when nobody wrote it down: the same day gives the same bytes.

    Of the constituents those that were added then, from a table, under the sample's names.
    """
    names = {row["name"] for row in _rows(sample.constituents(region))}
    added = Constituent.objects.filter(
        name__in=names, source="csv", made_at__gte=at - SOON, made_at__lte=at + SOON
    )
    with TemporaryDirectory() as folder:
        files = sample.write(Path(folder), region=region, until=at)
        note_laid(files=files, constituents=added.values_list("pk", flat=True), now=at)


def _rows(table: bytes) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(table.decode("utf-8")))


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
