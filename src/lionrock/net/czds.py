"""Downloads zone files from ICANN's Centralized Zone Data Service: signed in, only news, resumed.

Source: ICANN, "CZDS API Client documentation": ``POST /api/authenticate`` with ``username`` and
``password`` answers ``accessToken``; ``GET /czds/downloads/links`` with that token lists the files that
the account may have; each is a gzip file with Last-Modified. ICANN asks for at most one download of
a zone in a day, and answers 429 to whoever signs in too often.
"""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Busy, Refused
from lionrock.net.fetch import Answered, AskedToWait, fetch
from lionrock.net.guard import Network, Resolve

API: Final = "https://czds-api.icann.org/"
AUTHENTICATION: Final = "https://account-api.icann.org/api/authenticate"
ANSWER_SECONDS: Final = 60.0
DOWNLOAD_SECONDS: Final = 2 * 3600.0
LONGEST_ANSWER: Final = 2 * 2**20
LARGEST: Final = 32 * 2**30
"""Bytes of one packed zone; .com has some five thousand million."""
_LINK: Final = re.compile(r"/czds/downloads/([a-z0-9-]{1,63})\.zone$")
_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Which version of a file it is: what the server said of it; empty where it did not."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFile:
    """A zone file that lies, whole, at ``path``; ``fresh`` is False where it is the known version."""

    tld: str
    path: Path
    version: Version
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who we are at ICANN."""

    username: str
    password: str

    def __repr__(self) -> str:
        return f"Account({self.username})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How servers are reached: private networks that may be, and whom to ask for addresses."""

    allow: Sequence[str | Network] = ()
    resolve: Resolve | None = None


def download(
    api: str,
    *,
    account: Account,
    into: Path,
    known: Mapping[str, Version],
    tlds: Sequence[str] = (),
    authentication: str = AUTHENTICATION,
    way: Way = Way(),  # frozen
    stopped: Callable[[float], bool],
) -> Iterator[ZoneFile]:
    """Yield each zone file that the account may have and whose version is not ``known``.

    A file is downloaded into the folder ``into`` and lies there until the caller removes it; one
    that broke off is gone on with, unless the server has another version meanwhile. ``tlds`` names
    the zones that are wanted; none: all. Raise Refused where the account is not let in, TryLater
    (Busy where the server says when) or GiveUp.
    """
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = sign_in(authentication, account, way)
    links = _links(api, token, way)
    wanted = {tld.lower() for tld in tlds} or set(links)
    if missing := sorted(wanted - set(links)):
        raise GiveUp(f"the account may not download {', '.join(missing[:10])}")
    for tld in sorted(wanted):
        if stopped(0):
            return
        yield _zone(
            links[tld], tld, token=token, into=into, known=known.get(tld, Version()), way=way
        )


def sign_in(authentication: str, account: Account, way: Way) -> str:
    """Return the token that lets us in for a day."""
    said = {"username": account.username, "password": account.password}
    answer = _asked(
        authentication,
        way,
        headers={"content-type": "application/json", "accept": "application/json"},
        content=json.dumps(said).encode(),
    )
    token = answer.get("accessToken") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]{1,8192}", token):
        raise TryLater("the sign-in at ICANN gave no token")
    return token


def _links(api: str, token: str, way: Way) -> dict[str, str]:
    answer = _asked(api.rstrip("/") + "/czds/downloads/links", way, headers=_bearer(token))
    if not isinstance(answer, list) or not all(isinstance(link, str) for link in answer):
        raise TryLater("ICANN's list of downloads is no list of addresses")
    house = urlsplit(api)
    links = {}
    for link in answer:
        parts = urlsplit(link)
        found = _LINK.search(parts.path)
        # The token goes along: only to where the list came from, or to a sister under its domain.
        if found and parts.scheme == house.scheme and _related(parts.hostname, house.hostname):
            links[found[1]] = link
    return links


def _related(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    domain = ".".join(other.split(".")[-2:])
    return one == other or (
        not other.replace(".", "").isdigit()
        and domain.count(".") == 1
        and one.endswith(f".{domain}")
    )


def _zone(link: str, tld: str, *, token: str, into: Path, known: Version, way: Way) -> ZoneFile:
    whole, part, note = (into / f"{tld}.{ending}" for ending in ("zone.gz", "part", "version"))
    if whole.exists():
        lying = _noted(note)
        if lying and lying != known:
            # Downloaded before, and the reading broke off: it is read first, news come after.
            return ZoneFile(tld=tld, path=whole, version=lying, fresh=True)
        whole.unlink()
    begun = _noted(note) if part.exists() else Version()
    # A weak tag does not promise the same bytes: nothing is gone on with by it.
    unchanged = "" if begun.etag.startswith("W/") else begun.etag
    unchanged = unchanged or begun.last_modified
    if not unchanged:
        part.unlink(missing_ok=True)
    with part.open("ab") as file:
        download = _Download(file, note, begun)
        headers = _bearer(token)
        if at := file.tell():
            headers["range"] = f"bytes={at}-"
            headers["if-range"] = unchanged
        conditions = Version() if at else known
        try:
            fetched = fetch(
                link,
                into=file,
                limit=LARGEST,
                timeout=DOWNLOAD_SECONDS,
                headers=headers,
                etag=conditions.etag,
                last_modified=conditions.last_modified,
                allow=way.allow,
                resolve=way.resolve,
                begins=download.begins,
            )
        except AskedToWait as error:
            raise _busy(error) from error
        except Answered as error:
            if at and error.status == 416:
                # What lies here is longer than what is there: begin anew next time.
                part.unlink(missing_ok=True)
                raise TryLater(f"the zone file of {tld} changed while it was downloaded") from error
            raise _refused(error) from error
        if not fetched.fresh:
            part.unlink(missing_ok=True)
            return ZoneFile(tld=tld, path=whole, version=known, fresh=False)
        file.flush()
        size = file.tell()
    if download.length is not None and size != download.length:
        if size > download.length:
            part.unlink(missing_ok=True)
        raise TryLater(f"the zone file of {tld} broke off: {size} of {download.length} bytes")
    part.replace(whole)
    return ZoneFile(tld=tld, path=whole, version=download.version, fresh=True)


class _Download:
    """What the server says before the bytes: whether they go on where we stopped, or begin anew."""

    def __init__(self, file: BinaryIO, note: Path, begun: Version) -> None:
        self._file = file
        self._note = note
        self.version = begun
        self.length: int | None = None

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        packed = headers.get("content-encoding", "identity") != "identity"
        told = headers.get("content-length", "")
        if status == 206:
            found = _RANGE.fullmatch(headers.get("content-range", ""))
            if found is None or int(found[1]) != self._file.tell() or packed:
                self._file.truncate(0)
                raise TryLater("the server sent another part of the file than was asked for")
            self.length = int(found[3]) if found[3] != "*" else int(found[2]) + 1
            return
        self._file.truncate(0)
        self._file.seek(0)
        self.length = int(told) if told.isdecimal() and not packed else None
        self.version = Version(
            etag=headers.get("etag", "")[:1000],
            last_modified=headers.get("last-modified", "")[:100],
        )
        told_of = [self.version.etag, self.version.last_modified]
        self._note.write_text(json.dumps(told_of), encoding="utf-8")


def _noted(note: Path) -> Version:
    try:
        etag, last_modified = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return Version()
    return Version(etag=str(etag), last_modified=str(last_modified))


def _asked(
    url: str, way: Way, *, headers: Mapping[str, str], content: bytes | None = None
) -> object:
    body = io.BytesIO()
    try:
        fetch(
            url,
            into=body,
            limit=LONGEST_ANSWER,
            timeout=ANSWER_SECONDS,
            headers=headers,
            content=content,
            allow=way.allow,
            resolve=way.resolve,
        )
    except AskedToWait as error:
        raise _busy(error) from error
    except Answered as error:
        raise _refused(error) from error
    try:
        answer: object = json.loads(body.getvalue())
    except (ValueError, RecursionError) as error:
        raise TryLater(f"{urlsplit(url).hostname} answers no JSON") from error
    return answer


def _busy(error: AskedToWait) -> TryLater:
    return Busy(str(error), seconds=error.seconds) if error.seconds is not None else error


def _refused(error: Answered) -> GiveUp:
    if error.status in {401, 403}:
        return Refused(f"{error}: the account or its password is wrong, or not enough")
    return error


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
