"""Measures IntelMQ 3.5.0 and Lionrock side by side, on the same Shadowserver report.

IntelMQ, in a virtual environment of its own (build/intelmq), goes file -> Shadowserver parser ->
deduplicator -> ASN -> geolocation -> taxonomy -> file, one process a step, with a private Redis (Debian's
redis-server) between them. Lionrock goes its whole road, into the database that ``bench.events`` makes.
BENCH_INTELMQ_ROWS says how many rows (20,000). Prints both rates, the processor time of both and the
ratios; asserts nothing. Everything started here listens on loopback and ends with the measurement.
"""

# Django is pointed at the database before what needs it is imported, in each function.
# ruff: noqa: PLC0415
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Address, summarize_address_range
from pathlib import Path

from bench import events, facts, road

ROWS = int(os.environ.get("BENCH_INTELMQ_ROWS", "20000"))
PLACE = Path("build/intelmq")
WANTED = ("intelmq==3.5.0", "pyasn", "geoip2")
NOBODY = "nobody"
PATIENCE = 120
"""Seconds without any progress after which a step counts as stuck."""
BOTS = {
    "collector": "collectors.file.collector_file",
    "parser": "parsers.shadowserver.parser",
    "deduplicator": "experts.deduplicator.expert",
    "asn": "experts.asn_lookup.expert",
    "geo": "experts.maxmind_geoip.expert",
    "taxonomy": "experts.taxonomy.expert",
    "output": "outputs.file.output",
}
"""The steps, in order, by the part of IntelMQ that does each."""


def main() -> None:
    """Write a report, have both read it, print how fast."""
    redis = redis_server()
    if redis is None:
        print("skipped: Debian's redis-server is not installed")
        return
    if not installed():
        print(f"skipped: {', '.join(WANTED)} could not be installed into {PLACE}")
        return
    if not events.ready():
        return
    from django.conf import settings

    from lionrock import regions
    from lionrock.feeds.sample import big

    country = regions.load(settings.LIONROCK_REGION).countries[0]
    tables = Path(settings.LIONROCK_DATA) / "tables"
    if not tables.is_dir():
        facts.lay(tables, country=country, day=road.DAY.date())
    with tempfile.TemporaryDirectory(prefix="lionrock-intelmq-") as folder:
        report = Path(folder) / big.name(road.DAY)
        big.write(
            report,
            rows=ROWS,
            seed=time.time_ns(),
            day=road.DAY,
            country=country,
            home=facts.HOME,
            elsewhere=road.ELSEWHERE,
            familiar=road.familiar("sshpwauth"),
        )
        lines = report.read_bytes().splitlines()[1:]
        taken = road.read_all([report])
        theirs, processor, written = run(Path(folder) / "root", redis, report, tables, set(lines))
    ours = ROWS / taken.seconds
    own = (taken.reading + taken.writing) / ROWS
    print(
        f"Lionrock: {ROWS:,} rows at {ours:,.0f} rows/s ({taken.seconds:.1f} s), processor time "
        f"{own * 1e6:.0f} µs a row: {taken.blobs[0].ours:,} events stored, "
        f"{taken.blobs[0].duplicates:,} duplicates, {taken.blobs[0].outside:,} outside the region"
    )
    print(
        f"IntelMQ 3.5.0: {ROWS:,} rows at {ROWS / theirs:,.0f} rows/s ({theirs:.1f} s), processor time "
        f"{processor / ROWS * 1e6:.0f} µs a row: {written:,} events written of {len(set(lines)):,} due"
    )
    print(
        f"ratio: {ours * theirs / ROWS:.0f} times as fast, {processor / ROWS / own:.0f} times less "
        f"processor time (load {os.getloadavg()[0]:.1f})"
    )


def redis_server() -> str | None:
    """Return Debian's redis-server, installed where we may; it is never started as a service."""
    if shutil.which("redis-server") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "redis-server"],
            env={**os.environ, "RUNLEVEL": "1", "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
            check=False,
        )
    return shutil.which("redis-server")


def installed() -> bool:
    """Install IntelMQ into its own environment, once; tell whether it is there.

    It refuses to run as root; then it runs as nobody, who must be able to read its Python.
    """
    if not (PLACE / "bin/intelmqctl").exists():
        python = "/usr/bin/python3" if os.geteuid() == 0 else sys.executable
        subprocess.run([python, "-m", "venv", PLACE], check=True)
        subprocess.run([PLACE / "bin/pip", "install", "-q", *WANTED], check=False)
    return (PLACE / "bin/intelmqctl").exists()


def run(
    root: Path, redis: str, report: Path, tables: Path, due: set[bytes]
) -> tuple[float, float, int]:
    """Run IntelMQ over the report; return seconds, processor seconds and events written."""
    port = free_port()
    inbox = prepare(root, port, tables)
    if os.geteuid() == 0:
        for place in (root.parent, *sorted(root.rglob("*")), root):
            shutil.chown(place, NOBODY)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "INTELMQ_ROOT_DIR": f"{root}/",
    }
    written = root / "events.txt"
    log = (root / "console.log").open("wb")
    with ExitStack() as stack:
        stack.enter_context(log)
        server = [redis, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(root)]
        pids = [stack.enter_context(running([*server, "--save", ""], log=log.fileno()))]
        wait(lambda: listening(port))
        for bot, module in BOTS.items():
            command = [str((PLACE / f"bin/intelmq.bots.{module}").resolve()), bot]
            pids.append(
                stack.enter_context(running(command, log=log.fileno(), environment=environment))
            )
        wait(lambda: all(is_up(root / f"var/log/{bot}.log") for bot in BOTS))
        before = processor_of(pids)
        began = time.monotonic()
        shutil.copy(report, inbox / "report.part")
        (inbox / "report.part").chmod(0o644)
        (inbox / "report.part").rename(inbox / report.name)
        count, last = 0, began
        while count < len(due) and time.monotonic() - last < PATIENCE:
            time.sleep(0.2)
            if (now := lines_of(written)) != count:
                count, last = now, time.monotonic()
        return last - began, processor_of(pids) - before, count


def prepare(root: Path, port: int, tables: Path) -> Path:
    """Lay IntelMQ's configuration and tables out below ``root``; return where it looks for reports."""
    inbox, state = root / "inbox", root / "var/lib/bots"
    for folder in (inbox, root / "etc", state, root / "var/log", root / "var/run"):
        folder.mkdir(parents=True)
    package = next(PLACE.glob("lib/python*/site-packages/intelmq"))
    shutil.copy(package / "etc/harmonization.conf", root / "etc")
    schema = {report["file_name"]: report for report in [schema_of_the_report()]}
    (state / "shadowserver-schema.json").write_text(json.dumps(schema))
    routes(tables, root / "ipasn.dat")
    countries(tables, root / "geo.mmdb")
    parameters: dict[str, dict[str, object]] = {
        "collector": {
            "path": str(inbox),
            "postfix": ".csv",
            "delete_file": True,
            "rate_limit": 1,
            "name": "Shadowserver",
            "provider": "Shadowserver",
        },
        "deduplicator": {
            "filter_type": "blacklist",
            "filter_keys": "raw,time.observation",
            "redis_cache_port": port,
            "redis_cache_ttl": 86_400,
        },
        "asn": {"database": str(root / "ipasn.dat")},
        "geo": {"database": str(root / "geo.mmdb")},
        "output": {"file": str(root / "events.txt")},
    }
    names = list(BOTS)
    runtime: dict[str, object] = {
        "global": {
            "logging_path": f"{root}/var/log/",
            "logging_handler": "file",
            "logging_level": "INFO",
            "source_pipeline_port": port,
            "destination_pipeline_port": port,
            "statistics_port": port,
        }
    }
    for bot, after in zip(names, [*names[1:], ""], strict=True):
        queues = {"destination_queues": {"_default": [f"{after}-queue"]}} if after else {}
        runtime[bot] = {
            "bot_id": bot,
            "module": f"intelmq.bots.{BOTS[bot]}",
            "enabled": True,
            "run_mode": "continuous",
            "parameters": {**parameters.get(bot, {}), **queues},
        }
    (root / "etc/runtime.yaml").write_text(json.dumps(runtime))  # JSON is YAML
    return inbox


def schema_of_the_report() -> dict[str, object]:
    """Return how the parser is told to read the report: the form its documentation describes."""
    from lionrock.feeds.sample import big

    required = (
        ("time.source", "timestamp", "add_UTC_to_timestamp"),
        ("source.ip", "src_ip", "validate_ip"),
        ("source.port", "src_port", "convert_int"),
    )
    told = {
        "protocol": ("protocol.transport",),
        "src_asn": ("source.asn", "invalidate_zero"),
        "src_geo": ("source.geolocation.cc",),
        "src_region": ("source.geolocation.region",),
        "src_city": ("source.geolocation.city",),
        "src_hostname": ("source.reverse_dns",),
        "dst_ip": ("destination.ip", "validate_ip"),
        "dst_port": ("destination.port", "convert_int"),
        "dst_asn": ("destination.asn", "invalidate_zero"),
        "dst_geo": ("destination.geolocation.cc",),
        "dst_hostname": ("destination.reverse_dns",),
        "family": ("malware.name",),
    }
    named = {column for _, column, _ in required}
    return {
        "feed_name": "Honeypot-Brute-Force-Events",
        "file_name": big.REPORT,
        "constant_fields": {
            "classification.type": "brute-force",
            "classification.identifier": "brute-force",
        },
        "required_fields": [list(field) for field in required],
        "optional_fields": [
            [told[column][0], column, *told[column][1:]]
            if column in told
            else ["extra.", column, "validate_to_none"]
            for column in big.COLUMNS
            if column not in named
        ],
    }


def routes(tables: Path, place: Path) -> None:
    """Write our routing table as pyasn reads it."""
    from lionrock.enrich.dated import stored
    from lionrock.enrich.intervals import NO_LENGTH

    table = next(one.v4 for one in stored(tables) if one.age.fact == "routing")
    assert table is not None  # facts.lay made it of IPv4
    rows = zip(table.starts.tolist(), table.values.tolist(), table.lengths.tolist(), strict=True)
    with place.open("w") as file:
        file.writelines(
            f"{IPv4Address(start)}/{length}\t{asn}\n"
            for start, asn, length in rows
            if asn and length != NO_LENGTH
        )


def countries(tables: Path, place: Path) -> None:
    """Write our geolocation of the measured networks as an MMDB, which is all that is asked of it."""
    from ipaddress import IPv4Network

    from mmdb_writer import MMDBWriter
    from netaddr import IPNetwork, IPSet  # type: ignore[import-untyped]  # it has no types

    from lionrock.enrich.countries import number_code
    from lionrock.enrich.dated import stored

    table = next(one.v4 for one in stored(tables) if one.age.fact == "geolocation")
    assert table is not None  # as above
    starts, values = table.starts.tolist(), table.values.tolist()
    writer = MMDBWriter(ip_version=4, database_type="GeoLite2-City")
    for text in (*facts.HOME, *road.ELSEWHERE):
        network = IPv4Network(text)
        first, last = int(network[0]), int(network[-1])
        for start, end, value in zip(starts, [*starts[1:], 1 << 32], values, strict=True):
            low, high = max(start, first), min(end - 1, last)
            if value and low <= high:
                whole = summarize_address_range(IPv4Address(low), IPv4Address(high))
                found = IPSet([IPNetwork(str(one)) for one in whole])
                writer.insert_network(found, {"country": {"iso_code": number_code(value)}})
    writer.to_db_file(str(place))


@contextmanager
def running(
    command: Sequence[str], *, log: int, environment: dict[str, str] | None = None
) -> Iterator[int]:
    """Run a process of ours; leaving the block ends it, and no other one."""
    who = NOBODY if os.geteuid() == 0 else None
    gid = pwd.getpwnam(NOBODY).pw_gid if who else None
    others: list[int] | None = [] if who else None
    process = subprocess.Popen(
        command,
        stdout=log,
        stderr=log,
        env=environment,
        cwd="/",
        user=who,
        group=gid,
        extra_groups=others,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(until: Callable[[], bool]) -> None:
    """Wait until something holds; raise where it never does."""
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise RuntimeError("IntelMQ or its Redis did not start")
        time.sleep(0.2)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def listening(port: int) -> bool:
    """Tell whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_up(log: Path) -> bool:
    """Tell whether a bot said that it is ready."""
    return log.exists() and "initialization completed" in log.read_text()


def lines_of(path: Path) -> int:
    """Count a growing file's lines."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def processor_of(pids: Sequence[int]) -> float:
    """Return the processor seconds that processes used so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
