"""Refuses an alert that no format could tell truly: a half-live link, a name that is none, a time without zone."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

from lionrock.core.alerts import LANGUAGES, Alert, Indicator
from lionrock.core.errors import GiveUp
from lionrock.core.hosts import as_host
from lionrock.core.tlp import Tlp
from lionrock.letters.plainly import one_line

LONGEST_URL: Final = 2048
MOST: Final = 5000
"""Indicators, sentences, links or updates of one alert: more is a mistake."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")
_SLUG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
_URL: Final = re.compile(r"[!-~]+")
_HEX: Final = re.compile(r"[0-9a-f]+")
_DIGITS: Final = {"md5": 32, "sha1": 40, "sha256": 64}


def checked(alert: Alert) -> Alert:
    """Return the alert; raise GiveUp with everything that keeps it from being published."""
    wrong = list(_wrong(alert))
    if wrong:
        raise GiveUp(f"{one_line(alert.id, 64)} cannot be published: {'; '.join(wrong[:5])}")
    return alert


def for_everybody(alert: Alert) -> Alert:
    """Return the checked alert; raise GiveUp when its label keeps it from everybody's eyes."""
    if alert.tlp is not Tlp.CLEAR:
        raise GiveUp(f"{one_line(alert.id, 64)} is {alert.tlp.value}: not for everybody")
    return checked(alert)


def is_indicator(indicator: Indicator) -> bool:
    """Tell whether the value is what its kind says, written in the one way we write it."""
    test = _TESTS.get(indicator.kind)
    return test is not None and test(indicator.value)


def host_of(indicator: Indicator) -> str:
    """Return the host of a host or URL, empty for anything else or where it is an address."""
    if indicator.kind == "host":
        return indicator.value
    return as_host(indicator.value) or "" if indicator.kind == "url" else ""


def _wrong(alert: Alert) -> Iterator[str]:
    if not _ID.fullmatch(alert.id):
        yield "its number is not made of letters, digits, dots and hyphens"
    if not _SLUG.fullmatch(alert.slug):
        yield "its slug is not made of letters, digits, dots, hyphens and underscores"
    if alert.version < 1:
        yield "its version is below 1"
    if not _in_all(alert.title):
        yield "it has no title in every language"
    if max(map(len, (alert.sentences, alert.indicators, alert.links, alert.log))) > MOST:
        yield f"it has more than {MOST} sentences, indicators, links or updates"
        return
    yield from _wrong_times(alert)
    for sentence in alert.sentences:
        if not _in_all(sentence.text):
            yield f"a sentence of {sentence.part.value} is empty in one language"
    for indicator in alert.indicators:
        if not is_indicator(indicator):
            yield f"“{one_line(indicator.value, 80)}” is no {one_line(indicator.kind, 20)}"
    hosts = {host_of(one) for one in alert.indicators} - {""}
    for link in alert.links:
        if not _is_https(link.url):
            yield f"“{one_line(link.url, 80)}” is no https address"
        elif as_host(link.url) in hosts:
            yield f"“{one_line(link.url, 80)}” is a link to an indicator's host"
        if not _in_all(link.title):
            yield "a link has no title in every language"
    if alert.bulletin is not None:
        for cve in alert.bulletin.cves:
            if not _CVE.fullmatch(cve):
                yield f"“{one_line(cve, 40)}” is no CVE"
        if not one_line(alert.bulletin.vendor):
            yield "its vendor has no name"
        if not alert.bulletin.products or not all(map(one_line, alert.bulletin.products)):
            yield "it names no product, or an empty one"


def _wrong_times(alert: Alert) -> Iterator[str]:
    times = [alert.published, *(at for at, _ in alert.log)]
    if any(at.tzinfo is None for at in (*times, alert.updated)):
        yield "a time has no zone"
        return
    if alert.updated < alert.published or alert.updated < times[-1] or times != sorted(times):
        yield "its times do not follow one another"
    if len(set(map(_second, times))) < len(times):
        yield "two of its versions are of the same second"
    if not all(_in_all(text) for _, text in alert.log):
        yield "an update is not told in every language"
    if alert.withdrawn and not alert.log:
        yield "it is withdrawn without a word why"


def _second(at: datetime) -> int:
    return int(at.timestamp())


def _in_all(texts: Mapping[str, str]) -> bool:
    return all(one_line(texts.get(language, "")) for language in LANGUAGES)


def _is_https(url: str) -> bool:
    if not (url.startswith("https://") and _is_url(url)) or any(c in url for c in '"<>\\^`{|}'):
        return False
    parts = urlsplit(url)
    return "@" not in parts.netloc and as_host(url) is not None


def _is_url(value: str) -> bool:
    scheme, found, rest = value.partition("://")
    if not found or scheme not in {"http", "https", "ftp"} or len(value) > LONGEST_URL:
        return False
    try:
        host = urlsplit(value).hostname
    except ValueError:
        return False
    return bool(host) and _URL.fullmatch(rest) is not None


def _is_host(value: str) -> bool:
    return as_host(value) == value


def _is_address(kind: type[IPv4Address] | type[IPv6Address]) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        try:
            return str(kind(value)) == value
        except ValueError:
            return False

    return test


def _is_hash(digits: int) -> Callable[[str], bool]:
    return lambda value: len(value) == digits and _HEX.fullmatch(value) is not None


_TESTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "host": _is_host,
    "url": _is_url,
    "ipv4": _is_address(IPv4Address),
    "ipv6": _is_address(IPv6Address),
    **{name: _is_hash(digits) for name, digits in _DIGITS.items()},
}

KINDS: Final = tuple(_TESTS)
"""The kinds of indicators that can be published."""
