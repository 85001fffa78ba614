"""Shows assets, kinds, times and foreign text the same way on every page of the road of a report."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lionrock.desk.audit.words import words_for
from lionrock.desk.events import reasons, shown, words
from lionrock.feeds import catalogue

register = template.Library()


@register.filter
def asset(row: object) -> SafeString:
    """Return the asset of an event or episode, defanged, cut where it is endless.

    A host and a URL break after dots and slashes; an address, a network and an ASN nowhere.
    """
    kind, value = str(getattr(row, "asset_kind", "")), str(getattr(row, "asset", ""))
    if kind in {"address", "network", "asn"}:
        return format_html('<span class="unbroken">{}</span>', _cut(shown.defanged(kind, value)))
    return _breaking(_cut(shown.defanged(kind, value)))


@register.filter
def whole_asset(row: object) -> str:
    """Return the asset of an event or episode, defanged and whole."""
    return shown.defanged(str(getattr(row, "asset_kind", "")), str(getattr(row, "asset", "")))


@register.filter
def other_end(event: object) -> str:
    """Return the other end of an event, defanged and whole."""
    return shown.defanged(str(getattr(event, "other_kind", "")), str(getattr(event, "other", "")))


@register.filter
def safe_host(host: str) -> str:
    """Return a host so that no program makes a link of it."""
    return shown.defanged("host", host)


@register.filter
def safe_url(url: str) -> str:
    """Return a URL so that no program makes a link of it."""
    return shown.defanged_url(url)


@register.filter
def visible(text: str) -> SafeString:
    """Return foreign text with the characters one would not see made visible."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="unseen-sign">{}</span>', piece) if marked else piece,)
            for piece, marked in shown.visible(text)
        ),
    )


@register.filter
def kind(code: str) -> str:
    """Return a type or class of the taxonomy in words."""
    return words.kind_in_words(code)


@register.filter
def severity(code: str) -> str:
    """Return a severity in words."""
    return str(words.SEVERITIES.get(code, code))


@register.filter
def why(code: str) -> str:
    """Return why something is in scope, in words."""
    return str(words.WHYS.get(code, code))


@register.filter
def reason(why: str) -> str:
    """Return why a line could not be read, in words."""
    return reasons.reason_in_words(why)


@register.filter
def failure(said: str) -> str:
    """Return why collecting or reading failed, in words."""
    return reasons.failure_in_words(said)


@register.filter
def fact(said: str) -> str:
    """Return the fact that placed something, in words."""
    return reasons.fact_in_words(said)


@register.filter
def part(code: str) -> str:
    """Return the part an asset plays, in words."""
    return str(words.PARTS.get(code, code))


@register.filter
def seen(code: str) -> str:
    """Return how a source came to see it, in words."""
    return str(words.SEENS.get(code, code))


@register.filter
def asset_kind(code: str) -> str:
    """Return what an asset is, in words."""
    return str(words.ASSETS.get(code, code))


@register.filter
def carrier(code: str) -> str:
    """Return how a delivery comes, in words."""
    return str(words.CARRIERS.get(code, code))


@register.filter
def feed_title(name: str) -> str:
    """Return a feed's title; its id when it is no longer installed."""
    feed = catalogue().get(name)
    return feed.title if feed else name


@register.filter
def span(duration: timedelta | None) -> str:
    """Return a length of time in its largest unit: ``5 minutes``, ``3 hours``, ``2 days``."""
    if duration is None:
        return "–"
    seconds = int(duration.total_seconds())
    if seconds < 60:
        return _("less than a minute")
    if seconds < 3600:
        n = seconds // 60
        return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    if seconds < 2 * 86400:
        n = seconds // 3600
        return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    n = seconds // 86400
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


@register.filter
def until(begun: datetime, now: datetime) -> str:
    """Return how long something has gone on, in its largest unit."""
    return span(now - begun)


@register.filter
def at(names: Mapping[int, str], number: int) -> str:
    """Return the name of a number; the number itself when nobody has it any more."""
    return names.get(number, f"#{number}")


@register.filter
def utc_text(when: datetime) -> str:
    """Return a time in UTC, beside the local one that pages show."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@register.filter
def cut_commas(text: str) -> str:
    """Return a list that is kept as one text, with spaces to break at."""
    return text.replace(",", ", ")


@register.filter
def plain(number: float) -> str:
    """Return a number for SVG, never with a language's own decimal comma."""
    return f"{number:g}"


@register.filter
def action_words(action: str) -> str:
    """Return what the audit log calls an action, in words."""
    return words_for(action)


def _cut(text: str) -> str:
    return text if len(text) <= shown.LONGEST else f"{text[: shown.LONGEST]}…"


def _breaking(text: str) -> SafeString:
    # A long value on a phone breaks after its dots (and their brackets) and slashes, not in the middle
    # of a word.
    parts: list[str | SafeString] = []
    start = 0
    for at, character in enumerate(text):
        if character in "./?&" and text[at : at + 2] != "//" and 0 < at < len(text) - 1:
            end = at + (2 if text[at - 1 : at + 2] == "[.]" else 1)
            parts += [text[start:end], SafeString("<wbr>")]
            start = end
    return format_html_join("", "{}", ((piece,) for piece in (*parts, text[start:])))
