"""The commands that read deliveries without keeping them, and list the feeds."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery, Feed
from lionrock.feeds import catalogue, declare, feed_of
from lionrock.feeds.declared import load_file, survey
from lionrock.feeds.guessing import guess
from lionrock.feeds.reading import as_json, read_delivery
from lionrock.jobs.exits import Exit
from lionrock.letters.csv import line
from lionrock.letters.intelmq import Origin, as_intelmq, intelmq_lines

COLUMNS = (
    "file", "line", "at", "kind", "severity", "part", "asset", "address", "host", "url", "port",
    "transport", "service", "family", "cves", "other", "asn", "country", "report", "ref", "why", "text",
)  # fmt: skip


def read(
    feed: str,
    /,
    *files: Path,
    format: Literal["jsonl", "table", "csv", "intelmq"] = "table",
    aid: tuple[Path, ...] = (),
) -> int:
    """Read deliveries and print what every line of them became: an event, or a reject with its reason.

    Nothing is stored and no database is needed. Packed files (gz, bz2, zst, zip) are unpacked. Ends
    with 3 when a delivery could not be read to its end.

    For example:

        lionrock feeds read shadowserver 2026-11-20-scan_telnet-hongkong-geo.csv.zip --format jsonl
        lionrock feeds read auto *.csv --format csv > events.csv
        lionrock feeds read ./our-partner.toml list.csv
        lionrock feeds read urlhaus urlhaus.csv --format intelmq > events.jsonl

    Parameters
    ----------
    feed
        The feed's id; “auto” where name or content tell it for certain; or a TOML file that declares
        a feed.
    files
        The files to read.
    format
        jsonl gives one JSON object per event or reject, csv a table, table one for people; intelmq
        gives events alone, one JSON object each, as IntelMQ's own file output writes them.
    aid
        Documents that the feed's reading profits from, each under its own name: a file called
        shadowserver-schema.json is the aid “shadowserver-schema”.
    """
    if not files:
        raise GiveUp("no file was named")
    aids = {path.stem: _bytes(path) for path in aid}
    out = sys.stdout.buffer
    counts: Counter[str] = Counter()
    broken: list[str] = []
    if format == "csv":
        out.write(line(COLUMNS))
    chosen = None if feed == "auto" else _feed(feed)
    for file in files:
        delivery = _delivery(file, aids)
        reader = chosen or _guessed(delivery, file)
        for record in read_delivery(reader, delivery):
            counts["rejects" if isinstance(record, Reject) else "events"] += 1
            if isinstance(record, Reject) and record.whole:
                broken.append(f"{file}: {record.why}")
            if format == "intelmq":
                out.writelines(_for_intelmq(record, reader, delivery))
            else:
                out.write(_written(record, file, format, several=len(files) > 1))
    out.flush()
    sys.stderr.write(f"events: {counts['events']:,}, rejects: {counts['rejects']:,}\n")
    for words in broken:
        sys.stderr.write(f"lionrock: {words}\n")
    return Exit.UNREADABLE if broken else Exit.FINE


def list_feeds(*, format: Literal["jsonl", "table"] = "table", declared: Path | None = None) -> int:
    """List the feeds that Lionrock can read, in the order of their ids.

    For example:

        lionrock feeds list
        lionrock feeds list --format jsonl
        lionrock feeds list --declared /var/lib/lionrock/feeds

    Parameters
    ----------
    format
        jsonl gives one JSON object per feed, table one line for people.
    declared
        A folder with TOML files that declare further feeds.
    """
    faults: list[str] = []
    if declared is not None:
        feeds, faults = survey(declared)
        declare(feeds)
    for feed in catalogue().values():
        sys.stdout.write(_listed(feed, format))
    for fault in faults:
        sys.stderr.write(f"lionrock: {fault}\n")
    return Exit.UNREADABLE if faults else Exit.FINE


def _feed(name: str) -> Feed:
    if name.endswith(".toml"):
        return load_file(Path(name))
    if name not in catalogue():
        _take_up_own()
    return feed_of(name)


def _take_up_own() -> None:
    """Take up what the site declares in its data folder; needs the settings, but no database."""
    from django.conf import settings  # noqa: PLC0415  # only a site's own feeds need it

    from lionrock.jobs import django  # noqa: PLC0415  # as above

    django.choose_settings()
    feeds, _ = survey(settings.LIONROCK_DATA / "feeds")
    declare(feeds)


def _guessed(delivery: Delivery, file: Path) -> Feed:
    found = guess(delivery, catalogue().keys())
    if found is None:
        raise GiveUp(f"{file}: neither name nor content tells its feed; name it instead of “auto”")
    return catalogue()[found]


def _delivery(file: Path, aids: dict[str, bytes]) -> Delivery:
    if not file.is_file():
        raise TryLater(f"{file} is no file")
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return Delivery(name=file.name, received=changed, open=lambda: file.open("rb"), aids=aids)


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise TryLater(f"{file} is no file")
    return file.read_bytes()


def _written(record: Event | Reject, file: Path, format: str, *, several: bool) -> bytes:
    if format == "csv":
        return line(_cells(record, file))
    if format == "jsonl":
        found = as_json(record)
        if several:
            found = {"file": file.name, **found}
        return json.dumps(found, ensure_ascii=False).encode() + b"\n"
    return "".join(_shown(record, file.name if several else "")).encode() + b"\n"


def _for_intelmq(record: Event | Reject, feed: Feed, delivery: Delivery) -> Iterator[bytes]:
    """Yield an event as IntelMQ writes it; a reject is counted and no more, that format has none."""
    if isinstance(record, Reject):
        return iter(())
    origin = Origin(name=feed.title, provider=feed.provider, accuracy=feed.trust, tlp=feed.tlp)
    return intelmq_lines([as_intelmq(record, origin, observed=delivery.received)])


def _shown(record: Event | Reject, file: str) -> Iterator[str]:
    """Yield a line for people, with nothing in it that a terminal would obey."""
    if file:
        yield f"{file}:"
    if isinstance(record, Reject):
        yield f"{record.line}: {record.why}: {_plain(record.text[:120])}"
        return
    yield f"{record.line}: {record.at:%Y-%m-%d %H:%M:%S} {record.severity.value:8} "
    yield f"{record.kind.value} {_plain(str(record.asset))}"
    if record.port:
        yield f" {record.port}/{record.transport or '?'}"
    for word in (record.service, record.family, record.variant, *record.cves):
        if word:
            yield f" {_plain(word)}"
    if record.other:
        yield f" ↔ {_plain(str(record.other))}"


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _cells(record: Event | Reject, file: Path) -> tuple[str, ...]:
    if isinstance(record, Reject):
        known = {"line": record.line, "why": record.why, "text": record.text}
    else:
        known = {
            **as_json(record),
            "asset": record.asset.value,
            "other": record.other.value if record.other else "",
            "cves": " ".join(record.cves),
            "asn": record.reported_asn or "",
            "country": record.reported_country or "",
        }
    known["file"] = file.name
    return tuple(str(known.get(column, "")) for column in COLUMNS)


def _listed(feed: Feed, format: str) -> str:
    if format == "jsonl":
        every = None if feed.every is None else int(feed.every.total_seconds())
        about = {
            "id": feed.id,
            "title": feed.title,
            "provider": feed.provider,
            "home": feed.home,
            "tlp": feed.tlp.value,
            "trust": feed.trust,
            "seen": feed.seen.value,
            "carrier": feed.carrier.value,
            "address": feed.address,
            "every": every,
            "licence": feed.licence,
        }
        return json.dumps(about, ensure_ascii=False) + "\n"
    return (
        f"{feed.id:24} {feed.carrier.value:13} {feed.tlp.value:18} {feed.title} ({feed.provider})\n"
    )
