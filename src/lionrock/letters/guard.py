"""Holds back what must never stand on a block list: suffixes that many share, and brands' own names."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from lionrock.letters.confirmed import ConfirmedName

_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+\Z")


class Refusal(StrEnum):
    """Why a name must not stand on a block list."""

    NO_HOST = "no-host"
    SUFFIX = "suffix"
    """People share it: a public suffix, a hosting suffix, or what such a suffix hangs under."""
    OFFICIAL = "official"
    """A brand's own: an official domain, what it hangs under, or what hangs under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """What block lists spare; make one with ``of``."""

    suffixes: frozenset[str]
    wildcards: frozenset[str]
    exceptions: frozenset[str]
    official: frozenset[str]
    above: frozenset[str]
    """Everything that a suffix or an official domain hangs under."""

    @classmethod
    def of(cls, *, suffix_rules: Iterable[str], official: Collection[str]) -> Self:
        """Read rules as the Public Suffix List writes them (``pages.dev``, ``*.ck``, ``!www.ck``)."""
        rules = frozenset(suffix_rules)
        exceptions = frozenset(rule[1:] for rule in rules if rule.startswith("!"))
        wildcards = frozenset(rule[2:] for rule in rules if rule.startswith("*."))
        suffixes = frozenset(rule for rule in rules if rule[:1] not in "!*")
        above = {parent for name in (*suffixes, *official) for parent in _parents(name)}
        return cls(
            suffixes=suffixes,
            wildcards=wildcards,
            exceptions=exceptions,
            official=frozenset(official),
            above=frozenset(above) | wildcards | {p for w in wildcards for p in _parents(w)},
        )

    def refusal(self, host: str) -> Refusal | None:
        """Return why blocking ``host`` and everything under it would do harm; None when it would not."""
        if not _HOST.match(host):
            return Refusal.NO_HOST
        if host in self.official:
            return Refusal.OFFICIAL
        if self._is_suffix(host):
            return Refusal.SUFFIX
        if host in self.above:
            return Refusal.OFFICIAL if self._holds_official(host) else Refusal.SUFFIX
        for parent in _parents(host):
            if parent in self.official:
                return Refusal.OFFICIAL
            if self._is_suffix(parent):
                return None  # a tenant, even where the host of all tenants is a brand itself
        return None

    def _is_suffix(self, name: str) -> bool:
        if name in self.exceptions:
            return False
        return name in self.suffixes or name.partition(".")[2] in self.wildcards

    def _holds_official(self, host: str) -> bool:
        return any(official.endswith(f".{host}") for official in self.official)


def blockable(names: Iterable[ConfirmedName], never: Never) -> Iterator[ConfirmedName]:
    """Yield the names that may stand on a block list."""
    return (name for name in names if never.refusal(name.host) is None)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.partition(".")[2]
        yield name
