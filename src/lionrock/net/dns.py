"""Asks the DNS where a name leads, briefly and without trusting what comes back."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

import dns.exception
import dns.resolver

SECONDS: Final = 3.0
MOST: Final = 16


def addresses_of(
    host: str, *, resolver: dns.resolver.Resolver | None = None, seconds: float = SECONDS
) -> Sequence[str]:
    """Return the public addresses of a host, IPv4 first; none where it has none or nobody answers."""
    asked = resolver or dns.resolver.get_default_resolver()
    found: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            answer = asked.resolve(host, kind, lifetime=seconds, search=False)
        except (dns.exception.DNSException, OSError):
            continue
        found += [text for record in list(answer)[:MOST] if _is_public(text := record.to_text())]
    return tuple(found)


def _is_public(text: str) -> bool:
    try:
        return ip_address(text).is_global
    except ValueError:
        return False
