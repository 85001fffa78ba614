"""Fetches one thing from the web into a file, within limits of size and time, from public addresses only."""

import re
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version
from typing import BinaryIO, Final

import httpcore2
import httpx2

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.deadline import Deadline
from lionrock.net.guard import Network, Resolve
from lionrock.net.wire import Wire

MOST_REDIRECTS: Final = 5
LONGEST_URL: Final = 8192
LONGEST_IDLE: Final = 30.0
"""Seconds that a kept connection may lie idle."""

_HOST: Final = re.compile(rb"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")

_STAYS: Final = frozenset({"accept", "accept-language", "user-agent", "content-type"})
"""Headers that may follow a redirect to another host; the others may hold a key."""

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
Begins = Callable[[int, Mapping[str, str]], None]
"""Hears an answer's status and headers (names in lower case) before its body."""

_LATER: Final = frozenset({408, 421, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came: ``fresh`` is False when the server says that nothing changed (304).

    ``url`` is where it was found in the end, ``headers`` are the answer's in lower case, ``size``
    counts the bytes written.
    """

    fresh: bool
    status: int
    url: str
    headers: Mapping[str, str]
    size: int

    @property
    def etag(self) -> str:
        """What to send as ``etag`` next time; empty when the server gave none."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """What to send as ``last_modified`` next time; empty when the server gave none."""
        return self.headers.get("last-modified", "")


class AskedToWait(TryLater):
    """The server cannot now; ``seconds`` is how long it asks us to wait, None when it does not say."""

    def __init__(self, text: str, *, seconds: float | None) -> None:
        super().__init__(text)
        self.seconds = seconds


class Answered(GiveUp):
    """The server said no, with a ``status`` that asking again does not change."""

    def __init__(self, text: str, *, status: int) -> None:
        super().__init__(text)
        self.status = status


def fetch(
    url: str,
    *,
    into: BinaryIO,
    limit: int,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    etag: str = "",
    last_modified: str = "",
    allow: Sequence[str | Network] = (),
    tls: ssl.SSLContext | None = None,
    resolve: Resolve | None = None,
    begins: Begins | None = None,
) -> Fetched:
    """Write what ``url`` names into ``into``: at most ``limit`` bytes, within ``timeout`` seconds in all.

    A GET, or a POST where ``content`` is given. ``etag`` and ``last_modified`` ask for news only.
    ``allow`` names networks that may be reached although they are not public. ``begins`` is called
    with status and headers before the body is written, and may raise. What was written
    before an error is the caller's to throw away. Raise TryLater (AskedToWait, when the server
    says so) or GiveUp (Answered, Forbidden).
    """
    with httpcore2.ConnectionPool(
        ssl_context=tls or _trust(),
        max_connections=1,
        network_backend=Wire(Deadline.after(timeout), allow=allow, resolve=resolve),
    ) as pool:
        asked = _asked(headers or {}, etag=etag, last_modified=last_modified)
        return _through(pool, url, asked, content, into, limit, begins)


class Line:
    """A connection that is kept open from one fetch to the next, for whoever asks one place often.

    One fetch at a time: give every thread its own, and close it. ``allow``, ``tls`` and ``resolve``
    are those of ``fetch``.
    """

    def __init__(
        self,
        *,
        allow: Sequence[str | Network] = (),
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._deadline = Deadline.after(0)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls or _trust(),
            max_connections=1,
            keepalive_expiry=LONGEST_IDLE,
            network_backend=Wire(self._deadline, allow=allow, resolve=resolve),
        )

    def fetch(
        self,
        url: str,
        *,
        into: BinaryIO,
        limit: int,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Fetched:
        """Get ``url`` as ``lionrock.net.fetch.fetch`` does, over the open connection where there is one."""
        self._deadline.restart(timeout)
        asked = _asked(headers or {}, etag=etag, last_modified=last_modified)
        return _through(self._pool, url, asked, None, into, limit)

    def close(self) -> None:
        """Hang up."""
        self._pool.close()


def _through(
    pool: httpcore2.ConnectionPool,
    url: str,
    asked: dict[str, str],
    content: bytes | None,
    into: BinaryIO,
    limit: int,
    begins: Begins | None = None,
) -> Fetched:
    """Ask, and follow where we are sent."""
    here = _url(url)
    for _ in range(MOST_REDIRECTS + 1):
        step = _step(pool, here, asked, content, into, limit, begins)
        if isinstance(step, Fetched):
            return step
        there = _next(here, step.location)
        if there.netloc != here.netloc or there.scheme != here.scheme:
            asked = {name: value for name, value in asked.items() if name in _STAYS}
            asked["accept-encoding"] = "gzip"
        if step.status in {301, 302, 303}:
            content = None
        elif content is not None and there.netloc != here.netloc:
            # What is posted may hold a key, and is for whom it was written.
            raise GiveUp(f"{_shown(str(here))} sends what is posted to it elsewhere")
        here = there
    raise GiveUp(f"{_shown(url)} leads on and on: more than {MOST_REDIRECTS} redirects")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    status: int
    location: str


def _step(
    pool: httpcore2.ConnectionPool,
    url: httpx2.URL,
    headers: Mapping[str, str],
    content: bytes | None,
    into: BinaryIO,
    limit: int,
    begins: Begins | None,
) -> "Fetched | _Redirect":
    """Ask once; write what comes, or return where it is said to be."""
    shown = _shown(str(url))
    try:
        with pool.stream(
            "GET" if content is None else "POST",
            httpcore2.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=[
                (b"Host", url.netloc),
                *((name.encode("ascii"), _value(value)) for name, value in headers.items()),
            ],
            content=content,
        ) as response:
            found = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            status = response.status
            if status == 304:
                return Fetched(fresh=False, status=status, url=str(url), headers=found, size=0)
            if status in _REDIRECTS and "location" in found:
                return _Redirect(status=status, location=found["location"])
            if status in _LATER:
                raise AskedToWait(f"{shown} answers {status}", seconds=_wait(found))
            if not 200 <= status < 300:
                raise Answered(f"{shown} answers {status}", status=status)
            if begins is not None:
                begins(status, found)
            size = 0
            for chunk in _decoded(response.iter_stream(), found, limit, shown):
                size += len(chunk)
                into.write(chunk)
            return Fetched(fresh=True, status=status, url=str(url), headers=found, size=size)
    except (httpcore2.TimeoutException, httpcore2.NetworkError) as error:
        raise TryLater(f"{shown} does not answer: {error}") from error
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise TryLater(f"{shown} does not speak HTTP as it should: {error}") from error


def _decoded(
    chunks: Iterator[bytes], headers: Mapping[str, str], limit: int, shown: str
) -> Iterator[bytes]:
    """Yield the body as it was before it was packed for the way, at most ``limit`` bytes of it."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise GiveUp(f"{shown} is {length} bytes long, more than the {limit} allowed")
    if coding in {"", "identity"}:
        parts: Iterator[bytes] = iter(chunks)
    elif coding in {"gzip", "x-gzip"}:
        parts = _gunzipped(chunks, limit, shown)
    else:
        raise GiveUp(f"{shown} comes packed as “{coding[:40]}”, which nobody asked for")
    size = 0
    for part in parts:
        size += len(part)
        if size > limit:
            raise GiveUp(f"{shown} is longer than the {limit} bytes allowed")
        yield part


def _gunzipped(chunks: Iterator[bytes], limit: int, shown: str) -> Iterator[bytes]:
    """Unpack step by step, so that a little that becomes much never lies in memory."""
    unpacker = zlib.decompressobj(wbits=31)
    taken = 0
    ended = True
    for chunk in chunks:
        taken += len(chunk)
        if taken > limit:
            raise GiveUp(f"{shown} is longer than the {limit} bytes allowed")
        rest = chunk
        while rest:
            ended = False
            try:
                part = unpacker.decompress(rest, _AT_ONCE)
            except zlib.error as error:
                raise TryLater(f"{shown} is packed with gzip, but broken: {error}") from error
            if part:
                yield part
            rest = unpacker.unconsumed_tail
            if unpacker.eof:
                ended = True
                rest = unpacker.unused_data
                unpacker = zlib.decompressobj(wbits=31)
    if not ended:
        raise TryLater(f"{shown} broke off")


_AT_ONCE: Final = 1 << 16


def _asked(headers: Mapping[str, str], *, etag: str, last_modified: str) -> dict[str, str]:
    asked = {
        "user-agent": f"Lionrock/{version('lionrock')} (CERT report collector)",
        "accept": "*/*",
        **{name.lower(): value for name, value in headers.items()},
        "accept-encoding": "gzip",
    }
    if etag:
        asked["if-none-match"] = etag
    if last_modified:
        asked["if-modified-since"] = last_modified
    return asked


def _value(text: str) -> bytes:
    if "\r" in text or "\n" in text or "\0" in text:
        raise GiveUp("a header holds a line break")
    return text.encode("utf-8")


def _url(text: str) -> httpx2.URL:
    if len(text) > LONGEST_URL:
        raise GiveUp("the address is too long")
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise GiveUp(f"“{_shown(text)}” is no address: {error}") from error
    if url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.raw_host):
        raise GiveUp(f"“{_shown(text)}” is no address on the web")
    if url.userinfo:
        raise GiveUp(f"“{_shown(text)}” holds a password; hand it over as a header")
    return url


def _next(here: httpx2.URL, location: str) -> httpx2.URL:
    try:
        there = here.join(location)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise GiveUp(f"{_shown(str(here))} leads to no address: {error}") from error
    if here.scheme == "https" and there.scheme == "http":
        raise GiveUp(f"{_shown(str(here))} leads from an encrypted place to a plain one")
    return _url(str(there))


def _wait(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text).timestamp()
        sent = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, when - sent)


def _shown(url: str) -> str:
    """Return the address without its query, where keys stand."""
    return url.partition("?")[0].partition("#")[0][:200]


@cache
def _trust() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
