"""The Shadowserver Foundation's daily reports: scans, sinkholes, honeypots and more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from lionrock.core.events import Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.reading import Rows, Unreadable, columns_of, shown
from lionrock.feeds.shadowserver_reports.naming import named, told_by_columns
from lionrock.feeds.shadowserver_reports.rows import KNOWN, Make, row_maker
from lionrock.feeds.shadowserver_reports.schema import AID, EMPTY, Entry, Schema, read_schema
from lionrock.feeds.shadowserver_reports.table import Report, report_named, written_name


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row, whatever columns the report has; unknown ones go to the details."""
    schema = _schema(delivery.aids.get(AID, b""))
    make: Make | None = None
    with delivery.open() as stream:
        rows = Rows(stream)
        for found in rows:
            if isinstance(found, Reject):
                yield found
                continue
            line, fields = found
            if make is None:
                places = columns_of(fields)
                if KNOWN.isdisjoint(places):
                    yield Reject(
                        line=line,
                        text=shown(rows.text()),
                        why="is no header of a Shadowserver report",
                        whole=True,
                    )
                    return
                make = _maker(delivery, places, schema)
                continue
            try:
                event = make(line, fields)
            except Unreadable as error:
                yield Reject(line=line, text=shown(rows.text()), why=str(error))
            else:
                yield event


def _maker(delivery: Delivery, places: dict[str, int], schema: Schema) -> Make:
    told = named(delivery, schema)
    name = told.name or told_by_columns(places, schema)
    report = report_named(name) or _stranger(name, schema.entries.get(name), places)
    entry = schema.entries.get(name)
    return row_maker(
        places, report, written_name(name), entry.roles if entry else {}, _when(delivery, told.day)
    )


def _when(delivery: Delivery, day: datetime | None) -> datetime:
    """Return the time of rows that have none: the report's day, or when it came."""
    return day or delivery.received


def _stranger(name: str, entry: Entry | None, places: dict[str, int]) -> Report:
    """Return how a report that our table does not hold is read: by its schema, else by its columns."""
    event = "src_ip" in places
    ends = "attacker" if event else "victim" if "dst_ip" in places else "plain"
    if not event and "ip" not in places and ("url" in places or "host" in places):
        ends = "url"
    return Report(
        name=name,
        kind=(entry.kind if entry else None) or Rsit.UNDETERMINED,
        severity=Severity.MEDIUM,
        seen=Seen.SCAN if name.startswith(("scan", "population")) else Seen.PASSIVE,
        part=Part.SOURCE if event else Part.HOST,
        ends=ends,
        service=entry.service if entry else None,
        transport=entry.transport if entry else None,
    )


@lru_cache(maxsize=4)
def _schema(content: bytes) -> Schema:
    """Return the schema that was handed in; a broken one is as good as none."""
    if not content:
        return EMPTY
    try:
        return read_schema(content)
    except Unreadable:
        return EMPTY


FEED = Feed(
    id="shadowserver",
    title="Shadowserver reports",
    provider="The Shadowserver Foundation",
    home="https://www.shadowserver.org/what-we-do/network-reporting/",
    tlp=Tlp.AMBER,
    trust=90,
    seen=Seen.SCAN,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.SHADOWSERVER,
    address="https://transform.shadowserver.org/api2/",
    licence="free for network owners and national CERTs",
    aids=(AID,),
)
