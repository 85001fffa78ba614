"""Single values as sources write them, in the one way Lionrock writes them."""

import ipaddress
import re
import socket
from functools import lru_cache
from typing import Final

from lionrock.core.events import Asset, AssetKind
from lionrock.core.hosts import as_host

__all__ = [
    "Ends",
    "as_address",
    "as_asn",
    "as_asset",
    "as_country",
    "as_cves",
    "as_hash",
    "as_host",
    "as_network",
    "as_padded_address",
    "as_port",
    "as_transport",
    "as_url",
    "asset_of",
    "ends_of",
    "kebab",
    "with_port",
]

LONGEST_URL: Final = 8192
_ASN: Final = re.compile(r"(?:AS|ASN)?\s*([0-9]{1,10})(?:\.([0-9]{1,5}))?$", re.IGNORECASE)
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}$")
_CVE: Final = re.compile(r"\bCVE[-_ ]([0-9]{4})[-_ ]([0-9]{4,7})\b", re.IGNORECASE)
_HEX: Final = re.compile(r"(?:(sha256|sha1|md5):)?([0-9a-fA-F]+)$", re.IGNORECASE)
_ALGORITHMS: Final = {32: "md5", 40: "sha1", 64: "sha256"}
_URL: Final = re.compile(
    r"([A-Za-z][A-Za-z0-9+.\-]{1,20}):/{2}([^/?#\\\s]+)((?:[/?#\\].*)?)$", re.DOTALL
)
_PADDED: Final = re.compile(r"0*([0-9]{1,3})\.0*([0-9]{1,3})\.0*([0-9]{1,3})\.0*([0-9]{1,3})$")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_COUNTRY_HABITS: Final = {"UK": "GB"}
_COUNTRY_GAPS: Final = {"ZZ", "XX", "AA", "A1", "A2", "AP", "EU", "--"}


def as_address(text: str) -> str | None:
    """Return an IPv4 or IPv6 address in canonical text, or None; an IPv4-mapped one is IPv4."""
    text = text.strip()
    try:
        if ":" not in text:
            socket.inet_pton(socket.AF_INET, text)
            return text
        if len(text) > 60 or "%" in text:
            return None
        address = ipaddress.IPv6Address(text.strip("[]"))
    except (OSError, ValueError):
        return None
    return str(address.ipv4_mapped or address)


def as_padded_address(text: str) -> str | None:
    """Return an IPv4 address whose numbers may be padded with zeros (decimal, as DShield writes)."""
    found = _PADDED.match(text.strip())
    return as_address(".".join(found.groups())) if found else None


def as_network(text: str) -> str | None:
    """Return a prefix with its host bits cleared; None for anything else, single addresses included."""
    text = text.strip()
    if "/" not in text or len(text) > 64:
        return None
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return None


def as_port(text: str | int) -> int | None:
    """Return a port from 1 to 65535, or None."""
    try:
        port = int(text) if isinstance(text, int) or len(text) <= 8 else 0
    except ValueError:
        return None
    return port if 0 < port < 65536 else None


def as_transport(text: str) -> str | None:
    """Return ``tcp`` or ``udp``, or None."""
    text = text.strip().lower()
    text = {"6": "tcp", "17": "udp"}.get(text, text)
    return text if text in {"tcp", "udp"} else None


def as_asn(text: str | int) -> int | None:
    """Return an AS number (``AS64496``, ``64496`` or ``1.10``), or None; 0 is none."""
    found = _ASN.match(str(text).strip()) if not isinstance(text, str) or len(text) < 32 else None
    if not found:
        return None
    number = int(found[1]) if found[2] is None else int(found[1]) * 65536 + int(found[2])
    return number if 0 < number < 1 << 32 else None


def as_country(text: str) -> str | None:
    """Return an ISO 3166-1 code in upper case, or None; codes that name no country are none."""
    text = text.strip()
    code = text.upper() if _COUNTRY.match(text) and text.isascii() else None
    return None if code in _COUNTRY_GAPS else _COUNTRY_HABITS.get(code or "", code)


def as_url(text: str, *, scheme: str = "") -> str | None:
    """Return a URL with lower-case scheme and host, the rest as reported; None when it is none.

    Defanged spellings (``hxxp``, ``[.]``) are restored. ``scheme`` is put before what has none. The
    host must be a host name or an address.
    """
    text = text.strip().strip("\"'<>")
    if not text or len(text) > LONGEST_URL:
        return None
    if scheme and "://" not in text[:24] and "[://" not in text[:24]:
        text = f"{scheme}://{text}"
    found = _URL.match(_refanged(text))
    if not found:
        return None
    user, at, place = found[2].rpartition("@")
    host, port = with_port(place)
    name = as_address(host) or _host(host) or _bare(host)
    if name is None or _CONTROL.search(user):
        return None
    written = f"[{name}]" if ":" in name else name
    where = f"{written}:{port}" if port else written
    rest = _CONTROL.sub(lambda c: f"%{ord(c[0]):02X}", found[3].rstrip())
    protocol = found[1].lower()
    url = f"{_SCHEMES.get(protocol, protocol)}://{user}{at}{where}{rest}"
    return url if len(url) <= LONGEST_URL else None  # escapes make it longer


_SCHEMES: Final = {"hxxp": "http", "hxxps": "https", "h**p": "http", "fxp": "ftp"}


class Ends:
    """What a URL says about where it leads: one of address and host, and the port."""

    __slots__ = ("address", "host", "port", "service")

    def __init__(
        self, address: str | None, host: str | None, port: int | None, service: str | None
    ) -> None:
        self.address = address
        self.host = host
        self.port = port
        self.service = service


_PORTS: Final = {"http": 80, "https": 443, "ftp": 21, "ftps": 990, "ssh": 22, "telnet": 23}


def ends_of(url: str) -> Ends:
    """Return the address or host, the port (the scheme's own by default) and the scheme of a URL."""
    found = _URL.match(url)
    if not found:
        return Ends(None, None, None, None)
    scheme = found[1].lower()
    name, port = with_port(found[2].rpartition("@")[2])
    address = as_address(name)
    return Ends(address, None if address else _host(name), port or _PORTS.get(scheme), scheme)


def with_port(text: str) -> tuple[str, int | None]:
    """Return what stands before the port, and the port, of ``192.0.2.1:80`` or ``[2001:db8::1]:80``."""
    text = text.strip()
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, as_port(rest.removeprefix(":")) if rest.startswith(":") else None
    host, colon, port = text.rpartition(":")
    if colon and ":" not in host and (not port or as_port(port)):
        return host, as_port(port) if port else None
    return text, None


def as_hash(text: str) -> str | None:
    """Return ``sha256:…``, ``sha1:…`` or ``md5:…`` in lower case, told by length, or None."""
    found = _HEX.match(text.strip()) if len(text) < 100 else None
    if not found:
        return None
    algorithm = _ALGORITHMS.get(len(found[2]))
    if algorithm is None or (found[1] and found[1].lower() != algorithm):
        return None
    return f"{algorithm}:{found[2].lower()}"


def as_cves(text: str) -> tuple[str, ...]:
    """Return the CVE ids that a text holds, upper case, in order, each once."""
    if "cve" not in text.lower():
        return ()
    return tuple(dict.fromkeys(f"CVE-{year}-{number}" for year, number in _CVE.findall(text)))


def as_asset(kind: AssetKind, text: str) -> Asset | None:
    """Return the asset of that kind, or None when the text is none of that kind."""
    value: str | None
    match kind:
        case AssetKind.ADDRESS:
            value = as_address(text)
        case AssetKind.NETWORK:
            value = as_network(text)
        case AssetKind.ASN:
            number = as_asn(text)
            value = None if number is None else str(number)
        case AssetKind.HOST:
            value = _host(text)
        case AssetKind.URL:
            value = as_url(text)
        case AssetKind.HASH:
            value = as_hash(text)
    return None if value is None else Asset(kind=kind, value=value)


def asset_of(text: str) -> Asset | None:
    """Return what a lone value names: address, network, URL, hash, ``AS64496`` or host; or None."""
    text = _refanged(text.strip())
    for kind in (AssetKind.ADDRESS, AssetKind.NETWORK, AssetKind.URL, AssetKind.HASH):
        if asset := as_asset(kind, text):
            return asset
    if text[:2].upper() == "AS" and (asset := as_asset(AssetKind.ASN, text)):
        return asset
    return None if "/" in text or "@" in text else as_asset(AssetKind.HOST, text)


def kebab(text: str) -> str:
    """Return a word for a machine: lower case, hyphens between its parts."""
    return _NOT_WORD.sub("-", text.lower()).strip("-")


def _refanged(text: str) -> str:
    if "[" in text or "(" in text or "{" in text:
        for defanged, plain in _DEFANGED:
            text = defanged.sub(plain, text)
    if text[:4].lower() in {"hxxp", "h**p"}:
        text = "http" + text[4:]
    return text


_DEFANGED: Final = (
    (re.compile(r"[\[({]\s?(?:\.|dot)\s?[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s?:\s?[\])}]"), ":"),
    (re.compile(r"[\[({]\s?://\s?[\])}]"), "://"),
)


def _host(text: str) -> str | None:
    if not text or len(text) > 1024 or _NO_HOST.search(text):
        return None
    return _known_host(text) if len(text) <= 128 else as_host(text)


@lru_cache(maxsize=65536)
def _known_host(text: str) -> str | None:
    return as_host(text)


_NO_HOST: Final = re.compile(r"[\s/@#?\\]")


def _bare(text: str) -> str | None:
    """Return a single label (``localhost``, ``intranet``): part of a URL, but no host of its own."""
    return text.lower() if _LABEL.match(text) and not text.isdigit() else None


_LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_\-]{0,61}[A-Za-z0-9])?$")
