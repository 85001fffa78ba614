"""A delivery as large as wanted, in a real format, for measuring how fast deliveries are read."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from itertools import accumulate
from pathlib import Path
from typing import Final

COLUMNS: Final = (
    "timestamp",
    "severity",
    "protocol",
    "src_ip",
    "src_port",
    "src_asn",
    "src_geo",
    "src_region",
    "src_city",
    "src_hostname",
    "src_naics",
    "src_sector",
    "device_vendor",
    "device_type",
    "device_model",
    "dst_ip",
    "dst_port",
    "dst_asn",
    "dst_geo",
    "dst_region",
    "dst_city",
    "dst_hostname",
    "dst_naics",
    "dst_sector",
    "public_source",
    "infection",
    "family",
    "tag",
    "application",
    "version",
    "event_id",
    "service",
    "start_time",
    "end_time",
    "client_version",
    "username",
    "password",
    "payload_url",
    "payload_md5",
)
"""The 39 columns of Shadowserver's honeypot report on brute force, severity included."""

SCAN_COLUMNS: Final = (
    *("timestamp", "severity", "ip", "protocol", "port", "hostname", "tag", "asn", "geo"),
    *("region", "city", "naics", "hostname_source", "sector", "rdp_protocol", "cert_length"),
    *("subject_common_name", "issuer_common_name", "cert_issue_date", "cert_expiration_date"),
    *("sha1_fingerprint", "cert_serial_number", "ssl_version", "signature_algorithm"),
    *("key_algorithm", "sha256_fingerprint", "sha512_fingerprint", "md5_fingerprint"),
    *("cert_valid", "self_signed", "jarm", "banner", "device_vendor", "device_type"),
    *("device_model", "device_version", "device_sector", "machine_name", "freebsd_version"),
)
"""39 columns as Shadowserver's scans for open services have them."""

REPORT: Final = "event4_honeypot_brute_force"
REPORTS: Final = (REPORT, "event4_sinkhole", "scan_rdp", "scan_telnet")
"""The report types that can be written: two of events with two ends, two of complete scans."""
FEED: Final = "shadowserver"

HOME: Final = ("198.18.0.0/16",)
ELSEWHERE: Final = ("198.19.0.0/16",)
"""The network for benchmarks (RFC 2544): the bundled tables place its halves."""

_HOME_SHARE: Final = 0.9
_REPEATED: Final = 0.1
_FAMILIAR: Final = 0.85
_HELD: Final = 4096
_USERS: Final = ("root", "admin", "ubnt", "support", "user", "guest", "pi", "oracle", "test")
_SERVICES: Final = (("ssh", 22), ("telnet", 23), ("ssh", 2222), ("telnet", 2323), ("ftp", 21))
_FAMILIES: Final = ("mirai", "avalanche-andromeda")
_SCANNED: Final = {"scan_rdp": ("rdp", 3389), "scan_telnet": ("telnet", 23)}
_CLIENTS: Final = ("SSH-2.0-Go", "SSH-2.0-libssh2_1.4.3", "SSH-2.0-PUTTY", "")


def name(day: datetime, report: str = REPORT) -> str:
    """Return the delivery's name as Shadowserver would give it."""
    return f"{day:%Y-%m-%d}-{report}-sample.csv"


def write(
    path: Path,
    *,
    rows: int,
    seed: int = 1,
    day: datetime = datetime(2026, 11, 20, tzinfo=UTC),
    country: str = "",
    home: Sequence[str] = HOME,
    elsewhere: Sequence[str] = ELSEWHERE,
    report: str = REPORT,
    familiar: Sequence[str] = (),
) -> int:
    """Write a header and ``rows`` lines into ``path``; return how many bytes.

    Nine in ten of the addresses it is about stand in ``home``, the others in ``elsewhere`` (IPv4
    networks); one line in ten is a line again that stood a little before, to the letter.
    ``country`` is what the source says of the addresses at home, ``report`` one of ``REPORTS``;
    ``familiar`` are addresses at home of which most of the lines about home tell, as they do when
    the same machines are listed every day. The same arguments give the same bytes.
    """
    size = 0
    with path.open("wb", buffering=1 << 20) as file:
        for line in lines(
            rows=rows,
            seed=seed,
            day=day,
            country=country,
            home=home,
            elsewhere=elsewhere,
            report=report,
            familiar=familiar,
        ):
            size += file.write(line)
    return size


def lines(
    *,
    rows: int,
    seed: int,
    day: datetime,
    country: str,
    home: Sequence[str],
    elsewhere: Sequence[str],
    report: str = REPORT,
    familiar: Sequence[str] = (),
) -> Iterator[bytes]:
    """Yield what ``write`` writes, line by line."""
    dice = random.Random(seed)  # noqa: S311  (a measure, the same one every time)
    near, far = _Pool(home, familiar), _Pool(elsewhere)
    columns = SCAN_COLUMNS if report in _SCANNED else COLUMNS
    yield (",".join(f'"{column}"' for column in columns) + "\n").encode("ascii")
    held: list[bytes] = []
    second = timedelta(seconds=1)
    moments = [f"{day + second * (n * 86400 // 5000):%Y-%m-%d %H:%M:%S}" for n in range(5000)]
    for number in range(rows):
        if held and dice.random() < _REPEATED:
            yield held[dice.randrange(len(held))]
            continue
        at_home = dice.random() < _HOME_SHARE
        pool, geo = (near, country) if at_home else (far, "ZZ")
        moment, address = moments[number * 5000 // rows], pool.one(dice)
        if report in _SCANNED:
            line = _scanned(number, dice, moment, address, geo, report)
        else:
            line = _event(number, dice, moment, address, geo, report)
        if len(held) < _HELD:
            held.append(line)
        else:
            held[number % _HELD] = line
        yield line


def _event(
    number: int, dice: random.Random, moment: str, address: str, geo: str, report: str
) -> bytes:
    if report == REPORT:
        service, port = _SERVICES[int(dice.random() * 5)]
        infection, family = f"{service}-brute-force", ""
    else:
        service, port = "http", 80
        infection = family = _FAMILIES[int(dice.random() * 1.3)]
    text = (
        f'"{moment}","medium","tcp","{address}",{1024 + int(dice.random() * 64000)},64511,"{geo}",'
        f',,"host-{address.replace(".", "-")}.pool.example",518210,'
        '"Communications, Service Provider, and Hosting Service",,,,'
        f'"203.0.113.{1 + int(dice.random() * 60)}",{port},65536,"ZZ",,,,518210,,"sample-sensors",'
        f'"{infection}","{family}",,"{service}",,"{number:016x}","{service}",'
        f'"{moment.replace(" ", "T")}.{int(dice.random() * 1e6):06d}Z",'
        f'"{moment.replace(" ", "T")}.999999Z","{_CLIENTS[int(dice.random() * 4)]}",'
        f'"{_USERS[int(dice.random() * 9)]}","{int(dice.random() * 1e8):08d}",,\n'
    )
    return text.encode("ascii")


def _scanned(
    number: int, dice: random.Random, moment: str, address: str, geo: str, report: str
) -> bytes:
    service, port = _SCANNED[report]
    print_ = f"{int(dice.random() * (1 << 48)):012X}"
    text = (
        f'"{moment}","high","{address}","tcp",{port},"host-{address.replace(".", "-")}.pool.example",'
        f'"{service}",64511,"{geo}",,,518210,"ptr",'
        '"Communications, Service Provider, and Hosting Service",'
    )
    if service == "rdp":
        text += (
            f'"RDP",2048,"pc-{number % 9999}","pc-{number % 9999}","2026-01-01 00:00:00",'
            f'"2026-07-01 00:00:00","{print_}","{print_[:8]}",2,"sha256WithRSAEncryption",'
            f'"rsaEncryption","{print_}","{print_}","{print_}","N","Y",,,,,,,,"PC-{number % 9999}",\n'
        )
    else:
        text += (
            f',,,,,,,,,,,,,,,,,"example router {print_[:4]} login:","Example","router",'
            f'"EX-{number % 997}",,"consumer",,\n'
        )
    return text.encode("ascii")


class _Pool:
    """Addresses of several networks, each as likely as any other; most are familiar, where any is."""

    def __init__(self, networks: Sequence[str], familiar: Sequence[str] = ()) -> None:
        self._familiar = familiar
        parsed = [IPv4Network(network) for network in networks]
        self._firsts = [int(network[0]) for network in parsed]
        self._ends = list(accumulate(network.num_addresses for network in parsed))
        self._sizes = [network.num_addresses for network in parsed]

    def one(self, dice: random.Random) -> str:
        if self._familiar and dice.random() < _FAMILIAR:
            return self._familiar[int(dice.random() * len(self._familiar))]
        if len(self._firsts) == 1:
            number = self._firsts[0] + int(dice.random() * self._sizes[0])
        else:
            place = dice.choices(range(len(self._firsts)), cum_weights=self._ends)[0]
            number = self._firsts[place] + int(dice.random() * self._sizes[place])
        return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
