"""Which deliveries were complete scans: the ground on which silence may be called a fix.

A delivery counts as a complete scan of a report for its day when it was read to its end, holds at
least one row, lost no part, and has at least half as many rows as the median of the report's last
seven complete scans (once there are three): a scanner that failed half-way, or a subscription that
was cut, must not fix anything. The day is the one its file name carries, else the last day its
events name, else the day it came. What a scanner's owner excludes from scanning looks like a fix to
this; only the recipient's word or a probe tells the two apart.
"""

import re
from datetime import date, datetime
from statistics import median
from typing import Final

from django.db.models import Count, Max

from lionrock.core.events import Seen
from lionrock.desk.events.models import Episode, Event, Reject
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import Scan

COMPARED: Final = 7
ENOUGH: Final = 3
SHARE: Final = 0.5
LOOKED_AT: Final = 20
"""Events of a report that are asked how they were seen."""
_DAY: Final = re.compile(
    r"(?<![0-9])(20[0-9]{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])(?![0-9])"
)


def note_scans(blob: Blob) -> list[Scan]:
    """Write down which scans a complete delivery stands for; none for a feed that does not scan.

    A report that earlier deliveries of the feed held is recognised by its name in the file's name,
    so that a scan that no longer finds anything of ours still counts.
    """
    found = (
        Event.objects.filter(blob_id=blob.pk)
        .values_list("report")
        .annotate(rows=Count("pk"), last=Max("at"))
        .order_by("report")
    )
    reports: dict[str, tuple[int, datetime | None]] = {
        report: (rows, last) for report, rows, last in found if _is_scan(blob.pk, report)
    }
    known = Scan.objects.filter(feed=blob.feed).values_list("report", flat=True).distinct()
    for report in known:
        # A report without a name is the feed's only one.
        if report not in reports and (_names(blob.name, report) if report else not reports):
            reports[report] = (0, None)
    lost = Reject.objects.filter(blob_id=blob.pk, whole=True).exists()
    scans = []
    for report, (rows, last) in sorted(reports.items()):
        # One report a delivery is the rule: then what lies outside the region says how large it was.
        size = blob.events if len(reports) == 1 else rows
        day = _day_of(blob.name) or (last or blob.received_at).date()
        why = _doubt(blob, report, size, lost=lost)
        scan, _ = Scan.objects.update_or_create(
            blob_id=blob.pk,
            report=report,
            defaults={
                "feed": blob.feed,
                "day": day,
                "rows": size,
                "complete": not why,
                "why": why,
            },
        )
        scans.append(scan)
    return scans


def _is_scan(blob_id: int, report: str) -> bool:
    """Tell whether a report's rows come from scans, by what its first episodes say."""
    first = Event.objects.filter(blob_id=blob_id, report=report).order_by("line")
    ids = list(first.values_list("episode_id", flat=True)[:LOOKED_AT])
    return Episode.objects.filter(pk__in=ids, seen=Seen.SCAN.value).exists()


def _doubt(blob: Blob, report: str, rows: int, *, lost: bool) -> str:
    if lost or blob.failure:
        return "a part of the delivery could not be read"
    if rows == 0:
        return "the delivery holds nothing"
    before = list(
        Scan.objects.filter(feed=blob.feed, report=report, complete=True)
        .exclude(blob_id=blob.pk)
        .order_by("-day", "-pk")
        .values_list("rows", flat=True)[:COMPARED]
    )
    if len(before) >= ENOUGH and rows < SHARE * median(before):
        return f"{rows} rows, where {median(before):.0f} are usual"
    return ""


def _names(name: str, report: str) -> bool:
    """Tell whether a file's name holds a report's name as a whole word."""
    return re.search(rf"(?<![a-z0-9]){re.escape(report)}(?![a-z0-9_])", name.lower()) is not None


def _day_of(name: str) -> date | None:
    found = _DAY.search(name)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
