"""What in a host name imitates a brand: every way we know, with the place it stands."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.catalogue import Catalogue
from lionrock.names.disguised import find_international, find_slips, find_tricks
from lionrock.names.findings import Examined, Finding, longest
from lionrock.names.spelled import classify, find_lures

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
"""How strongly each kind of finding names its brand, to tell which of several is the one."""


def examine_block(
    hosts: Hosts, splits: Splits, wanted: NDArray[np.bool_], catalogue: Catalogue
) -> dict[int, Examined]:
    """Examine those ``wanted`` hosts of a block that may hold a look-alike; return by row what was found."""
    marked = catalogue.mark_candidates(hosts.text, hosts.starts, splits.suffix, splits.registrable)
    out: dict[int, Examined] = {}
    for row in np.flatnonzero(marked & wanted).tolist():
        found = examine(
            hosts.host(row), int(splits.suffix[row]), int(splits.registrable[row]), catalogue
        )
        if found.findings or found.hints:
            out[row] = found
    return out


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
    spans = longest([m for m in matches if m[0] in catalogue.aliases])
    lures = find_lures(host, suffix, matches, spans, catalogue)
    findings: list[Finding] = []
    hints: list[Finding] = []
    for text, start, end in spans:
        alias = catalogue.aliases[text]
        finding = classify(host, suffix, registrable, alias, start, end, matches, catalogue)
        if finding is not None:
            (hints if finding.code == "ordinary-word" else findings).append(finding)
    taken = [(f.start, f.end) for f in findings]
    for start, end in _labels(host, suffix):
        label = host[start:end]
        in_label = start >= registrable
        if label.startswith("xn--"):
            findings += find_international(label, start, in_label, catalogue)
            continue
        if not any(s < end and start < e for s, e in taken):
            findings += find_tricks(label, start, in_label, catalogue)
            findings += find_slips(label, start, in_label, lures, catalogue)
    findings.sort(key=lambda f: (-_weight(f), f.start))
    return Examined(findings=tuple(findings), lures=tuple(lures), hints=tuple(hints))


def _labels(host: str, suffix: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < suffix:
        end = host.index(".", start) if "." in host[start:] else len(host)
        yield start, end
        start = end + 1


def _weight(finding: Finding) -> float:
    weight = _STRENGTH[finding.code] + 0.1 * min(len(finding.alias), 12)
    weight += max(-4.0, min(4.0, finding.gain / 4))
    if finding.ordinary:
        weight -= 3.0
    return weight + (0.5 if finding.in_label else 0.0)
