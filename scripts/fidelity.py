"""Compare what our readers make of the measured deliveries with what another system makes of them.

``python -m scripts.fidelity [FOLDER]`` prints, field by field, how often both agree, and every
difference with who is right. Compared are n6's expected events beside its raw inputs, and X-ARF's
own verdict (valid or not) on its samples. Ends with 1 when a
field agrees in less than 98 %, leaving aside differences where ours was found right.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue
from lionrock.feeds.n6 import CATEGORIES
from lionrock.feeds.reading import as_hash, as_time, as_url, read_delivery
from tests.feeds.fitting import fitting

ENOUGH: Final = 0.98
NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
WHO_IS_RIGHT: Final[Mapping[tuple[str, str], str]] = {
    ("n6/abuse_ch/abuse-ch.ssl-blacklist._1.raw", "family"): (
        "ours: “C&C” is what the server is, which the kind says; only “Gozi” is a family, and "
        "“Malware” is none"
    ),
    ("n6/cesnet_cz/cesnet-cz.warden._5.raw", "events"): (
        "ours: an unauthorised modification is a type of the taxonomy, and its source is named; n6 "
        "has no category for it and drops the message"
    ),
    ("n6/cesnet_cz/cesnet-cz.warden._6.raw", "events"): (
        "ours: a category nobody knows does not undo the source it names; kept as undetermined, "
        "where n6 drops the message"
    ),
}
"""File and field, to who is right and why; only what was looked into stands here."""


@dataclass
class Comparison:
    """Agreement by field, and what differs."""

    equal: Counter[str] = field(default_factory=Counter)
    unequal: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    """Of the unequal ones, those where we looked and ours is right."""
    differences: list[str] = field(default_factory=list)

    def note(self, file: str, name: str, theirs: object, ours: object) -> None:
        if theirs == ours:
            self.equal[name] += 1
            return
        self.unequal[name] += 1
        why = WHO_IS_RIGHT.get((file, name), "nobody looked into it yet")
        self.explained[name] += why.startswith("ours")
        self.differences.append(f"{file}: {name}: theirs {theirs!r}, ours {ours!r} ({why})")


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data")
    comparison = Comparison()
    for file in sorted((folder / "feeds" / "n6").rglob("*.expected.json")):
        compare_n6(file, folder / "feeds", comparison)
    for file in sorted((folder / "feeds" / "xarf").rglob("*.json")):
        compare_xarf(file, folder / "feeds", comparison)
    return printed(comparison)


def compare_n6(file: Path, feeds: Path, comparison: Comparison) -> None:
    """Match each event that n6 expects with ours that agrees best, and compare their fields."""
    raw = file.with_name(file.name.replace(".expected.json", ".raw"))
    place = raw.relative_to(feeds).as_posix()
    if fitting(place) == "indicator-text":
        return  # no reader of ours claims to understand the format
    expected = json.loads(file.read_text(encoding="utf-8"))
    events = [r for r in read(raw, place) if isinstance(r, Event)]
    comparison.note(place, "events", len(expected), len(events))
    for theirs in expected:
        wanted = dict(_wanted(theirs))
        best = max(events, key=lambda e: _agreeing(wanted, e), default=None)
        if best is None:
            continue
        events.remove(best)
        for name, value in wanted.items():
            comparison.note(place, name, value, _ours(name, best))


def compare_xarf(file: Path, feeds: Path, comparison: Comparison) -> None:
    """Compare whether a sample is a valid X-ARF."""
    place = file.relative_to(feeds).as_posix()
    valid = any(isinstance(record, Event) for record in read(file, place))
    comparison.note(place, "x-arf is valid", "negative" not in place, valid)


def read(file: Path, place: str) -> list[Event | Reject]:
    delivery = Delivery.of(file.read_bytes(), name=file.name, received=NOW)
    return list(read_delivery(catalogue()[fitting(place)], delivery))


def _wanted(theirs: Mapping[str, Any]) -> Iterator[tuple[str, object]]:  # parsed JSON
    """Yield the fields of an n6 event that ours has too, in our words."""
    for name, value in theirs.items():
        match name:
            case "time":
                yield "time", as_time(value)
            case "url":
                yield "url", as_url(value)
            case "address":
                yield "address", value[0]["ip"]
            case "fqdn":
                yield "host", value
            case "dport":
                yield "port", int(value)
            case "name":
                yield "family", value.lower()
            case "proto":
                yield "transport", value
            case "category":
                yield "kind", CATEGORIES[value].kind.value
            case "md5" | "sha1" | "sha256":
                yield name, as_hash(value)
            case "x509fp_sha1":
                yield "certificate", value


def _ours(name: str, event: Event) -> object:
    match name:
        case "time":
            return event.at
        case "kind":
            return event.kind.value
        case "url" | "address" | "host" | "port" | "family" | "transport":
            return getattr(event, name)
    texts = [event.asset.value]
    for value in event.details.values():
        texts.extend(value if isinstance(value, tuple) else (value,))
    if name == "certificate":
        return next((t.rpartition(":")[2] for t in texts if len(t.rpartition(":")[2]) == 40), None)
    return next((h for t in texts if (h := as_hash(t)) and h.startswith(f"{name}:")), None)


def _agreeing(wanted: Mapping[str, object], event: Event) -> int:
    return sum(_ours(name, event) == value for name, value in wanted.items())


def printed(comparison: Comparison) -> int:
    poor = False
    print(f"{'field':18} {'same':>6} {'of':>6} {'share':>8} {'or ours right':>14}")
    for name in sorted(set(comparison.equal) | set(comparison.unequal)):
        same, of = comparison.equal[name], comparison.equal[name] + comparison.unequal[name]
        right = (same + comparison.explained[name]) / of
        poor = poor or right < ENOUGH
        print(f"{name:18} {same:6} {of:6} {same / of:8.1%} {right:14.1%}")
    same, of = comparison.equal.total(), comparison.equal.total() + comparison.unequal.total()
    print(f"{'all':18} {same:6} {of:6} {same / max(1, of):8.1%}")
    for words in comparison.differences:
        print(words)
    return 1 if poor else 0


if __name__ == "__main__":
    sys.exit(main())
