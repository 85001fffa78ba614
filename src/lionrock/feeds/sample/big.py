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

REPORT: Final = "event4_honeypot_brute_force"
FEED: Final = "shadowserver"

HOME: Final = ("198.18.0.0/16",)
ELSEWHERE: Final = ("198.19.0.0/16",)
"""The network for benchmarks (RFC 2544): the bundled tables place its halves."""

_HOME_SHARE: Final = 0.9
_REPEATED: Final = 0.1
_HELD: Final = 4096
_USERS: Final = ("root", "admin", "ubnt", "support", "user", "guest", "pi", "oracle", "test")
_SERVICES: Final = (("ssh", 22), ("telnet", 23), ("ssh", 2222), ("telnet", 2323), ("ftp", 21))
_CLIENTS: Final = ("SSH-2.0-Go", "SSH-2.0-libssh2_1.4.3", "SSH-2.0-PUTTY", "")


def name(day: datetime) -> str:
    """Return the delivery's name as Shadowserver would give it."""
    return f"{day:%Y-%m-%d}-{REPORT}-sample.csv"


def write(
    path: Path,
    *,
    rows: int,
    seed: int = 1,
    day: datetime = datetime(2026, 11, 20, tzinfo=UTC),
    country: str = "",
    home: Sequence[str] = HOME,
    elsewhere: Sequence[str] = ELSEWHERE,
) -> int:
    """Write a header and ``rows`` lines into ``path``; return how many bytes.

    Nine in ten of the attacking addresses stand in ``home``, the others in ``elsewhere`` (IPv4
    networks); one line in ten is a line again that stood a little before, to the letter.
    ``country`` is what the source says of the addresses at home. The same arguments give the same
    bytes.
    """
    size = 0
    with path.open("wb", buffering=1 << 20) as file:
        for line in lines(
            rows=rows, seed=seed, day=day, country=country, home=home, elsewhere=elsewhere
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
) -> Iterator[bytes]:
    """Yield what ``write`` writes, line by line."""
    dice = random.Random(seed)  # noqa: S311  (a measure, the same one every time)
    near, far = _Pool(home), _Pool(elsewhere)
    yield (",".join(f'"{column}"' for column in COLUMNS) + "\n").encode("ascii")
    held: list[bytes] = []
    second = timedelta(seconds=1)
    moments = [f"{day + second * (n * 86400 // 5000):%Y-%m-%d %H:%M:%S}" for n in range(5000)]
    for number in range(rows):
        if held and dice.random() < _REPEATED:
            yield held[dice.randrange(len(held))]
            continue
        at_home = dice.random() < _HOME_SHARE
        pool, geo = (near, country) if at_home else (far, "ZZ")
        line = _line(number, dice, moments[number * 5000 // rows], pool, geo)
        if len(held) < _HELD:
            held.append(line)
        else:
            held[number % _HELD] = line
        yield line


def _line(number: int, dice: random.Random, moment: str, pool: "_Pool", geo: str) -> bytes:
    address = pool.one(dice)
    service, port = _SERVICES[int(dice.random() * 5)]
    text = (
        f'"{moment}","medium","tcp","{address}",{1024 + int(dice.random() * 64000)},64511,"{geo}",'
        f',,"host-{address.replace(".", "-")}.pool.example",518210,'
        '"Communications, Service Provider, and Hosting Service",,,,'
        f'"203.0.113.{1 + int(dice.random() * 60)}",{port},65536,"ZZ",,,,518210,,"sample-sensors",'
        f'"{service}-brute-force",,,"{service}",,"{number:016x}","{service}",'
        f'"{moment.replace(" ", "T")}.{int(dice.random() * 1e6):06d}Z",'
        f'"{moment.replace(" ", "T")}.999999Z","{_CLIENTS[int(dice.random() * 4)]}",'
        f'"{_USERS[int(dice.random() * 9)]}","{int(dice.random() * 1e8):08d}",,\n'
    )
    return text.encode("ascii")


class _Pool:
    """Addresses of several networks, each as likely as any other."""

    def __init__(self, networks: Sequence[str]) -> None:
        parsed = [IPv4Network(network) for network in networks]
        self._firsts = [int(network[0]) for network in parsed]
        self._ends = list(accumulate(network.num_addresses for network in parsed))
        self._sizes = [network.num_addresses for network in parsed]

    def one(self, dice: random.Random) -> str:
        if len(self._firsts) == 1:
            number = self._firsts[0] + int(dice.random() * self._sizes[0])
        else:
            place = dice.choices(range(len(self._firsts)), cum_weights=self._ends)[0]
            number = self._firsts[place] + int(dice.random() * self._sizes[place])
        return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
