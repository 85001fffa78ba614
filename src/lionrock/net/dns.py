"""Asks the DNS where a name leads, briefly and without trusting what comes back."""

from collections.abc import Sequence
from typing import Final

import dns.exception
import dns.resolver

from lionrock.core.errors import TryLater
from lionrock.net.guard import refusal

SECONDS: Final = 3.0
MOST: Final = 16
"""Records of one kind that are looked at."""


def resolve(
    host: str,
    kind: str,
    *,
    resolver: dns.resolver.Resolver | None = None,
    seconds: float = SECONDS,
) -> tuple[str, ...]:
    """Return a name's records of a kind (``A``, ``MX``, ``NS``, ``TXT``) as text; none where it has none.

    Raise TryLater when nobody answers within ``seconds`` or the answer is a failure.
    """
    asked = resolver or dns.resolver.get_default_resolver()
    try:
        answer = asked.resolve(host, kind, lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise TryLater(f"the DNS does not answer for {host}: {error}") from error
    return tuple(record.to_text() for record in list(answer)[:MOST])


def addresses_of(
    host: str, *, resolver: dns.resolver.Resolver | None = None, seconds: float = SECONDS
) -> Sequence[str]:
    """Return the public addresses of a host, IPv4 first; none where it has none or nobody answers."""
    found: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            records = resolve(host, kind, resolver=resolver, seconds=seconds)
        except TryLater:
            continue
        found += [address for address in records if refusal(address) is None]
    return tuple(found)
