"""ICANN's zone data service on loopback for tests, as its documentation describes it, range requests too."""

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from lionrock.net.czds import Account
from tests.net.serving import Answer, Asked, Server, serving

ACCOUNT = Account(username="cert@lamp-post.example", password="two lions on a rock")
TOKEN = "eyJhbGciOi.made.up"


@dataclass(slots=True, kw_only=True)
class Zone:
    """A zone file there: its content, when it changed, and how badly it is served."""

    content: bytes
    changed: datetime = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    etag: str = ""
    cut: int | None = None
    """After how many bytes of an answer its connection ends, once."""
    ranges: bool = True

    @property
    def packed(self) -> bytes:
        return gzip.compress(self.content, mtime=0)


@dataclass(slots=True, kw_only=True)
class Service:
    """What the service holds, and what it was asked."""

    zones: dict[str, Zone]
    server: Server
    busy: int = 0
    """How many questions are answered with 429 first."""
    strangers: list[str] = field(default_factory=list)
    """Links that it lists beside its own."""

    @property
    def downloads(self) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path.endswith(".zone")]


def zone_of(tld: str, *names: str) -> bytes:
    """A zone as ICANN hands it out: absolute names, one record on a line."""
    lines = [f"{tld}.\t900\tin\tsoa\ta.nic.{tld}. host.nic.{tld}. 1 2 3 4 5"]
    lines += [f"{name}.{tld}.\t3600\tin\tns\tns1.dns.example." for name in names]
    return ("\n".join(lines) + "\n").encode()


@contextmanager
def czds_service(zones: dict[str, Zone]) -> Iterator[Service]:
    """Serve until the block ends."""
    service: Service

    def answer(asked: Asked) -> Answer:
        if service.busy:
            service.busy -= 1
            return Answer(status=429, headers={"Retry-After": "77"})
        if asked.path == "/api/authenticate":
            said = json.loads(asked.body)
            if said != {"username": ACCOUNT.username, "password": ACCOUNT.password}:
                return Answer(status=401, body=b'{"message": "Invalid credentials"}')
            told = {"accessToken": TOKEN, "message": "Authentication Successful"}
            return Answer(body=json.dumps(told).encode())
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(status=401)
        if asked.path == "/czds/downloads/links":
            links = [f"{service.server.url}/czds/downloads/{tld}.zone" for tld in service.zones]
            return Answer(body=json.dumps(links + service.strangers).encode())
        found = re.fullmatch(r"/czds/downloads/([a-z0-9-]+)\.zone", asked.path)
        zone = service.zones.get(found[1]) if found else None
        return Answer(status=404) if zone is None else file_of(zone, asked)

    with serving(answer) as server:
        service = Service(zones=zones, server=server)
        yield service


def file_of(zone: Zone, asked: Asked) -> Answer:
    """Answer as a web server does that knows conditions and ranges."""
    changed = format_datetime(zone.changed, usegmt=True)
    headers = {"Last-Modified": changed, "Content-Type": "application/x-gzip"}
    if zone.etag:
        headers["ETag"] = zone.etag
    body, status = zone.packed, 200
    tag = asked.headers.get("if-none-match", "")
    if (zone.etag and tag == zone.etag) or (
        not tag and asked.headers.get("if-modified-since") == changed
    ):
        return Answer(status=304, headers=headers)
    asked_range = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
    same = asked.headers.get("if-range") in {zone.etag or None, changed}
    if asked_range and zone.ranges and same:
        at = int(asked_range[1])
        if at >= len(body):
            return Answer(status=416, headers={"Content-Range": f"bytes */{len(body)}"})
        headers["Content-Range"] = f"bytes {at}-{len(body) - 1}/{len(body)}"
        body, status = body[at:], 206
    headers["Content-Length"] = str(len(body))
    if zone.cut is not None:
        body, zone.cut = body[: zone.cut], None
        headers["Connection"] = "close"
    return Answer(status=status, body=body, headers=headers)
