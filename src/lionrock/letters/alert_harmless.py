"""Keeps an alert's words from holding a live link to what the alert warns of."""

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from lionrock.core.alerts import Alert, Indicator
from lionrock.core.hosts import unicode_form
from lionrock.letters.alert_checked import host_of
from lionrock.letters.plainly import one_line

LONGEST: Final = 4000
"""Characters of one sentence."""

_END: Final = r"\s<>\"“”‘’「」『』《》（）()，。、；：！？"
"""What ends an address in running text."""
_LINK: Final = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]{{0,20}}://[^{_END}]*")
_PARTS: Final = re.compile(rf"([A-Za-z][A-Za-z0-9+.-]{{0,20}})://([^/?#{_END}]*)")
_DOT: Final = re.compile(r"(?<!\[)\.(?!\])")
_NAME: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_COLONS: Final = re.compile(r"(?<![0-9A-Fa-f:])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,45}")

Harmless = Callable[[str], str]


def harmless_in(alert: Alert, *, ours: str) -> Harmless:
    """Return what makes one line of the alert's words harmless.

    Control, invisible and direction characters go. Every address with a scheme is defanged unless it
    is one of the alert's links or begins with ``ours`` (``https://cert.example/``). The alert's own
    hosts and addresses, and what hangs under its hosts, are defanged however they are written.
    """
    hosts = frozenset(host_of(one) for one in alert.indicators) - {""}
    addresses = frozenset(_addresses(alert.indicators))
    written = {unicode_form(host) for host in hosts} - hosts
    forms = re.compile(
        "|".join(map(re.escape, sorted(written, key=len, reverse=True))), re.IGNORECASE
    )
    kept = frozenset(link.url for link in alert.links)

    def no_dots(found: re.Match[str]) -> str:
        name = found[0].lower()
        return _no_dots(found[0]) if name in addresses or _parents(name) & hosts else found[0]

    def no_colons(found: re.Match[str]) -> str:
        # A colon may also end the words before a list: “at 2001:db8::1:”.
        known = {_address(found[0]), _address(found[0][:-1])} & addresses
        return found[0].replace(":", "[:]") if known else found[0]

    def plain(text: str) -> str:
        text = _NAME.sub(no_dots, _PARTS.sub(_no_scheme, text))
        if written:
            text = forms.sub(lambda found: _no_dots(found[0]), text)
        return _COLONS.sub(no_colons, text) if addresses else text

    def harmless(text: str) -> str:
        line, done, at = one_line(text, LONGEST), "", 0
        for found in _LINK.finditer(line):
            link = found[0].rstrip(".,;:!?'")
            if link in kept or link.startswith(ours):
                done += plain(line[at : found.start()]) + link
                at = found.start() + len(link)
        return done + plain(line[at:])

    return harmless


def shown(indicator: Indicator) -> str:
    """Return an indicator as people read it: whole, on one line, and no program makes a link of it."""
    value = one_line(indicator.value, LONGEST)
    if indicator.kind == "url":
        scheme, _, rest = value.partition("://")
        authority, slash, path = rest.partition("/")
        path = _NAME.sub(lambda found: _no_dots(found[0]), path.replace("://", "[:]//"))
        return f"{_tame(scheme)}[:]//{_no_dots(authority).replace('@', '[@]')}{slash}{path}"
    if indicator.kind in {"host", "ipv4"}:
        return _no_dots(value)
    return value.replace(":", "[:]") if indicator.kind == "ipv6" else value


def _addresses(indicators: tuple[Indicator, ...]) -> Iterator[str]:
    for one in indicators:
        if one.kind in {"ipv4", "ipv6"}:
            yield one.value
        elif one.kind == "url" and (address := _address(urlsplit(one.value).hostname or "")):
            yield address


def _no_scheme(found: re.Match[str]) -> str:
    return f"{_tame(found[1])}[:]//{_no_dots(found[2]).replace('@', '[@]')}"


def _tame(scheme: str) -> str:
    return scheme.lower().replace("http", "hxxp").replace("ftp", "fxp")


def _no_dots(text: str) -> str:
    return _DOT.sub("[.]", text)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _parents(name: str) -> frozenset[str]:
    labels = name.split(".")
    return frozenset(".".join(labels[start:]) for start in range(min(len(labels), 128)))
