"""Shows names, brands and reasons the same way on every page; foreign text is escaped here, once."""

from collections.abc import Iterable
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lionrock.core.hosts import defang
from lionrock.core.judgement import Reason
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.marks import pieces
from lionrock.desk.suspects.models import Dismissal, Kind, State, Suspect
from lionrock.desk.suspects.words import in_words

register = template.Library()

KINDS: Final = dict.fromkeys(
    (
        *("brand-word", "brand-joined", "brand-part", "brand-host", "brand-subdomain", "brand-tld"),
        *("confusable", "ascii-trick", "typo", "bit-flip", "near"),
    ),
    "imitation",
)
"""The reasons that all say "it looks like this brand"; every other code is a kind of its own."""


@register.filter
def marked(suspect: Suspect) -> SafeString:
    """Return the host with its telling parts marked, and where it may be broken across lines."""
    parts = pieces(suspect.host, suspect.seen_reasons())
    return format_html_join(
        "",
        "{}",
        ((_marked(part.text) if part.telling else _breaking(part.text),) for part in parts),
    )


@register.filter
def defanged(host: str) -> str:
    """Return the host so that no program makes a link of it."""
    return defang(host)


@register.filter
def words(reason: Reason) -> str:
    """Return a reason as a sentence in the reader's language."""
    return in_words(reason)


@register.filter
def first_words(suspect: Suspect) -> list[str]:
    """Return the two reasons that tell most, in words, each of another kind.

    Those that point at a part of the name come first. A second reason about the same brand, or a
    second lure, would only push out the one that adds something.
    """
    reasons = suspect.seen_reasons()
    pointing: Iterable[Reason] = (r for r in reasons if r.start is not None)
    others: Iterable[Reason] = (r for r in reasons if r.start is None)
    by_kind: dict[str, Reason] = {}
    for reason in (*pointing, *others):
        by_kind.setdefault(KINDS.get(reason.code, reason.code), reason)
    return [in_words(reason) for reason in by_kind.values()][:2]


@register.filter
def brand_name(brand: str) -> str:
    """Return the brand's name in the reader's language."""
    return brands.current().name(brand)


@register.filter
def sector_name(sector: str) -> str:
    """Return the sector's name in the reader's language."""
    return brands.current().sector_name(sector)


@register.filter
def state_word(text: str) -> str:
    """Return ``waiting`` or ``dismissed:accident``, as the history keeps it, in words."""
    state, _colon, dismissal = text.partition(":")
    shown = dismissal or state
    names = {**dict(State.choices), **dict(Dismissal.choices)}
    return str(names.get(shown, shown))


@register.filter
def kind_word(kind: str) -> str:
    """Return what a line of the history records, in words."""
    return str(Kind(kind).label)


@register.filter
def score(value: float) -> str:
    """Return a score with the digits that rank: more of them near 1, where the queue begins."""
    return f"{value:.4f}" if value >= 0.99 else f"{value:.2f}"


@register.filter
def chance(value: float) -> str:
    """Return how many names chance gives: no more digits than tell."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else "< 0.1"


def _marked(text: str) -> SafeString:
    return format_html("<mark>{}</mark>", _breaking(text))


def _breaking(text: str) -> SafeString:
    # A long name on a phone breaks after its dots, not in the middle of a label.
    return format_html_join("", "{}", ((part,) for part in _after_dots(text)))


def _after_dots(text: str) -> list[str | SafeString]:
    labels = text.split(".")
    broken: list[str | SafeString] = [labels[0]]
    for label in labels[1:]:
        broken += [SafeString(".<wbr>"), label]
    return broken
