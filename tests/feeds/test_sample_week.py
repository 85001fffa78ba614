"""The made-up week is nobody's data, the same every time, and readable but for what is broken on purpose."""

import csv
import io
import re
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

from lionrock import regions
from lionrock.core.documentation import HOLDERS
from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue
from lionrock.feeds.reading import read_delivery
from lionrock.feeds.sample import SampleFile, big, constituents, write

UNTIL = datetime(2026, 11, 21, 13, tzinfo=UTC)
XX = regions.load("xx", Path(__file__).parent.parent / "regions" / "packs" / "xx")
NETWORKS = [ip_network(network) for holder in HOLDERS for network in holder.networks]


def week(folder: Path) -> list[SampleFile]:
    return write(folder, region=XX, until=UNTIL)


def read(file: SampleFile) -> list[Event | Reject]:
    return list(
        read_delivery(
            catalogue()[file.feed],
            Delivery.of(file.path.read_bytes(), name=file.path.name, received=file.received),
        )
    )


def test_the_same_day_and_region_give_the_same_week(tmp_path: Path) -> None:
    one, other = week(tmp_path / "1"), week(tmp_path / "2")
    assert [f.path.read_bytes() for f in one] == [f.path.read_bytes() for f in other]
    assert [f.received for f in one] == sorted(f.received for f in one)
    assert all(f.received <= UNTIL for f in one)


def test_every_address_and_name_in_it_is_nobodys(tmp_path: Path) -> None:
    for file in week(tmp_path):
        text = file.path.read_text(encoding="utf-8")
        for found in re.findall(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])", text):
            if found != "192.0.2.999":  # one of the broken rows
                assert any(ip_address(found) in network for network in NETWORKS), found
        for host in re.findall(r"https?://([a-z0-9.-]+)", text):
            assert host[0].isdigit() or host.endswith((".example", "-lionrock-sample.xx")), host


def test_what_can_be_read_is_read_and_only_what_is_broken_is_rejected(tmp_path: Path) -> None:
    rejects: dict[str, int] = {}
    for file in week(tmp_path):
        found = read(file)
        assert any(isinstance(one, Event) for one in found), file.path.name
        if count := sum(isinstance(one, Reject) for one in found):
            rejects[file.path.name] = count
    assert rejects == {
        "2026-11-16-scan_snmp-sample.csv": 1,
        "2026-11-16-scan_telnet-sample.csv": 1,
        "2026-11-18-all.txt": 1,
        "2026-11-19-all.txt": 1,
        "2026-11-19-urlhaus.csv": 1,
        "2026-11-20-all.txt": 1,
    }


def test_some_machines_are_mended_and_some_are_new(tmp_path: Path) -> None:
    days: dict[str, set[tuple[str, str]]] = {}
    for file in week(tmp_path):
        if "-scan_" in file.path.name and file.path.suffix == ".csv":
            text = file.path.read_text(encoding="utf-8")
            rows = {(row["ip"], row["port"]) for row in csv.DictReader(io.StringIO(text))}
            days.setdefault(file.path.name[:10], set()).update(rows)
    first, middle, last = (days[f"2026-11-{day}"] for day in (14, 17, 20))
    assert len(first & last) > 10
    assert len(first - last) > 3
    assert len(last - first) > 10
    assert middle - first - last


def test_the_constituents_hold_networks_that_are_used_at_home_and_mails_nobody_gets() -> None:
    rows = list(csv.DictReader(io.StringIO(constituents(XX).decode())))
    home = {network for holder in HOLDERS if not holder.used for network in holder.networks}
    held = {network for row in rows for network in row["networks"].split()}
    assert held - home == {"192.0.2.192/26", "203.0.113.224/27"}
    assert all(row["contact_email"].endswith(".example") for row in rows)
    assert {row["sector"] for row in rows} == {"", "bank"}


def test_the_large_delivery_has_its_columns_its_share_at_home_and_its_repetitions(
    tmp_path: Path,
) -> None:
    size = big.write(tmp_path / "big.csv", rows=5000, seed=3)
    assert size == (tmp_path / "big.csv").stat().st_size
    lines = (tmp_path / "big.csv").read_text(encoding="ascii").splitlines()
    rows = list(csv.DictReader(lines))
    assert len(rows) == 5000
    assert {len(row) for row in rows} == {39}
    home = sum(ip_address(row["src_ip"]) in ip_network("198.18.0.0/16") for row in rows)
    assert 0.88 < home / 5000 < 0.92
    assert 0.08 < 1 - len(set(lines)) / 5001 < 0.12
    big.write(tmp_path / "again.csv", rows=5000, seed=3)
    assert (tmp_path / "again.csv").read_text(encoding="ascii").splitlines() == lines
