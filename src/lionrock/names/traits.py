"""The few dozen numbers by which look-alike findings and the reading of letters become one score."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lionrock.names.findings import Examined, Finding
from lionrock.names.spelled import TELLING_LURES

CODES: Final = (
    "brand-host",
    "brand-tld",
    "brand-word",
    "brand-joined",
    "brand-part",
    "ascii-trick",
    "confusable",
    "typo",
    "bit-flip",
    "near",
)
TRAITS: Final = (
    "found",
    "letters",
    *CODES,
    "ordinary",
    "gain",
    "cover",
    "length",
    "one-lure",
    "more-lures",
    "alias-record",
    "alias-record-joined",
    "alias-read",
    "brand-read",
    "second-brand",
    "new-style",
    "hyphen",
    "digit",
    "country-ending",
    "com",
    "label-length",
)
LEAST_LOGIT: Final = -0.4
"""A score of about 0.4: plainly a suspect, below what the data can vouch for."""
SIGN_IN: Final = frozenset({"login", "account"})
_LIKE: Final = {"brand-subdomain": "brand-word"}
"""Findings of which the training data hold no fair negatives weigh like this other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """How the letters of one registered name read.

    ``abuse`` and ``novelty`` are the log-odds of a reported rather than another name, and of a new
    name rather than a long-standing site's; ``label`` is the registered label, ``suffix`` what
    follows it.
    """

    abuse: float
    novelty: float
    label: str
    suffix: str


def traits(
    examined: Examined,
    letters: Letters,
    record: Mapping[str, float],
    read: tuple[float, float],
) -> list[float]:
    """Return one value per entry of ``TRAITS`` for a host in which something was found.

    ``record`` maps an alias (see ``record_key``) to the log-odds of its standing in reported names
    rather than in new names at large; ``read`` is how much more than other hits people found abuse in
    hits of this alias, and of this brand (see ``read_keys``).
    """
    best = examined.findings[0]
    code = _LIKE.get(best.code, best.code)
    joined = code in {"brand-joined", "brand-part"}
    lures = len({found.lure.word for found in examined.lures})
    other = any(f.brand.id != best.brand.id for f in examined.findings)
    key = record_key(best)
    return [
        1.0,
        max(-6.0, min(6.0, letters.abuse)),
        *(1.0 if code == name else 0.0 for name in CODES),
        1.0 if best.ordinary else 0.0,
        max(-2.0, min(2.0, best.gain / 8)),
        best.cover,
        min(len(best.alias), 12) / 12,
        1.0 if lures == 1 else 0.0,
        1.0 if lures > 1 else 0.0,
        0.0 if joined else record.get(key, 0.0),
        record.get(key, 0.0) if joined else 0.0,
        *read,
        1.0 if other else 0.0,
        max(-5.0, min(5.0, letters.novelty)),
        1.0 if "-" in letters.label else 0.0,
        1.0 if any(char.isdigit() for char in letters.label) else 0.0,
        1.0 if code == "brand-tld" and len(letters.suffix.rpartition(".")[2]) == 2 else 0.0,
        1.0 if letters.suffix == "com" else 0.0,
        min(len(letters.label), 30) / 30,
    ]


def least_logit(examined: Examined, letters: Letters) -> float | None:
    """Return the log-odds below which no model may put a host, or ``None`` where none is due.

    A rule, because the cases are plain to any person and too rare in the data to be learned: a label
    that is nothing but a brand in disguise (``paypa1``), and a brand as a word of its own beside a
    telling lure (``hsbc-refund``), for an ordinary word one that asks to sign in (``payme-login``). The letters still order such names.
    """
    best = examined.findings[0]
    disguised = best.code in {"ascii-trick", "confusable"} and best.in_label and best.cover >= 0.95
    lured = best.code in {"brand-word", "brand-host"} and any(
        found.lure.kind in (SIGN_IN if best.ordinary else TELLING_LURES) for found in examined.lures
    )
    return LEAST_LOGIT + 0.02 * letters.abuse if disguised or lured else None


def record_key(finding: Finding) -> str:
    """Return the key under which a finding's alias is kept in the record of aliases."""
    if finding.code in {"brand-joined", "brand-part"}:
        return f"{finding.alias}+"
    return f"{finding.alias}~" if finding.code in {"typo", "bit-flip", "near"} else finding.alias


def read_keys(finding: Finding) -> tuple[str, str]:
    """Return the keys under which it is kept what people saw in hits of a finding's alias and brand."""
    return record_key(finding), f"@{finding.brand.id}"


def sigmoid(value: float) -> float:
    """Return 1 / (1 + e^-value) without overflow."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1.0 + grown)
