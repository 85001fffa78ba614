"""Reads what people write for an asset, an address or a key, into its one canonical form."""

import ipaddress
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

import pysequoia
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from publicsuffixlist import PublicSuffixList

from lionrock.core.errors import GiveUp
from lionrock.core.hosts import as_host
from lionrock.desk.constituents.models import AssetKind

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_KEY: Final = 200_000
"""Characters of an armoured key that are looked at."""
KEY_WARNING: Final = timedelta(days=30)
"""How long before a key expires its contact's page says so."""
MOST_OF_A_RANGE: Final = 64
"""Networks that one written range may become."""

_WIDEST: Final = {4: 8, 6: 16}
_NOBODYS: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
        *("::/8", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
)
"""Never anybody's alone on the Internet; networks for documentation are left out, for examples."""
_LARGEST_ASN: Final = 2**32 - 1
_NO_ASN: Final = frozenset({0, 23456, 65535, _LARGEST_ASN})


class Why(StrEnum):
    """Why something cannot be taken as it was written; ``words.WHY`` says it in words."""

    NETWORK = "network"
    HOST_BITS = "host-bits"
    TOO_WIDE = "too-wide"
    NOBODYS = "nobodys"
    RANGE = "range"
    ASN = "asn"
    DOMAIN = "domain"
    SUFFIX = "suffix"
    EMAIL = "email"
    KEY = "key"
    SECRET_KEY = "secret-key"  # noqa: S105  # a reason, not a secret
    KEY_EXPIRED = "key-expired"
    KEY_REVOKED = "key-revoked"
    NAME = "name"
    TOO_LONG = "too-long"
    CHOICE = "choice"
    CONTRADICTS = "contradicts"
    TAKEN = "taken"
    WITHOUT_ADDRESS = "without-address"
    CELLS = "cells"


class Unfit(GiveUp):
    """What was written cannot be taken: ``why``, and the ``value`` at fault."""

    def __init__(self, why: Why, value: str = "") -> None:
        super().__init__(f"{why.value}: {value[:200]!r}")
        self.why = why
        self.value = value[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A PGP certificate that letters can be encrypted to."""

    armoured: str
    fingerprint: str
    names: tuple[str, ...]
    expires: datetime | None


def read_holding(kind: AssetKind, text: str) -> list[str]:
    """Return the canonical values of an asset (a range of addresses may be several); raise Unfit."""
    match kind:
        case AssetKind.NETWORK:
            return read_networks(text)
        case AssetKind.ASN:
            return [read_asn(text)]
        case AssetKind.DOMAIN:
            return [read_domain(text)]


def read_networks(text: str) -> list[str]:
    """Return the networks that ``text`` writes: a prefix, an address, or ``first-last``."""
    text = text.strip()
    first, dash, last = text.partition("-")
    if not dash:
        return [str(_fit(_network(text), text))]
    networks = []
    for network in _range(first.strip(), last.strip(), text):
        networks.append(str(_fit(network, text)))
        if len(networks) > MOST_OF_A_RANGE:
            raise Unfit(Why.RANGE, text)
    return networks


def read_asn(text: str) -> str:
    """Return an autonomous system's number, decimal, without ``AS``; asdot is understood."""
    bare = text.strip().upper().removeprefix("AS").strip()
    high, dot, low = bare.partition(".")
    parts = (high, low) if dot else (bare,)
    if not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts):
        raise Unfit(Why.ASN, text.strip())
    if dot:
        if int(high) > 65535 or int(low) > 65535:
            raise Unfit(Why.ASN, text.strip())
        number = int(high) * 65536 + int(low)
    else:
        number = int(bare)
    if number > _LARGEST_ASN or number in _NO_ASN:
        raise Unfit(Why.ASN, text.strip())
    return str(number)


def read_domain(text: str) -> str:
    """Return a domain as lower-case A-labels; an ending that many share is nobody's."""
    host = as_host(text)
    if host is None:
        raise Unfit(Why.DOMAIN, text.strip())
    if _suffixes().publicsuffix(host) == host:
        raise Unfit(Why.SUFFIX, text.strip())
    return host


def read_email(text: str) -> str:
    """Return an address with its domain in lower case."""
    text = text.strip()
    try:
        validate_email(text)
    except ValidationError as error:
        raise Unfit(Why.EMAIL, text) from error
    if not text.isascii() or len(text) > 254:
        raise Unfit(Why.EMAIL, text)
    local, _at, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def read_key(text: str, *, now: datetime) -> Key:
    """Return the certificate that an armoured text holds; refuse secret, revoked and expired ones."""
    if len(text) > LONGEST_KEY:
        raise Unfit(Why.TOO_LONG, text[:40])
    if "PRIVATE KEY" in text:
        raise Unfit(Why.SECRET_KEY)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # about secret keys: refused below
            certificate = pysequoia.Cert.from_bytes(text.strip().encode())
            secret = certificate.has_secret_keys
    except Exception as error:  # the library raises bare RuntimeErrors of its own kinds
        raise Unfit(Why.KEY) from error
    if secret:
        raise Unfit(Why.SECRET_KEY, certificate.fingerprint)
    if certificate.is_revoked:
        raise Unfit(Why.KEY_REVOKED, certificate.fingerprint)
    expires = certificate.expiration
    if expires is not None and expires <= now:
        raise Unfit(Why.KEY_EXPIRED, certificate.fingerprint)
    try:
        pysequoia.encrypt(recipients=[certificate], bytes=b"x")
    except Exception as error:  # as above: nothing in it can be encrypted to
        raise Unfit(Why.KEY, certificate.fingerprint) from error
    return Key(
        armoured=str(certificate),
        fingerprint=certificate.fingerprint.upper(),
        names=tuple(str(name) for name in certificate.user_ids),
        expires=expires,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEnd:
    """How long a kept key can be used: ``at`` when it expires, None for never."""

    at: datetime | None = None
    soon: bool = False
    over: bool = False
    broken: bool = False
    """It was revoked, cannot be read, or holds nothing that can be encrypted to."""


def key_end(text: str, *, now: datetime) -> KeyEnd:
    """Say how long a contact's kept key can be used; one that ends within ``KEY_WARNING`` ends soon."""
    if not text:
        return KeyEnd()
    try:
        expires = read_key(text, now=now).expires
    except Unfit as unfit:
        if unfit.why is not Why.KEY_EXPIRED:
            return KeyEnd(broken=True)
        return KeyEnd(at=pysequoia.Cert.from_bytes(text.strip().encode()).expiration, over=True)
    return KeyEnd(at=expires, soon=expires is not None and expires - now < KEY_WARNING)


def one_line(text: str) -> str:
    """Return text on one line: no line breaks and no other control characters, single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=True)
    except ValueError:
        pass
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Unfit(Why.NETWORK, text) from error
    raise Unfit(Why.HOST_BITS, text)


def _range(first: str, last: str, text: str) -> Iterator[Network]:
    try:
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
    except ValueError as error:
        raise Unfit(Why.NETWORK, text) from error
    try:
        yield from ipaddress.summarize_address_range(low, high)
    except (TypeError, ValueError) as error:
        raise Unfit(Why.RANGE, text) from error


def _fit(network: Network, text: str) -> Network:
    if network.prefixlen < _WIDEST[network.version]:
        raise Unfit(Why.TOO_WIDE, text)
    if any(other.version == network.version and network.overlaps(other) for other in _NOBODYS):
        raise Unfit(Why.NOBODYS, text)
    return network


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)
