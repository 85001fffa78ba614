"""Keeps us from being sent to addresses that are nobody's on the Internet: the door to our own house.

An attacker who chooses a URL, a redirect or a DNS answer chooses where we connect. So the address is
judged at the last moment, where the connection is made, and it is the judged address that is dialled.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.deadline import Deadline

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int, float], Sequence[str]]

LONGEST_CONNECT: Final = 15.0
"""Seconds that one address gets to take a connection."""


class Forbidden(GiveUp):
    """Where we were sent is not on the public Internet."""


_REFUSED: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(text), why)
    for text, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "a carrier's shared space"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's inner service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "kept for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "kept for protocols"),
        ("192.52.193.0/24", "kept for protocols"),
        ("192.88.99.0/24", "an old tunnel"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "kept for protocols"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "no address"),
        ("::1/128", "this machine"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "kept for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "an old tunnel"),
        ("3fff::/20", "for documentation"),
    )
)
_GLOBAL: Final = IPv6Network("2000::/3")
"""All that is handed out of IPv6 (RFC 4291); the rest is refused unseen."""

_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""Where a translator reaches IPv4 from IPv6 (RFC 6052): judged by the IPv4 address inside."""


def refusal(address: str, allow: Iterable[str | Network] = ()) -> str | None:
    """Say why we do not connect to ``address``; None where we may.

    ``allow`` are networks that may be dialled whatever they are: a server in our own house that an
    administrator named.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "no address"
    inner = _inner(found)
    for network in allow:
        wide = ip_network(network) if isinstance(network, str) else network
        if _within(found, wide) or _within(inner, wide):
            return None
    for refused, why in _REFUSED:
        if _within(inner, refused):
            return why
    if isinstance(inner, IPv6Address) and inner not in _GLOBAL:
        return "not handed out to anybody"
    return None


def addresses_of(
    host: str,
    port: int,
    *,
    allow: Sequence[str | Network] = (),
    deadline: Deadline | None = None,
    resolve: Resolve | None = None,
) -> list[str]:
    """Return the addresses of ``host``, every one of them judged: dial these, never the name again.

    Raise Forbidden when a single one may not be dialled, TryLater when the name has none.
    """
    seconds = LONGEST_CONNECT if deadline is None else deadline.left(LONGEST_CONNECT)
    found = list((resolve or resolved)(host, port, seconds))
    if not found:
        raise TryLater(f"{host} has no address")
    for address in found:
        if why := refusal(address, allow):
            raise Forbidden(f"{host} leads to {address}, which is {why}")
    return found


def connected(
    host: str,
    port: int,
    *,
    deadline: Deadline,
    allow: Sequence[str | Network] = (),
    resolve: Resolve | None = None,
) -> socket.socket:
    """Return a TCP connection to one of the judged addresses of ``host``, tried in order.

    For every protocol: hand the socket to whoever speaks it. Raise Forbidden or TryLater.
    """
    failure = ""
    for address in addresses_of(host, port, deadline=deadline, allow=allow, resolve=resolve):
        try:
            return socket.create_connection((address, port), deadline.left(LONGEST_CONNECT))
        except OSError as error:
            failure = f"{address}: {error}"
    raise TryLater(f"{host} does not take a connection on port {port} ({failure})")


def resolved(host: str, port: int, timeout: float) -> list[str]:
    """Ask the system for the addresses of a host, waiting at most ``timeout`` seconds."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError(str(error)))
        else:
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    # The system's resolver knows no timeout: it may go on in a thread that nobody waits for.
    asking = threading.Thread(target=ask, name=f"resolve {host}", daemon=True)
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise TryLater(f"the addresses of {host} did not come within {timeout:g} seconds")
    if failed:
        raise TryLater(f"{host} has no address: {failed[0].strerror or failed[0]}")
    return found


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one merely wraps, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED or (int(address) >> 32 == 0 and int(address) > 1):
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _within(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network
