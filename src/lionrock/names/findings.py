"""What an examination of a host can find: imitations of brands, and words that lure."""

from dataclasses import dataclass

from lionrock.core.region import Brand, Lure

ALIAS_COST = 9.0
"""What an alias costs (nats) when a division of a label may use it: about a rare word."""

Match = tuple[str, int, int]
"""A word of the catalogue and where it begins and ends in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One imitation found in a host.

    ``code`` is a reason code (see ``lionrock.core.reasons``), ``start`` and ``end`` its place in
    the host. ``in_label`` tells the registered label (or the tenant's) from the labels before it.
    ``gain`` is how many nats better the label divides with the alias than without: negative means
    the letters belong to other words. ``cover`` is the alias' share of its label.
    """

    code: str
    brand: Brand
    alias: str
    start: int
    end: int
    in_label: bool
    gain: float
    cover: float
    ordinary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LureFound:
    """One lure word and its place in the host."""

    lure: Lure
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the examination of one host found; findings strongest first.

    ``hints`` are ordinary words that are also a brand's name and stand without company: no finding,
    but whom to think of should the host be a suspect for other reasons.
    """

    findings: tuple[Finding, ...]
    lures: tuple[LureFound, ...]
    hints: tuple[Finding, ...] = ()


def longest(matches: list[Match]) -> list[Match]:
    """Drop matches that lie inside a longer one."""
    return [
        (text, start, end)
        for text, start, end in matches
        if not any(s <= start and end <= e and (e - s) > (end - start) for _, s, e in matches)
    ]
