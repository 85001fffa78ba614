"""Asks registries whom to tell: RDAP (RFC 9082, 9083), within each server's pace."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from ipaddress import ip_network
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.fetch import Answered, AskedToWait, fetch
from lionrock.net.guard import Network

REGISTRIES: Final[Mapping[str, str]] = {
    name: f"https://data.iana.org/rdap/{name}.json" for name in ("ipv4", "ipv6", "asn", "dns")
}
"""Where IANA publishes which server answers for what (RFC 9224)."""

LIMIT: Final = 1 << 20
REGISTRY_LIMIT: Final = 8 << 20
TIMEOUT: Final = 20.0
_DEEPEST: Final = 6
_MOST_ENTITIES: Final = 300
_MOST_MAILS: Final = 5
_LONGEST_NAME: Final = 200
_MAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)


class NotThere(GiveUp):
    """No registry has the object, or none answers for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a registry says of an object: who holds it, and where its abuse is reported.

    ``mails`` are addresses for abuse, the most telling first; ``network`` is the prefix the answer
    is about, where it is about one; ``url`` where it was answered.
    """

    holder: str
    mails: tuple[str, ...]
    url: str
    network: str = ""


class Ask(Protocol):
    """Fetches a document: a URL and a limit of bytes in, the document and where it was found out."""

    def __call__(self, url: str, /, *, limit: int) -> tuple[bytes, str]:
        """Raise TryLater or GiveUp."""


def asking(
    allow: Sequence[str | Network] = (), *, timeout: float = TIMEOUT
) -> Callable[..., tuple[bytes, str]]:
    """Return an ``Ask`` on the real network."""
    return partial(_asked, allow=allow, timeout=timeout)


class Servers:
    """Which server answers for what, read from IANA's registries (by name: ipv4, ipv6, asn, dns).

    A registry that is absent or broken knows nothing; it never stops the others.
    """

    def __init__(self, registries: Mapping[str, bytes]) -> None:
        self._networks: list[tuple[Network, str]] = []
        self._asns: list[tuple[int, int, str]] = []
        self._domains: dict[str, str] = {}
        for name, content in registries.items():
            for entry, url in _services(content):
                if name == "dns":
                    self._domains[entry.lower().strip(".")] = url
                elif name == "asn":
                    first, _, last = entry.partition("-")
                    if first.isdecimal() and (last or first).isdecimal():
                        self._asns.append((int(first), int(last or first), url))
                else:
                    try:
                        self._networks.append((ip_network(entry), url))
                    except ValueError:
                        continue
        self._networks.sort(key=lambda one: -one[0].prefixlen)

    def of_network(self, text: str) -> str | None:
        """Return the server for an address or network."""
        wanted = ip_network(text, strict=False)
        for network, url in self._networks:
            if network.version == wanted.version and wanted.network_address in network:
                return url
        return None

    def of_asn(self, asn: int) -> str | None:
        """Return the server for an ASN."""
        return next((url for first, last, url in self._asns if first <= asn <= last), None)

    def of_domain(self, domain: str) -> str | None:
        """Return the server for a domain: that of its longest ending which has one."""
        name = domain
        while name:
            if name in self._domains:
                return self._domains[name]
            name = name.partition(".")[2]
        return None


@dataclass(slots=True, kw_only=True)
class Pace:
    """Lets a server be asked once in ``seconds``, and not at all while it asks for peace."""

    seconds: float = 1.0
    most: float = 5.0
    """Seconds that one question may wait; beyond that it is put off."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, server: str) -> None:
        """Wait for the server's turn; raise TryLater when it is too far."""
        now = self.clock()
        left = self._next.get(server, now) - now
        if left > self.most:
            raise TryLater(f"{server} is asked again in {left:.0f} seconds")
        if left > 0:
            self.sleep(left)
        self._next[server] = max(now, self._next.get(server, now)) + self.seconds

    def put_off(self, server: str, seconds: float) -> None:
        """Ask the server nothing for so long."""
        self._next[server] = self.clock() + seconds


class Rdap:
    """Looks objects up, one question at a time."""

    def __init__(self, servers: Servers, *, ask: Ask, pace: Pace | None = None) -> None:
        self._servers = servers
        self._ask = ask
        self._pace = pace or Pace()

    def network(self, text: str) -> Registered:
        """Return what is registered of an address or network; raise NotThere or TryLater."""
        return self._registered(self._servers.of_network(text), f"ip/{text}", text, ("registrant",))

    def asn(self, asn: int) -> Registered:
        """Return what is registered of an ASN; raise NotThere or TryLater."""
        return self._registered(
            self._servers.of_asn(asn), f"autnum/{asn}", f"AS{asn}", ("registrant",)
        )

    def domain(self, domain: str) -> Registered:
        """Return what is registered of a domain: its registrar, whom abuse of it is reported to.

        Where the registry names no address the registrar's own server is asked.
        """
        server = self._servers.of_domain(domain)
        found = self._document(server, f"domain/{quote(domain)}", domain)
        answer = _read(*found, roles=("registrar",), whole=False)
        further = _related(found[0])
        if answer.mails or further is None or further == found[1]:
            return answer
        try:
            better = _read(*self._get(further, domain), roles=("registrar",), whole=False)
        except (NotThere, GiveUp, TryLater):
            return answer
        return better if better.mails else answer

    def _registered(
        self, server: str | None, path: str, what: str, roles: tuple[str, ...]
    ) -> Registered:
        return _read(*self._document(server, path, what), roles=roles, whole=True)

    def _document(
        self, server: str | None, path: str, what: str
    ) -> tuple[Mapping[str, object], str]:
        if server is None:
            raise NotThere(f"no registry answers for {what}")
        return self._get(f"{server.rstrip('/')}/{path}", what)

    def _get(self, url: str, what: str) -> tuple[Mapping[str, object], str]:
        server = urlsplit(url).netloc
        self._pace.wait(server)
        try:
            content, place = self._ask(url, limit=LIMIT)
        except Answered as error:
            if error.status in {400, 404, 422, 501}:
                raise NotThere(f"{server} does not know {what}") from error
            raise
        except AskedToWait as error:
            self._pace.put_off(server, error.seconds or 60.0)
            raise
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise GiveUp(f"{server} answers no JSON for {what}") from error
        if not isinstance(document, dict):
            raise GiveUp(f"{server} answers nothing of RDAP for {what}")
        return document, place


def registries(ask: Ask) -> dict[str, bytes]:
    """Fetch IANA's registries by name; keep them for days and hand them to ``Servers``."""
    return {name: ask(url, limit=REGISTRY_LIMIT)[0] for name, url in REGISTRIES.items()}


def _asked(
    url: str, /, *, limit: int, allow: Sequence[str | Network], timeout: float
) -> tuple[bytes, str]:
    into = BytesIO()
    fetched = fetch(
        url,
        into=into,
        limit=limit,
        timeout=timeout,
        headers={"accept": "application/rdap+json, application/json"},
        allow=allow,
    )
    return into.getvalue(), fetched.url


def _services(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each entry of a bootstrap registry with its server, an encrypted one if there is any."""
    try:
        services = json.loads(content)["services"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for service in services if isinstance(services, list) else ():
        if not isinstance(service, list) or len(service) < 2:
            continue
        # Object tags have a contact in front; the last two are entries and servers everywhere.
        entries, urls = (_texts(part) for part in service[-2:])
        best = sorted(urls, key=lambda url: not url.startswith("https:"))
        if best:
            yield from ((entry, best[0]) for entry in entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    roles: tuple[str, ...]
    name: str
    mails: tuple[str, ...]
    remarks: str


def _read(
    document: Mapping[str, object], url: str, *, roles: tuple[str, ...], whole: bool
) -> Registered:
    """Read an answer. ``whole``: a technical contact will do where none is named for abuse."""
    parties = list(_parties(document, 0, [_MOST_ENTITIES]))
    mails = [mail for party in parties if "abuse" in party.roles for mail in party.mails]
    if not mails:
        remarks = [_remarks(document), *(party.remarks for party in parties)]
        mails = [mail for text in remarks for mail in _mails_about_abuse(text)]
    if not mails and whole:
        mails = [
            mail
            for role in ("noc", "technical")
            for party in parties
            if role in party.roles
            for mail in party.mails
        ]
    holder = next((p.name for r in roles for p in parties if r in p.roles and p.name), "")
    name = document.get("name")
    return Registered(
        holder=(holder or (name if isinstance(name, str) else ""))[:_LONGEST_NAME],
        mails=tuple(dict.fromkeys(mails))[:_MOST_MAILS],
        url=url,
        network=_prefix(document),
    )


def _parties(document: Mapping[str, object], depth: int, left: list[int]) -> Iterator[_Party]:
    """Yield the entities of an answer, those within others too."""
    entities = document.get("entities")
    if depth >= _DEEPEST or not isinstance(entities, list):
        return
    for entity in entities:
        left[0] -= 1
        if left[0] < 0:
            return
        if not isinstance(entity, dict):
            continue
        name, mails = _card(entity.get("vcardArray"))
        yield _Party(
            roles=tuple(role.lower() for role in _texts(entity.get("roles"))),
            name=name,
            mails=mails,
            remarks=_remarks(entity),
        )
        yield from _parties(entity, depth + 1, left)


def _card(card: object) -> tuple[str, tuple[str, ...]]:
    """Return the name and the addresses of a jCard (RFC 7095), the preferred address first."""
    fields = card[1] if isinstance(card, list) and len(card) > 1 else ()
    name = organisation = ""
    mails: list[tuple[int, str]] = []
    for one in fields if isinstance(fields, list) else ():
        if not isinstance(one, list) or len(one) < 4 or not isinstance(one[0], str):
            continue
        values = [text for value in one[3:] for text in _texts(value, deep=True)]
        match one[0].lower():
            case "fn" if values:
                name = name or values[0].strip()
            case "org" if values:
                organisation = organisation or values[0].strip()
            case "email":
                mails += [(_preference(one[1]), mail) for text in values for mail in _mail(text)]
    mails.sort(key=lambda mail: mail[0])
    return (name or organisation)[:_LONGEST_NAME], tuple(mail for _, mail in mails)


def _preference(parameters: object) -> int:
    found = parameters.get("pref") if isinstance(parameters, dict) else None
    text = str(found)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 100


def _mail(text: str) -> Iterator[str]:
    plain = text.strip().removeprefix("mailto:")
    if _MAIL.fullmatch(plain):
        yield plain


def _remarks(document: Mapping[str, object]) -> str:
    remarks = document.get("remarks")
    return "\n".join(
        text
        for remark in (remarks[:20] if isinstance(remarks, list) else ())
        if isinstance(remark, dict)
        for text in (*_texts(remark.get("title")), *_texts(remark.get("description")))
    )[:20_000]


def _mails_about_abuse(remarks: str) -> list[str]:
    """Return the addresses in lines that speak of abuse."""
    return [
        mail
        for line in remarks.splitlines()
        if "abuse" in line.lower()
        for mail in _MAIL.findall(line[:1000])
    ]


def _related(document: Mapping[str, object]) -> str | None:
    """Return where the registrar answers for the same domain."""
    links = document.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "related":
            kind, href = link.get("type"), link.get("href")
            if kind == "application/rdap+json" and isinstance(href, str):
                return href
    return None


def _prefix(document: Mapping[str, object]) -> str:
    cidrs = document.get("cidr0_cidrs")
    for cidr in cidrs if isinstance(cidrs, list) else ():
        if isinstance(cidr, dict):
            text = f"{cidr.get('v4prefix', cidr.get('v6prefix'))}/{cidr.get('length')}"
            try:
                return str(ip_network(text, strict=False))
            except ValueError:
                continue
    return ""


def _texts(value: object, *, deep: bool = False) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        return []
    return [
        text
        for one in value[:50_000]
        for text in ([one] if isinstance(one, str) else _texts(one) if deep else [])
    ]
