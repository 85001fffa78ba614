"""Find in every host which part somebody registered, and which part is everybody's."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import as_host
from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.compiled import compiled

ICANN: Final = 0
PRIVATE: Final = 1
HOSTING: Final = 2

_PLAIN: Final = 0
_WILDCARD: Final = 1
_EXCEPTION: Final = 2
_ABSENT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A suffix rule: ``suffix`` in A-labels, its section, and what kind of rule it is.

    ``how``: 0 the suffix itself, 1 every name one label below it (``*.``), 2 an exception (``!``).
    """

    suffix: str
    section: int
    how: int = _PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where one host divides; ``registrable`` is None when the host is itself a suffix."""

    suffix: str
    registrable: str | None
    kind: int


class Suffixes:
    """A set of suffix rules, ready to divide hosts by the algorithm of the Public Suffix List."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_suffix: dict[bytes, list[int]] = {}
        for rule in rules:
            sections = by_suffix.setdefault(rule.suffix.encode("ascii"), [_ABSENT] * 3)
            sections[rule.how] = min(sections[rule.how], rule.section)
        self._text = np.frombuffer(b"".join(by_suffix) or b".", dtype=np.uint8)
        self._starts = np.zeros(len(by_suffix) + 1, dtype=np.int64)
        np.cumsum([len(suffix) for suffix in by_suffix], out=self._starts[1:])
        self._sections = np.array(list(by_suffix.values()), dtype=np.uint8).reshape(-1, 3)
        room = 1 << max(4, (3 * len(by_suffix)).bit_length())
        self._slots = np.full(room, -1, dtype=np.int32)
        _fill(self._text, self._starts, self._slots)

    @classmethod
    def bundled(cls) -> Self:
        """Return the Public Suffix List as installed, with our own list of hosting suffixes."""
        return cls(_bundled_rules())

    def split(self, hosts: Hosts) -> Splits:
        """Return where each host divides."""
        suffix = np.empty(len(hosts), dtype=np.int32)
        registrable = np.empty(len(hosts), dtype=np.int32)
        kind = np.empty(len(hosts), dtype=np.uint8)
        rules = (self._text, self._starts, self._sections, self._slots)
        _split(hosts.text, hosts.starts, rules, (suffix, registrable, kind))
        return Splits(suffix=suffix, registrable=registrable, kind=kind)

    def split_one(self, host: str) -> Split:
        """Return where ``host``, in normal form, divides."""
        splits = self.split(hosts_of([host]))
        begin = int(splits.registrable[0])
        return Split(
            suffix=host[int(splits.suffix[0]) :],
            registrable=None if begin < 0 else host[begin:],
            kind=int(splits.kind[0]),
        )

    def is_suffix(self, host: str) -> bool:
        """Say whether ``host`` is a suffix: nobody registered it, many live below it."""
        return self.split_one(host).registrable is None


def list_rules(text: str) -> list[Rule]:
    """Return the rules of a list in the format of publicsuffix.org, sections told by its marks."""
    section = ICANN
    rules = []
    for line in text.splitlines():
        if "===BEGIN PRIVATE DOMAINS===" in line:
            section = PRIVATE
        rule = line.split("//")[0].strip()
        if rule:
            rules.append(_rule(rule, section))
    return rules


def hosting_rules(groups: Mapping[str, Mapping[str, str]]) -> list[Rule]:
    """Return the rules of our own list: groups of suffixes, each with whose service it is."""
    return [_rule(suffix, HOSTING) for group in groups.values() for suffix in group]


@cache
def _bundled_rules() -> tuple[Rule, ...]:
    public = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    own = files("lionrock.names").joinpath("data/hosting.toml").read_text("utf-8")
    return (*list_rules(public), *hosting_rules(tomllib.loads(own)))


def _rule(text: str, section: int) -> Rule:
    how = _EXCEPTION if text.startswith("!") else _WILDCARD if text.startswith("*.") else _PLAIN
    suffix = text.removeprefix("!").removeprefix("*.")
    return Rule(suffix=_ascii(suffix), section=section, how=how)


def _ascii(suffix: str) -> str:
    """Return a rule's labels as A-labels; a single label is no host, so it borrows one."""
    if _PLAIN_NAME.fullmatch(suffix):
        return suffix
    host = as_host(f"a.{suffix}")
    if host is None:
        raise ValueError(f"a suffix rule is no name: {suffix!r}")
    return host.removeprefix("a.")


_PLAIN_NAME: Final = re.compile(r"[a-z0-9]{1,40}(\.[a-z0-9]{1,40}){0,4}")
"""What most rules are: nothing in them needs another form. Others are read in full."""

_Rules = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int32]]


@compiled
def _fill(text: NDArray[np.uint8], starts: NDArray[np.int64], slots: NDArray[np.int32]) -> None:
    """Enter every rule in the hash table."""
    mask = np.uint64(len(slots) - 1)
    for rule in range(len(starts) - 1):
        code = _SEED
        for i in range(starts[rule + 1] - 1, starts[rule] - 1, -1):
            code = _mixed(code, text[i])
        slot = (code ^ (code >> _HALF)) & mask
        while slots[slot] >= 0:
            slot = (slot + _ONE) & mask
        slots[slot] = rule


_SEED: Final = np.uint64(14695981039346656037)
_PRIME: Final = np.uint64(1099511628211)
_HALF: Final = np.uint64(32)
_ONE: Final = np.uint64(1)


@compiled
def _mixed(code: np.uint64, byte: np.uint8) -> np.uint64:
    """One step of FNV-1a, taken from the last byte of a name to the first."""
    return (code ^ np.uint64(byte)) * _PRIME


@compiled
def _found(text: NDArray[np.uint8], begin: int, end: int, code: np.uint64, rules: _Rules) -> int:
    """Return the rule whose suffix is ``text[begin:end]``, or -1."""
    names, starts, _, slots = rules
    mask = np.uint64(len(slots) - 1)
    slot = (code ^ (code >> _HALF)) & mask
    while slots[slot] >= 0:
        rule = slots[slot]
        at = starts[rule]
        if starts[rule + 1] - at == end - begin:
            same = True
            for i in range(end - begin):
                if names[at + i] != text[begin + i]:
                    same = False
                    break
            if same:
                return int(rule)
        slot = (slot + _ONE) & mask
    return -1


@compiled
def _split(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    rules: _Rules,
    out: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]],
) -> None:
    """Walk every host from its end, label by label; the longest rule wins, an exception ends it."""
    suffix, registrable, kind = out
    sections = rules[2]
    for row in range(len(starts) - 1):
        begin = starts[row]
        end = starts[row + 1]
        code = _SEED
        best = -1
        best_kind = ICANN
        below = _ABSENT  # the section of a wildcard that the next label fulfils
        previous = end
        for i in range(end - 1, begin - 1, -1):
            code = _mixed(code, text[i])
            if i > begin and text[i - 1] != 46:
                continue
            if best < 0:
                best = i
            if below != _ABSENT:
                best = i
                best_kind = below
                below = _ABSENT
            rule = _found(text, i, end, code, rules)
            if rule >= 0:
                if sections[rule, 2] != _ABSENT:
                    best = previous
                    best_kind = sections[rule, 2]
                    break
                if sections[rule, 0] != _ABSENT:
                    best = i
                    best_kind = sections[rule, 0]
                below = sections[rule, 1]
                if below != _ABSENT and sections[rule, 0] == _ABSENT:
                    best = i  # what only others' suffixes lie below is one itself
                    best_kind = below
            previous = i
        suffix[row] = best - begin
        kind[row] = best_kind
        registrable[row] = -1
        if best > begin:
            i = best - 1
            while i > begin and text[i - 1] != 46:
                i -= 1
            registrable[row] = i - begin
