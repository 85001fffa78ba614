"""Measures pages over ten million events on SQLite: lists with any filters, one constituent, the first page.

Builds the database once (BENCH_DATA, by default a folder beside the temporary files; BENCH_EVENTS
rows) and keeps it for the next run. Prints medians and 95th percentiles; asserts nothing.
"""

import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from lionrock.desk.events.selectors.filters import Filters

# Django is pointed at the folder before what needs it is imported, in each function.
# ruff: noqa: PLC0415
COUNT = int(os.environ.get("BENCH_EVENTS", "10000000"))
DATA = Path(os.environ.get("BENCH_DATA", Path(tempfile.gettempdir()) / f"lionrock-bench-{COUNT}"))
DAYS = 90
LAST = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAIRS_PER_EVENT = 0.15
"""Episodes per event: a problem is seen six or seven times on the average."""
POOL = 0x0B000000
"""11.0.0.0/10: four million addresses. What is reserved has too few, or counts as nobody's; they are
numbers here, and nothing contacts them."""
NETWORK = 4096
"""Addresses of one network, and so of one ASN and constituent."""
ASNS = 64
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report whose lines fill the database, and its share of the episodes."""

    feed: str
    name: str
    kind: str
    severity: str
    share: float
    service: str = ""
    port: int | None = None
    variant: str = ""
    family: str = ""
    part: str = "host"
    seen: str = "scan"

    @property
    def problem(self) -> str:
        """Return the problem's key, as core makes it."""
        from lionrock.core.events import Asset, AssetKind, Event, Part
        from lionrock.core.problems import problem_of
        from lionrock.core.rsit import Rsit

        return problem_of(
            Event(
                line=1,
                at=NOW,
                asset=Asset(kind=AssetKind.ADDRESS, value="192.0.2.1"),
                part=Part(self.part),
                kind=Rsit(self.kind),
                service=self.service or None,
                port=self.port,
                transport="tcp" if self.port else None,
                variant=self.variant,
                family=self.family or None,
            )
        ).key


OPEN_KIND = "vulnerable.potentially-unwanted-accessible"
REPORTS = (
    Report(feed="shadowserver", name="scan_telnet", kind=OPEN_KIND, severity="medium", share=0.3, service="telnet", port=23),
    Report(feed="shadowserver", name="scan_rdp", kind=OPEN_KIND, severity="high", share=0.12, service="rdp", port=3389),
    Report(feed="shadowserver", name="scan_snmp", kind="vulnerable.information-disclosure", severity="high", share=0.12, service="snmp", port=161),
    Report(feed="shadowserver", name="scan_ntp", kind="vulnerable.ddos-amplifier", severity="medium", share=0.08, service="ntp", port=123),
    Report(feed="shadowserver", name="scan_ssl_poodle", kind="vulnerable.weak-crypto", severity="low", share=0.1, service="https", port=443),
    Report(feed="shadowserver", name="event4_sinkhole", kind="malicious-code.infected-system", severity="high", share=0.1, family="mirai", part="source", seen="passive"),
    Report(feed="shadowserver", name="event4_sinkhole", kind="malicious-code.infected-system", severity="high", share=0.03, family="avalanche-andromeda", part="source", seen="passive"),
    Report(feed="dataplane", name="sshpwauth", kind="intrusion-attempts.brute-force", severity="medium", share=0.08, service="ssh", part="source", seen="passive"),
    Report(feed="blocklist-de", name="all", kind="intrusion-attempts.brute-force", severity="medium", share=0.05, variant="blocklist", part="source", seen="listed"),
    Report(feed="turris-greylist", name="greylist", kind="information-gathering.scanner", severity="low", share=0.015, part="source", seen="passive"),
    Report(feed="feodo-tracker", name="c2", kind="malicious-code.c2-server", severity="critical", share=0.0005, family="pikabot", seen="listed"),
    Report(feed="urlhaus", name="online", kind="malicious-code.malware-distribution", severity="high", share=0.0045, seen="listed"),
)  # fmt: skip


def main() -> None:
    """Build what is missing, then time every page."""
    started = time.monotonic()
    if ready():
        size = (DATA / "lionrock.sqlite3").stat().st_size
        print(
            f"{COUNT:,} events, {size / 2**30:.1f} GiB (made in {time.monotonic() - started:.0f} s)"
        )
        measure()


def ready() -> bool:
    """Make the database where it is missing, in a process of its own, and point Django at it."""
    os.environ["LIONROCK_DATA"] = str(DATA)
    os.environ["LIONROCK_DATABASE"] = ""
    if not (DATA / "made").exists():
        code = "from bench.events import build; build()"
        if subprocess.run([sys.executable, "-c", code], check=False).returncode:
            return False
    from lionrock.jobs.django import migrate, start

    start()
    migrate()
    from lionrock.desk.events.services.swift import look_around

    look_around()
    return True


def build() -> None:
    """Fill tables without their indexes, then make these: an hour of inserting becomes minutes."""
    os.environ["LIONROCK_DATA"] = str(DATA)
    os.environ["LIONROCK_DATABASE"] = ""
    for file in DATA.glob("lionrock.sqlite3*"):
        file.unlink()
    from lionrock.jobs.django import migrate, start

    start()
    migrate()
    from django.db import connection

    serve()
    connection.close()
    raw = sqlite3.connect(DATA / "lionrock.sqlite3", isolation_level=None)
    raw.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-524288; PRAGMA temp_store=FILE;"
    )
    indexes = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
        "AND tbl_name IN ('events_event', 'events_episode', 'events_word')"
    ).fetchall()
    for name, _ in indexes:
        raw.execute(f'DROP INDEX "{name}"')
    raw.execute("BEGIN")
    fill(raw)
    raw.execute("COMMIT")
    for name, sql in indexes:
        began = time.monotonic()
        raw.execute(sql)
        print(f"  index {name}: {time.monotonic() - began:.0f} s", flush=True)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()
    (DATA / "made").touch()


def serve() -> None:
    """Write the constituents, each of whom holds a network, and the deliveries of each day."""
    from lionrock.desk.constituents.models import Constituent, Holding
    from lionrock.desk.feeds.models import Blob, BlobState

    numbers = range(1, ASNS + 1)
    Constituent.objects.bulk_create(
        Constituent(pk=n, name=f"Network {n}", kind="isp", made_at=NOW) for n in numbers
    )
    Holding.objects.bulk_create(
        Holding(constituent_id=n, kind="asn", value=str(64512 + n)) for n in numbers
    )
    for day in range(DAYS):
        last = datetime.combine(LAST - timedelta(days=DAYS - 1 - day), time_of_day(23, 59, 59), UTC)
        Blob.objects.bulk_create(
            Blob(
                pk=day * 12 + kind + 1,
                feed=report.feed,
                sha256=f"{day * 12 + kind:064x}",
                name=report.name,
                carrier="drop",
                size=0,
                stored_size=0,
                received_at=last,
                last_at=last,
                state=BlobState.COMPLETE,
                attempts=1,
                completed_at=last,
                routed_at=last,
            )
            for kind, report in enumerate(REPORTS)
        )


def fill(raw: sqlite3.Connection) -> None:
    """Write episodes, their events day by day, and the counts."""
    from lionrock.desk.events.services.rows import EVENT

    rng = np.random.default_rng(7)
    pairs = int(COUNT * PAIRS_PER_EVENT)
    report = rng.choice(
        len(REPORTS), pairs, p=np.array([r.share for r in REPORTS]) / sum(r.share for r in REPORTS)
    )
    report.sort()
    # Within a report, addresses are those of the pool in order, every second one.
    begins = np.searchsorted(report, np.arange(len(REPORTS)))
    place = np.arange(pairs) - begins[report]
    first = rng.integers(0, DAYS, pairs)
    times = np.minimum(rng.geometric(PAIRS_PER_EVENT, pairs), DAYS)
    first = np.minimum(first, DAYS - np.minimum(times, DAYS))
    times = times + (rng.random(pairs) < (COUNT - times.sum()) / pairs)  # near COUNT
    second = rng.integers(0, 86_400, pairs)
    order = np.argsort(place, kind="stable")
    problems = [r.problem for r in REPORTS]
    days = [(LAST - timedelta(days=DAYS - 1 - n)).isoformat() for n in range(DAYS + 2)]

    def whose(index: int) -> tuple[str, int]:
        network = index * 2 // NETWORK
        return f"{text_of(POOL + network * NETWORK)}/20", 1 + (network * network) % 977 % ASNS

    def episodes() -> Iterator[tuple[object, ...]]:
        for number in order.tolist():
            r = REPORTS[report[number]]
            index = int(place[number])
            network, whom = whose(index)
            clock = clock_of(int(second[number]))
            start, count = int(first[number]), int(times[number])
            end = min(start + count - 1, DAYS - 1)
            standing = "open" if end >= DAYS - 10 else ("unseen" if number % 3 else "fixed")
            address = text_of(POOL + index * 2)
            yield (
                number + 1, "address", address, problems[report[number]], 1, r.kind, r.variant, r.part,
                r.severity, r.seen, r.family, r.service, r.port, "tcp" if r.port else "", "", address,
                "", "", network, 64512 + whom, f"Network {whom}", "HK", "HK", "located",
                f"{network} is used in HK (geolocation 2026-02-20)", whom, "TLP:AMBER",
                f"{days[start]} {clock}", f"{days[end]} {clock}", count, json.dumps([r.feed]), "{}",
                standing, None, "", 0, start * 12 + 1, end * 12 + 1, None,
            )  # fmt: skip

    raw.executemany(
        "INSERT INTO events_episode (id, asset_kind, asset, problem, number, kind, variant, part, "
        "severity, seen, family, service, port, transport, brand, address, host, url, network, asn, "
        "holder, located, registered, why, fact, constituent_id, tlp, first_seen, last_seen, events, "
        "feeds, many, standing, standing_since, fixed_by, misses, blob_id, last_blob_id, told_at) "
        f"VALUES ({','.join('?' * 39)})",
        episodes(),
    )
    print(f"  {pairs:,} episodes", flush=True)
    raw.executemany(
        "INSERT INTO events_word (word, episode_id) VALUES (?, ?)",
        (
            (word, number + 1)
            for number in range(pairs)
            for word in {f"feed:{REPORTS[report[number]].feed}", REPORTS[report[number]].family}
            - {""}
        ),
    )
    details = [details_of(number) for number in range(997)]
    counts: dict[tuple[object, ...], list[int]] = {}
    line = 0

    def events() -> Iterator[tuple[object, ...]]:
        nonlocal line
        for day in range(DAYS):
            there = np.nonzero((first <= day) & (day < first + times))[0]
            there = there[np.argsort(second[there], kind="stable")]
            for number in there.tolist():
                kind = int(report[number])
                r = REPORTS[kind]
                index = int(place[number])
                network, whom = whose(index)
                line += 1
                address = text_of(POOL + index * 2)
                key = (days[day], r.feed, r.kind, r.family)
                count = counts.setdefault(key, [0, 0])
                count[0] += 1
                count[1] += day == first[number]
                other = text_of(0xC6336400 + number % 256) if r.part == "source" else ""
                yield (
                    day * 12 + kind + 1, number + 1, line, 0, r.feed, r.name,
                    f"{days[day]} {clock_of(int(second[number]))}", r.kind, r.variant, r.severity,
                    "address", address, r.part, address, "", "", r.port, "tcp" if r.port else "",
                    r.service, r.family, "", "address" if other else "", other, None, None, "",
                    network, 64512 + whom, "HK", "HK", "located", whom, "TLP:AMBER", 1, "",
                    details[number % 997],
                )  # fmt: skip

    columns = ", ".join(f'"{name}"' for name in ("blob_id", "episode_id", *EVENT))
    raw.executemany(
        f"INSERT INTO events_event ({columns}) VALUES ({','.join('?' * (len(EVENT) + 2))})",
        events(),
    )
    print(f"  {line:,} events", flush=True)
    raw.executemany(
        "INSERT INTO events_daycount (day, feed, kind, family, why, country, events, episodes) "
        "VALUES (?, ?, ?, ?, 'located', 'HK', ?, ?)",
        ((*key, *count) for key, count in counts.items()),
    )
    raw.execute(
        "UPDATE feeds_blob SET ours = "
        "(SELECT count(*) FROM events_event e WHERE e.blob_id = feeds_blob.id)"
    )
    raw.execute(
        "INSERT INTO events_constituentday (constituent_id, day, kind, events, episodes) "
        "SELECT constituent_id, date(at), kind, count(*), 0 FROM events_event GROUP BY 1, 2, 3"
    )


def details_of(number: int) -> str:
    """Return what else a scan's line says, as long as real ones are."""
    return json.dumps(
        {
            "protocol": "tcp",
            "hostname_source": "ptr",
            "region": "EXAMPLE REGION",
            "city": "EXAMPLE CITY",
            "naics": "517311",
            "hostname_sector": "Communications, Service Provider, and Hosting Service",
            "tag": "example",
            "banner": f"example banner {number} login:",
            "device_vendor": "Example",
            "device_type": "router",
            "device_model": f"EX-{number}",
        }
    )


def text_of(number: int) -> str:
    """Return an IPv4 address."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def clock_of(second: int) -> str:
    """Return a time of day."""
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def measure() -> None:
    """Time every page that shows events, each with filters drawn anew."""
    from django.db import connection

    from lionrock.desk.events.selectors import counts, episodes, events
    from lionrock.desk.events.selectors.filters import Filters, Place
    from lionrock.desk.events.views.lists import PATIENCE, SURVEYED

    rng = random.Random(11)
    drawn = [some_filters(rng) for _ in range(ROUNDS * 4)]
    wide = [replace(one, since=None, before=None) for one in drawn]
    ids = [rng.randrange(1, int(COUNT * PAIRS_PER_EVENT)) for _ in range(ROUNDS * 2)]

    def at_episode(number: int) -> object:
        from lionrock.desk.events.models import Episode

        return events.events_of(Episode.objects.get(pk=number))

    def place() -> Place:
        return Place(at=NOW - timedelta(days=rng.randrange(DAYS)), id=0)

    def listed(f: Filters, after: Place | None = None) -> object:
        return events.events_page(f, after=after, until=time.monotonic() + PATIENCE)

    def listed_episodes(f: Filters) -> object:
        return episodes.episodes_page(f, until=time.monotonic() + PATIENCE)

    def surveyed(f: Filters) -> object:
        return events.survey_events(f, until=time.monotonic() + SURVEYED)

    def surveyed_episodes(f: Filters) -> object:
        return episodes.survey_episodes(f, until=time.monotonic() + SURVEYED)

    told("event list, no filter", [lambda: listed(Filters())] * ROUNDS)
    told("event list, filters and time", [partial(listed, f) for f in drawn])
    told("event list, filters, all time", [partial(listed, f) for f in wide])
    told("event list, a later page", [partial(listed, f, place()) for f in wide])
    told("event list, count and facets", [partial(surveyed, f) for f in drawn])
    told("event list, count and facets, all time", [partial(surveyed, f) for f in wide])
    told("episode list, filters and time", [partial(listed_episodes, f) for f in drawn])
    told("episode list, filters, all time", [partial(listed_episodes, f) for f in wide])
    told("episode list, count and facets", [partial(surveyed_episodes, f) for f in drawn])
    told("episode list, count and facets, all time", [partial(surveyed_episodes, f) for f in wide])
    told("an episode and its events", [partial(at_episode, n) for n in ids])
    told(
        "a constituent's figures",
        [partial(counts.constituent_figures, n, now=NOW) for n in range(1, min(ROUNDS * 2, ASNS))],
    )
    told("the first page's figures", [lambda: counts.region_figures(now=NOW)] * ROUNDS)
    told(
        "daily count by kind and family, a quarter",
        [lambda: counts.daily(since=LAST - timedelta(days=92), before=LAST)] * ROUNDS,
    )
    pages()
    connection.close()


def some_filters(rng: random.Random) -> "Filters":
    """Draw a combination of filters: each is set with some chance, most often to frequent values."""
    from lionrock.desk.events.selectors.filters import Filters

    report = rng.choices(REPORTS, [r.share for r in REPORTS])[0]
    days = rng.choice((1, 7, 30))
    end = NOW - timedelta(days=rng.choice((0, 0, 0, 20, 60)))
    address = text_of(POOL + 2 * rng.randrange(int(COUNT * PAIRS_PER_EVENT * 0.3)))
    words = (
        "",
        "",
        "",
        address,
        address.rpartition(".")[0] + ".",
        report.family,
        "192.0.2.1",
        "mir",
    )
    return Filters(
        since=end - timedelta(days=days),
        before=end,
        kind=rng.choice(("", "", report.kind, report.kind.partition(".")[0])),
        feed=rng.choice(("", "", report.feed)),
        asn=rng.choice((None, None, 64512 + rng.randrange(1, ASNS))),
        constituent=rng.choice((None, None, None, rng.randrange(1, ASNS))),
        country=rng.choice(("", "", "HK", "DE")),
        severity=rng.choice(("", "", "", report.severity)),
        text=rng.choice(words),
    )


def told(what: str, calls: Sequence[Callable[[], object]]) -> None:
    """Time each call once and print the median and the 95th percentile."""
    took = []
    for call in calls:
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(
        f"{what}: median {statistics.median(took):.0f} ms, "
        f"95th percentile {took[min(int(len(took) * 0.95), len(took) - 1)]:.0f} ms ({len(took)} calls)",
        flush=True,
    )


def pages() -> None:
    """Time whole pages as an analyst gets them."""
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.test.utils import setup_test_environment

    from lionrock.desk.people.models import Person
    from lionrock.desk.people.roles import Role

    setup_test_environment()
    person, _ = Person.objects.get_or_create(
        email="bench@cert.example", defaults={"name": "Bench", "joined_at": NOW}
    )
    person.groups.add(Group.objects.get_or_create(name=Role.ANALYST.value)[0])
    client = Client()
    client.force_login(person)
    for path in (
        "/",
        "/events/",
        "/episodes/",
        "/constituents/",
        "/constituents/3/",
        "/episodes/1000/",
    ):
        status = client.get(path).status_code
        if status == 200:
            told(f"page {path}", [partial(client.get, path)] * ROUNDS)
        else:
            print(f"page {path}: {status}")
    rng = random.Random(29)
    for path in ("/events/", "/episodes/"):
        asked = [asked_of(some_filters(rng), timed=n % 2 == 0) for n in range(ROUNDS * 6)]
        told(f"page {path}, any filters", [partial(client.get, path, query) for query in asked])


def asked_of(filters: "Filters", *, timed: bool) -> dict[str, str]:
    """Return filters as they stand in an address; days where they are ``timed``."""
    fields = {
        "kind": filters.kind,
        "feed": filters.feed,
        "asn": filters.asn,
        "constituent": filters.constituent,
        "country": filters.country,
        "severity": filters.severity,
        "q": filters.text,
        "since": filters.since.date() if timed and filters.since else None,
        "until": filters.before.date() if timed and filters.before else None,
    }
    return {name: str(value) for name, value in fields.items() if value not in ("", None)}
