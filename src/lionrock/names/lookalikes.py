"""What in a host name imitates a brand: every way we know, with the place it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lionrock.core.region import Brand, Lure
from lionrock.names.blocks import Hosts, Splits
from lionrock.names.catalogue import Alias, Catalogue
from lionrock.names.skeleton import ascii_skeleton, latin_skeleton, skeleton_with_offsets
from lionrock.names.typos import kind_of_slip
from lionrock.names.words import UNKNOWN_LETTER

ALIAS_COST = 9.0
"""What an alias costs (nats) when a division of a label may use it: about a rare word."""
KNOWN_WORD = 9.0
"""A word of at most this cost (nats) is common: one slip away from an alias, it is just itself."""

LEAST_GAIN = -4.0
"""An alias at the edge of a longer stretch that divides this much (nats) better without it is none."""
TRICK_GAIN = 4.0
"""What look-alike characters inside a longer stretch must explain (nats) to be no accident."""
SHORTEST_JOINED = 4
"""Ordinary aliases shorter than this count only as words of their own."""
TELLING_LURES = frozenset(
    {
        "login",
        "account",
        "bank",
        "payment",
        "toll",
        "tax",
        "crypto",
        "parcel",
        "support",
        "government",
    }
)
"""Kinds of lures that make an ordinary alias mean its brand; ``shop`` or ``invest`` do not."""


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
    """What the examination of one host found; findings strongest first."""

    findings: tuple[Finding, ...]
    lures: tuple[LureFound, ...]


_STRENGTH = {
    "brand-host": 9.0,
    "confusable": 8.0,
    "brand-tld": 7.5,
    "brand-word": 7.0,
    "ascii-trick": 6.0,
    "brand-subdomain": 5.0,
    "brand-joined": 4.5,
    "typo": 4.0,
    "bit-flip": 4.0,
    "brand-part": 3.0,
    "near": 2.0,
}


def examine(host: str, suffix: int, registrable: int, catalogue: Catalogue) -> Examined:
    """Find the imitations in ``host``.

    ``suffix`` and ``registrable`` are where its public suffix and its registrable name begin.
    """
    matches = [
        (catalogue.pattern_texts[number], start, end)
        for number, start, end in catalogue.automaton.find(host[: max(suffix - 1, 0)].encode())
    ]
    if "xn--" in host:
        # The letters of an encoded label are no letters: such labels are read decoded, below.
        encoded = [(s, e) for s, e in _labels(host, suffix) if host.startswith("xn--", s)]
        matches = [m for m in matches if not any(s <= m[1] < e for s, e in encoded)]
    spans = _longest([m for m in matches if m[0] in catalogue.aliases])
    lures = _lures(host, suffix, matches, spans, catalogue)
    findings: list[Finding] = []
    for text, start, end in spans:
        alias = catalogue.aliases[text]
        finding = _classify(host, suffix, registrable, alias, start, end, matches, catalogue)
        if finding is not None:
            findings.append(finding)
    taken = [(f.start, f.end) for f in findings]
    for start, end in _labels(host, suffix):
        label = host[start:end]
        in_label = start >= registrable
        if label.startswith("xn--"):
            findings += _international(label, start, in_label, catalogue)
            continue
        if not any(s < end and start < e for s, e in taken):
            findings += _tricks(label, start, in_label, catalogue)
            findings += _slips(label, start, in_label, lures, catalogue)
    findings.sort(key=lambda f: (-_weight(f), f.start))
    return Examined(findings=tuple(findings), lures=tuple(lures))


def examine_block(
    hosts: Hosts, splits: Splits, wanted: NDArray[np.bool_], catalogue: Catalogue
) -> dict[int, Examined]:
    """Examine those ``wanted`` hosts of a block that may hold a look-alike; return by row what was found."""
    marked = catalogue.mark_candidates(hosts.text, hosts.starts, splits.suffix)
    out: dict[int, Examined] = {}
    for row in np.flatnonzero(marked & wanted).tolist():
        found = examine(
            hosts.host(row), int(splits.suffix[row]), int(splits.registrable[row]), catalogue
        )
        if found.findings:
            out[row] = found
    return out


def _weight(finding: Finding) -> float:
    weight = _STRENGTH[finding.code] + 0.1 * min(len(finding.alias), 12)
    weight += max(-4.0, min(4.0, finding.gain / 4))
    if finding.ordinary:
        weight -= 3.0
    return weight + (0.5 if finding.in_label else 0.0)


def _longest(matches: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Drop matches that lie inside a longer one."""
    return [
        (text, start, end)
        for text, start, end in matches
        if not any(s <= start and end <= e and (e - s) > (end - start) for _, s, e in matches)
    ]


def _labels(host: str, suffix: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < suffix:
        end = host.index(".", start) if "." in host[start:] else len(host)
        yield start, end
        start = end + 1


def _lures(
    host: str,
    suffix: int,
    matches: list[tuple[str, int, int]],
    aliases: list[tuple[str, int, int]],
    catalogue: Catalogue,
) -> list[LureFound]:
    """Return the lure words that stand as words: at a boundary, or beside an alias or another."""
    words = _longest([m for m in matches if m[0] in catalogue.lures])
    words = [w for w in words if not any(s <= w[1] and w[2] <= e for _, s, e in aliases)]
    edges = {s for _, s, _ in aliases} | {e for _, _, e in aliases}
    kept: dict[tuple[int, int], LureFound] = {}
    for _ in range(3):
        for text, start, end in words:
            left = start == 0 or not host[start - 1].isalpha() or start in edges
            right = end >= suffix - 1 or not host[end].isalpha() or end in edges
            whole = left and right
            if whole or ((left or right) and _stands(host, text, start, end, catalogue)):
                kept[start, end] = LureFound(lure=catalogue.lures[text], start=start, end=end)
                edges |= {start, end}
    return [kept[key] for key in sorted(kept)]


def _stands(host: str, word: str, start: int, end: int, catalogue: Catalogue) -> bool:
    """Tell whether a word at one edge of a longer stretch of letters is meant as a word."""
    left, right = _piece(host, start, end)
    cost = catalogue.words.cost
    own = min(catalogue.words.knows(word), ALIAS_COST)
    divided = cost(host[left:start]) + own + cost(host[end:right])
    return divided <= cost(host[left:right]) + 1.0


def _piece(host: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of letters around ``host[start:end]`` (bounded by anything else)."""
    left, right = start, end
    while left > 0 and host[left - 1].isalpha():
        left -= 1
    while right < len(host) and host[right].isalpha():
        right += 1
    return left, right


def _label_around(host: str, start: int, end: int) -> tuple[int, int]:
    left = host.rfind(".", 0, start) + 1
    right = host.find(".", end)
    return left, len(host) if right < 0 else right


def _classify(
    host: str,
    suffix: int,
    registrable: int,
    alias: Alias,
    start: int,
    end: int,
    matches: list[tuple[str, int, int]],
    catalogue: Catalogue,
) -> Finding | None:
    """Say how an alias found in the host stands there; ``None`` where it is mere accident."""
    label_start, label_end = _label_around(host, start, end)
    in_label = start >= registrable
    left, right = _piece(host, start, end)
    if not alias.text.isalpha():
        left, right = min(left, start), max(right, end)
    bounded = left == start and right == end
    if alias.text.isdigit() and _touches_digit(host, start, end):
        return None
    cost = catalogue.words.cost
    with_alias = ALIAS_COST + cost(host[left:start]) + cost(host[end:right])
    gain = cost(host[left:right]) - with_alias
    cover = (end - start) / max(1, len(host[label_start:label_end].replace("-", "")))
    code = "brand-part"
    address = _own_address(host, suffix, alias.brand, start, end)
    if address is not None:
        code = "brand-host"
    elif alias.ordinary:
        edge = left == start or right == end
        if not bounded and (not edge or gain < -4.0 or len(alias.text) < SHORTEST_JOINED):
            return None
        if not (bounded and catalogue.is_rare(alias)) and not _in_company(
            host, alias, start, end, matches, catalogue
        ):
            return None
        code = "brand-word" if bounded else "brand-joined"
        if not in_label:
            code = "brand-subdomain"
    elif not in_label:
        if not bounded and gain < 0:
            return None
        code = "brand-subdomain"
    elif start == label_start and end == label_end:
        code = "brand-tld"
    elif bounded:
        code = "brand-word"
    elif gain > 0:
        code = "brand-joined"
    elif (left != start and right != end) or gain < LEAST_GAIN:
        return None
    return Finding(
        code=code,
        brand=alias.brand,
        alias=address or alias.text,
        start=start,
        end=end,
        in_label=in_label,
        gain=gain,
        cover=min(1.0, cover),
        ordinary=alias.ordinary,
    )


def _touches_digit(host: str, start: int, end: int) -> bool:
    """Tell whether a number goes on before or behind ``host[start:end]``."""
    return host[start - 1 : start].isdigit() or host[end : end + 1].isdigit()


def _own_address(host: str, suffix: int, brand: Brand, start: int, end: int) -> str | None:
    """Return the brand's own domain that stands whole around ``host[start:end]``, dots or hyphens."""
    before = host[: max(suffix - 1, 0)].replace(".", "-")
    for official in sorted(brand.official, key=lambda o: -len(o.domain)):
        flat = official.domain.replace(".", "-")
        for at in _places(before, flat):
            if at <= start and end <= at + len(flat):
                return official.domain
    return None


def _places(text: str, word: str) -> Iterator[int]:
    """Yield where ``word`` stands in ``text`` between hyphens or edges."""
    at = text.find(word)
    while at >= 0:
        behind = at + len(word)
        if (at == 0 or text[at - 1] == "-") and text[behind : behind + 1] in {"", "-"}:
            yield at
        at = text.find(word, at + 1)


def _in_company(
    host: str,
    alias: Alias,
    start: int,
    end: int,
    matches: list[tuple[str, int, int]],
    catalogue: Catalogue,
) -> bool:
    """Tell whether a telling lure or one of the brand's own companion words stands beside the alias."""
    for text, s, e in matches:
        if s < end and start < e:
            continue
        left = s == 0 or not host[s - 1].isalpha() or s == end
        right = e == len(host) or not host[e : e + 1].isalpha() or e == start
        lure = catalogue.lures.get(text)
        meant = text in alias.brand.company or (lure is not None and lure.kind in TELLING_LURES)
        if left and right and meant:
            return True
    return False


def _tricks(label: str, offset: int, in_label: bool, catalogue: Catalogue) -> list[Finding]:
    """Find aliases that the label spells with look-alike ASCII characters."""
    folded, offsets = skeleton_with_offsets(label)
    found = []
    matches = [
        (str(number), start, end)
        for number, start, end in catalogue.folded_automaton.find(folded.encode())
    ]
    for number, fold_start, fold_end in _longest(matches):
        _, alias = catalogue.folded[int(number)]
        start, end = offsets[fold_start], offsets[fold_end]
        raw = label[start:end]
        if raw == alias.text or ascii_skeleton(raw) != folded[fold_start:fold_end]:
            continue
        left, right = _stretch(label, start, end)
        cost = catalogue.words.cost
        gain = _plain_cost(label[left:right], catalogue) - (
            ALIAS_COST + cost(label[left:start]) + cost(label[end:right])
        )
        if gain < (0 if (left, right) == (start, end) else TRICK_GAIN):
            continue
        found.append(
            Finding(
                code="ascii-trick",
                brand=alias.brand,
                alias=alias.text,
                start=offset + start,
                end=offset + end,
                in_label=in_label,
                gain=gain,
                cover=(end - start) / len(label),
                ordinary=False,
            )
        )
    return found


def _stretch(label: str, start: int, end: int) -> tuple[int, int]:
    left, right = start, end
    while left > 0 and label[left - 1].isalnum():
        left -= 1
    while right < len(label) and label[right].isalnum():
        right += 1
    return left, right


def _plain_cost(text: str, catalogue: Catalogue) -> float:
    """Cost of a stretch of letters and digits read as words and numbers: digits cost as unknown."""
    total = 0.0
    word = ""
    for char in text + "-":
        if char.isalpha():
            word += char
            continue
        total += catalogue.words.cost(word)
        word = ""
        total += UNKNOWN_LETTER if char.isdigit() else 0.0
    return total


def _slips(
    label: str,
    offset: int,
    in_label: bool,
    lures: list[LureFound],
    catalogue: Catalogue,
) -> list[Finding]:
    """Find words of the label that are one or two slips away from an alias."""
    found = []
    for start, end in _words(label, offset, lures):
        word = label[start:end]
        if catalogue.words.knows(word) < KNOWN_WORD:
            continue
        near = catalogue.typos.near(word)
        if not near:
            continue
        alias_text, slips = near[0]
        gain = catalogue.words.cost(word) - (ALIAS_COST + 4.0 * slips)
        if gain < 0:
            continue
        alias = catalogue.aliases[alias_text]
        found.append(
            Finding(
                code=kind_of_slip(word, alias_text) if slips == 1 else "near",
                brand=alias.brand,
                alias=alias_text,
                start=offset + start,
                end=offset + end,
                in_label=in_label,
                gain=gain,
                cover=(end - start) / len(label),
                ordinary=False,
            )
        )
    return found


def _words(label: str, offset: int, lures: list[LureFound]) -> Iterator[tuple[int, int]]:
    """Yield the hyphen-separated words of a label, and what is left of each without its lures."""
    start = 0
    for part in label.split("-"):
        end = start + len(part)
        if part:
            yield start, end
            for lure in lures:
                s, e = lure.start - offset, lure.end - offset
                if s == start and e < end:
                    yield e, end
                if e == end and s > start:
                    yield start, s
        start = end + 1


def _international(label: str, offset: int, in_label: bool, catalogue: Catalogue) -> list[Finding]:
    """Find brands in a label of international characters: in their own script, or by look."""
    try:
        text = label.encode("ascii").decode("idna")
    except UnicodeError:
        try:
            text = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            return []

    def finding(code: str, alias: Alias, cover: float) -> Finding:
        return Finding(
            code=code,
            brand=alias.brand,
            alias=alias.text,
            start=offset,
            end=offset + len(label),
            in_label=in_label,
            gain=8.0,
            cover=cover,
            ordinary=alias.ordinary,
        )

    found = []
    for alias in catalogue.foreign.values():
        if alias.text in text:
            if alias.ordinary and not any(word in text for word in catalogue.foreign_lures):
                continue
            code = "brand-tld" if alias.text == text else "brand-word"
            found.append(finding(code, alias, len(alias.text) / len(text)))
    folded = ascii_skeleton(latin_skeleton(text))
    plain = folded.encode("ascii", "replace")
    for number, start, end in catalogue.folded_automaton.find(plain):
        _, alias = catalogue.folded[number]
        before, behind = folded[start - 1 : start], folded[end : end + 1]
        bounded = not before.isalpha() and not behind.isalpha()
        if bounded or len(alias.text) > 5:
            code = "brand-word" if alias.text in text else "confusable"
            found.append(finding(code, alias, (end - start) / len(folded)))
    return found
