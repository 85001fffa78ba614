"""Transfers a whole zone from a name server that allows it, message by message, from judged addresses.

Source: RFC 5936 (AXFR), RFC 8945 (TSIG), through dnspython, which checks that the transfer begins and
ends with the zone's SOA record and that every message is signed where a key is given.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.streams import Portion
from lionrock.net.carrying import Refused
from lionrock.net.guard import Network, Resolve, addresses_of

PORT: Final = 53
MOST: Final = 20_000
"""Names of one portion."""
MOST_RECORDS: Final = 2_000_000_000
SILENCE: Final = 60.0
"""Seconds that a server may say nothing."""
WHOLE: Final = 6 * 3600.0
"""Seconds that a transfer may take in all."""
ALGORITHMS: Final = {
    "hmac-sha256": dns.tsig.HMAC_SHA256,
    "hmac-sha384": dns.tsig.HMAC_SHA384,
    "hmac-sha512": dns.tsig.HMAC_SHA512,
    "hmac-sha1": dns.tsig.HMAC_SHA1,
}
_DENIES: Final = frozenset({dns.rdatatype.NSEC3, dns.rdatatype.RRSIG, dns.rdatatype.NSEC})
"""Records that say nothing of their own: their owners are others' or hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A TSIG key: its name, its algorithm (``hmac-sha256``), and the secret in base64."""

    name: str
    algorithm: str
    secret: str

    def __repr__(self) -> str:
        return f"Key({self.name})"


def transfer(
    address: str,
    zone: str,
    *,
    known: int | None,
    stopped: Callable[[float], bool],
    key: Key | None = None,
    allow: Sequence[str | Network] = (),
    resolve: Resolve | None = None,
    silence: float = SILENCE,
    whole: float = WHOLE,
) -> Iterator[Portion]:
    """Yield the owner names of ``zone`` at ``dns://server[:port]``; one empty portion when its serial
    is still ``known``.

    Every owner comes once per run of records that bear it, without final dot; names that only deny
    others are left out. Only the last portion has a ``position`` (the zone's serial): a transfer that
    ends early is done again from its beginning. Raise TryLater, Refused (the server will not, or the
    key is wrong) or GiveUp.
    """
    origin = _name(zone)
    host, port = _place(address)
    where = addresses_of(host, port, allow=allow, resolve=resolve)[0]
    try:
        serial = _serial(where, port, origin, key, silence)
        if serial == known:
            yield Portion(position={"serial": serial}, index=None)
            return
        yield from _names(where, port, origin, key, stopped, silence, whole)
    except dns.query.TransferError as error:
        if error.rcode in {dns.rcode.REFUSED, dns.rcode.NOTAUTH}:
            raise Refused(
                f"{host} does not hand out {zone}: {dns.rcode.to_text(error.rcode)}"
            ) from error
        raise TryLater(f"{host} ends the transfer: {error}") from error
    except (dns.tsig.BadSignature, dns.tsig.PeerError, dns.message.UnknownTSIGKey) as error:
        raise Refused(f"{host} and we do not agree on the key: {error}") from error
    except (dns.exception.DNSException, EOFError, OSError) as error:
        why = str(error) or type(error).__name__
        raise TryLater(f"the transfer from {host} broke off: {why}") from error


def _names(
    where: str,
    port: int,
    origin: dns.name.Name,
    key: Key | None,
    stopped: Callable[[float], bool],
    silence: float,
    whole: float,
) -> Iterator[Portion]:
    names: list[bytes] = []
    places: list[int] = []
    records = kept = 0
    serial: int | None = None
    last: dns.name.Name | None = None
    messages = dns.query.xfr(
        where,
        origin,
        port=port,
        relativize=False,
        timeout=silence,
        lifetime=whole,
        keyring=_ring(key),
        keyname=dns.name.from_text(key.name) if key else None,
        keyalgorithm=_algorithm(key),
    )
    for message in messages:
        for rrset in message.answer:
            records += len(rrset)
            if rrset.rdtype == dns.rdatatype.SOA and serial is None:
                serial = int(rrset[0].serial)
            if rrset.name == last or rrset.rdtype in _DENIES:
                continue
            last = rrset.name
            names.append(_bare(rrset.name))
            places.append(records)
        if records > MOST_RECORDS:
            raise GiveUp(f"the zone has more than {MOST_RECORDS} records")
        if len(names) >= MOST:
            yield Portion(names=names, places=places, entries=records - kept)
            names, places, kept = [], [], records
        if stopped(0):
            return
    yield Portion(
        names=names, places=places, entries=records - kept, position={"serial": serial or 0}
    )


def _serial(
    where: str, port: int, origin: dns.name.Name, key: Key | None, silence: float
) -> int | None:
    """Return the zone's serial; None where the server does not say it, and the transfer shows."""
    query = dns.message.make_query(origin, dns.rdatatype.SOA)
    query.flags &= ~dns.flags.RD
    if key is not None:
        query.use_tsig(_ring(key), dns.name.from_text(key.name), algorithm=_algorithm(key))
    answer = dns.query.tcp(query, where, port=port, timeout=silence)
    for rrset in answer.answer:
        if rrset.rdtype == dns.rdatatype.SOA and rrset.name == origin:
            return int(rrset[0].serial)
    return None


def _bare(name: dns.name.Name) -> bytes:
    """Return a name as a zone file writes it, without its final dot."""
    return name.to_text(omit_final_dot=True).encode("ascii", "backslashreplace")


def _name(zone: str) -> dns.name.Name:
    try:
        return dns.name.from_text(zone)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise GiveUp(f"“{zone[:200]}” is no zone: {error}") from error


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    try:
        port = parts.port or PORT
    except ValueError as error:
        raise GiveUp(f"“{address[:200]}” names no port") from error
    if parts.scheme != "dns" or not parts.hostname:
        raise GiveUp(f"“{address[:200]}” is no address of a name server: dns://server")
    return parts.hostname, port


def _ring(key: Key | None) -> dict[dns.name.Name, dns.tsig.Key] | None:
    if key is None:
        return None
    try:
        secret = b64decode(key.secret, validate=True)
    except (binascii.Error, ValueError) as error:
        raise GiveUp("the secret of a TSIG key is written in base64") from error
    name = dns.name.from_text(key.name)
    return {name: dns.tsig.Key(name, secret, _algorithm(key))}


def _algorithm(key: Key | None) -> dns.name.Name:
    if key is None:
        return dns.tsig.default_algorithm
    found = ALGORITHMS.get(key.algorithm.lower())
    if found is None:
        raise GiveUp(f"a TSIG key's algorithm is one of {', '.join(ALGORITHMS)}")
    return found
