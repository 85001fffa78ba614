"""Writes the text of a notice: what was seen, why it matters, how to fix it, how to answer, who we are."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template

from lionrock.core.events import AssetKind, Part, Severity
from lionrock.core.judgement import Reason
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp, narrowest
from lionrock.letters.plainly import defanged, fill, harmless, one_line, rule
from lionrock.letters.services import service_key

LANGUAGES: Final = ("en", "zh-hant")
"""The languages letters are written in; the first serves whoever wished for another."""

_ATTACHED: Final = {
    "csv": "table",
    "xarf": "xarf",
    "xarf-lines": "xarf_lines",
    "xarf-some": "xarf_some",
}
"""What a letter calls its attachments."""

SHOWN: Final = 20
"""Systems a section lists before it points to the attached table."""

ADVISED: Final = 6
"""Services a section gives advice on."""

OWN: Final = "own"
"""The variant that words what nobody but us found: a name, and why we hold it to deceive."""
_ATTACKS: Final = frozenset({Rsit.DDOS, Rsit.DOS})
"""Where each system says which part it played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An episode as a letter tells it. Times are aware; ``feeds`` are the sources' titles."""

    episode: int
    asset_kind: AssetKind
    asset: str
    part: Part
    kind: Rsit
    severity: Severity
    tlp: Tlp
    first_seen: datetime
    last_seen: datetime
    events: int
    variant: str = ""
    family: str = ""
    service: str = ""
    port: int | None = None
    transport: str = ""
    brand: str = ""
    address: str = ""
    host: str = ""
    url: str = ""
    network: str = ""
    asn: int | None = None
    cves: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    source_port: int | None = None
    """The port on the machine's own side, which finds it behind a shared address."""
    feeds: tuple[str, ...] = ()
    seen: str = ""
    said: str = ""
    """What the source itself called it, where its type could not be told."""
    own: bool = False
    """Nobody but us found it: a name that a person of ours confirmed."""
    reasons: tuple[Reason, ...] = ()
    """What speaks against a name of our own finding."""
    reads: str = ""
    """The name as people read it, where it is written in international characters."""
    official: str = ""
    """The imitated brand's own address."""

    @property
    def wording(self) -> str:
        """Return the variant that words it."""
        return OWN if self.own and self.kind is Rsit.PHISHING else self.variant


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """Who writes: as the region pack and the administrator word it, in the letter's language."""

    name: str
    about: str
    address: str = ""
    phone: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was told before, to somebody else, without effect; ``reason`` is a key of ``REASONS``."""

    ticket: str
    day: datetime
    to: str
    """Whom; empty where that is not known."""
    reason: str
    answered: bool = False
    """They said that they worked on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that the text of a notice is made of."""

    ticket: str
    language: str
    recipient: str
    """The organisation's name; empty where only an address is known."""
    source: str
    """Where the address comes from: a key of ``SOURCES``, or a source's own words."""
    items: tuple[Item, ...]
    team: From
    zone: tzinfo
    portal: str
    """Where the recipient signs in; empty for somebody who cannot."""
    escalate_days: int
    attachments: tuple[tuple[str, str], ...] = ()
    """File names, and what each is: ``csv``, ``xarf``, ``xarf-lines`` or ``xarf-some``."""
    reported: int = 0
    """How many of the items ``xarf-some`` holds."""
    earlier: Earlier | None = None
    looks: bool = False
    """We connect to what was reported, to see whether it still answers."""
    passed: bool = False
    """It tells a partner what is outside our region, to be handed on there."""

    @property
    def tlp(self) -> Tlp:
        """The narrowest label of what the letter tells."""
        return narrowest(*(item.tlp for item in self.items))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A letter's subject and its text, lines of at most 76 columns."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    what: str
    detail: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    title: str
    seen: str
    why: str
    fix: Sequence[str]
    advice: Sequence[str]
    lines: Sequence[_Line]
    more: int


def write(draft: Draft) -> Text:
    """Return the notice's subject and text in the draft's language (English for one we do not write).

    Untrusted values are put on one line, cut and defanged before they reach the text.
    """
    if not draft.items:
        raise ValueError("a notice tells at least one episode")
    language = draft.language if draft.language in LANGUAGES else LANGUAGES[0]
    words = _texts(language)
    sections = [_section(group, words, draft.zone) for group in _grouped(draft.items)]
    worst = min((item.severity for item in draft.items), key=list(Severity).index)
    phrases = words["phrases"]
    earlier = draft.earlier
    body = _compiled(language).render(
        tlp=draft.tlp.value,
        tlp_sentence=phrases["tlp"][draft.tlp.value],
        ticket=draft.ticket,
        recipient=one_line(draft.recipient, 120),
        earlier_ticket=earlier.ticket if earlier else "",
        earlier_day=f"{earlier.day:%Y-%m-%d}" if earlier else "",
        earlier_to=one_line(earlier.to, 120) if earlier else "",
        earlier_answered=bool(earlier and earlier.answered),
        escalation_reason=phrases["reasons"][earlier.reason] if earlier else "",
        total=len({(item.asset_kind, item.asset) for item in draft.items}),
        severity=words["words"][worst.value],
        sections=sections,
        portal=draft.portal,
        escalate_days=draft.escalate_days,
        attachments=[
            {"name": name, "said": _said(phrases[_ATTACHED[kind]], draft)}
            for name, kind in draft.attachments
        ],
        source=phrases["sources"].get(draft.source, phrases["sources"]["person"]),
        team=draft.team,
        looks=draft.looks,
        passed=draft.passed,
        fill=fill,
        rule=rule,
    )
    return Text(subject=_subject(draft, words, worst), body=tidy(body))


def most_urgent(items: Iterable[Item], limit: int) -> list[Item]:
    """Return at most so many items, the worst and newest."""
    return sorted(items, key=_rank)[:limit]


def _said(phrase: str, draft: Draft) -> str:
    return phrase.replace("{some}", str(draft.reported)).replace("{all}", str(len(draft.items)))


def _subject(draft: Draft, words: Mapping[str, Any], worst: Severity) -> str:  # Any: parsed TOML
    keys = {(item.kind, item.wording) for item in draft.items}
    if len(keys) == 1:
        title = _kind(words, *next(iter(keys)))["title"]
    elif draft.passed:
        title = words["phrases"]["passed_on"]
    else:
        urgent = worst in {Severity.CRITICAL, Severity.HIGH}
        title = words["words"]["digest_critical" if urgent else "digest"]
    if draft.earlier:
        title = words["phrases"]["still"].replace("{title}", title)
    return f"[{draft.ticket}] [{draft.tlp.value}] {title}"


def _grouped(items: Iterable[Item]) -> list[list[Item]]:
    """Return the items by problem type, the worst type first, the worst and newest item first."""
    order = list(Severity)

    def key(item: Item) -> tuple[str, str]:
        return (item.kind.value, item.wording)

    by_kind = [sorted(group, key=_rank) for _, group in groupby(sorted(items, key=key), key=key)]
    return sorted(by_kind, key=lambda group: (order.index(group[0].severity), key(group[0])))


def _rank(item: Item) -> tuple[int, float, str, int]:
    worst_first = list(Severity).index(item.severity)
    return (worst_first, -item.last_seen.timestamp(), item.asset, item.episode)


def _section(
    items: Sequence[Item], words: Mapping[str, Any], zone: tzinfo
) -> _Section:  # Any: TOML
    text = _kind(words, items[0].kind, items[0].wording)
    advised = items[0].kind.classification == "vulnerable"
    services = list(
        dict.fromkeys(k for item in items if (k := service_key(item.service, item.port)))
    )
    known = [words["services"][key] for key in services if key in words["services"]]
    names = list(dict.fromkeys(service["name"] for service in known))
    title = text["title"]
    if names and advised:
        shown = words["phrases"]["comma"].join(names[:4]) + (" …" if len(names) > 4 else "")
        title = words["phrases"]["titled"].replace("{title}", title).replace("{names}", shown)
    return _Section(
        title=title,
        seen=text["seen"],
        why=text["why"],
        fix=text["fix"],
        advice=list(dict.fromkeys(service["advice"] for service in known))[:ADVISED]
        if advised and items[0].kind is not Rsit.WEAK_CRYPTO
        else [],
        lines=[_line(item, words["phrases"], zone) for item in items[:SHOWN]],
        more=max(len(items) - SHOWN, 0),
    )


def _line(item: Item, phrases: Mapping[str, Any], zone: tzinfo) -> _Line:  # Any: parsed TOML
    what = defanged(item.asset, item.asset_kind)
    if item.asset_kind is AssetKind.ASN:
        what = f"AS{what}"
    if item.port and item.asset_kind is not AssetKind.URL:
        what = f"{what}  {item.port}/{item.transport}" if item.transport else f"{what}  {item.port}"
    comma = phrases["comma"]
    said = [
        _when(item, phrases, zone),
        phrases["role"].get(item.part.value, "") if item.kind in _ATTACKS else "",
        phrases["said"].replace("{}", harmless(item.said, 300)) if item.said else "",
        phrases["family"].replace("{}", one_line(item.family, 60)) if item.family else "",
        phrases["service"].replace("{}", one_line(item.service, 40)) if item.service else "",
        comma.join(one_line(one, 20) for one in item.cves[:5]),
        phrases["reads"].replace("{}", defanged(item.reads, AssetKind.HOST)) if item.reads else "",
        phrases["brand"].replace("{}", one_line(item.brand, 60)) if item.brand else "",
        phrases["official"].replace("{}", defanged(item.official, AssetKind.HOST))
        if item.official
        else "",
        phrases["address"].replace("{}", one_line(item.address, 45))
        if item.address and item.address != item.asset
        else "",
        phrases["host"].replace("{}", defanged(item.host, AssetKind.HOST))
        if item.host and item.asset_kind in {AssetKind.ADDRESS, AssetKind.NETWORK}
        else "",
        phrases["url"].replace("{}", defanged(item.url, AssetKind.URL))
        if item.url and item.asset_kind is not AssetKind.URL
        else "",
        phrases["source_port"].replace("{}", str(item.source_port)) if item.source_port else "",
        phrases["other"][item.part.value].replace("{}", _others(item, phrases))
        if item.others
        else "",
        phrases["events"].replace("{}", str(item.events)) if item.events > 1 else "",
        _seen_by(item, phrases),
    ]
    return _Line(
        what=what,
        detail=phrases["semicolon"].join(part for part in said if part),
        reasons=list(_reasons(item, phrases)),
    )


def _seen_by(item: Item, phrases: Mapping[str, Any]) -> str:  # Any: parsed TOML
    if item.own:
        ours: str = phrases["ours"]
        return ours
    shown = phrases["comma"].join(one_line(feed, 60) for feed in item.feeds[:4])
    return phrases["feeds"].replace("{}", shown) if shown else ""


def _reasons(item: Item, phrases: Mapping[str, Any]) -> Iterator[str]:  # Any: parsed TOML
    """Yield what speaks against a name; what does not, and codes that are new here, are left out."""
    for reason in item.reasons:
        sentence = phrases["name"].get(reason.code)
        if sentence is not None:
            yield sentence.replace("{}", defanged(reason.about, AssetKind.HOST))


def _others(item: Item, phrases: Mapping[str, Any]) -> str:  # Any: parsed TOML
    shown: str = phrases["comma"].join(defanged(other, None) for other in item.others[:3])
    return shown + (" …" if len(item.others) > 3 else "")


def _when(item: Item, phrases: Mapping[str, Any], zone: tzinfo) -> str:  # Any: parsed TOML
    first, last = item.first_seen.astimezone(UTC), item.last_seen.astimezone(UTC)
    local = item.last_seen.astimezone(zone)
    key = "seen_once" if first == last else "seen_span"
    sentence: str = phrases[key]
    return (
        sentence.replace("{first}", f"{first:%Y-%m-%d %H:%M:%S}")
        .replace("{last}", f"{last:%Y-%m-%d %H:%M:%S}")
        .replace("{local}", f"{local:%Y-%m-%d %H:%M:%S} {offset(local)}")
    )


def offset(at: datetime) -> str:
    """Return the offset of a local time as ``UTC+8`` or ``UTC-3:30``."""
    seconds = int((at.utcoffset() or (at - at)).total_seconds())
    sign = "-" if seconds < 0 else "+"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def title_of(kind: Rsit, variant: str, language: str) -> str:
    """Return what letters call a problem type."""
    title: str = _kind(_texts(language if language in LANGUAGES else LANGUAGES[0]), kind, variant)[
        "title"
    ]
    return title


def _kind(words: Mapping[str, Any], kind: Rsit, variant: str) -> Mapping[str, Any]:  # Any: TOML
    if variant in words["variants"]:
        found: Mapping[str, Any] = words["variants"][variant]  # Any: as above
        return found
    found = words["kinds"][kind.value]
    return found


def tidy(body: str) -> str:
    """Return the text without white space at line ends and with at most one empty line in a row.

    The two hyphens before the signature keep their space (RFC 3676).
    """
    lines: list[str] = []
    for raw in body.strip("\n").split("\n"):
        line = raw if raw == "-- " else raw.rstrip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip("\n") + "\n"


@cache
def _texts(language: str) -> Mapping[str, Any]:  # Any: parsed TOML, its shape held by a test
    folder = files("lionrock.letters") / "texts"
    words = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    words["phrases"] = tomllib.loads(
        (folder / f"phrases.{language}.toml").read_text(encoding="utf-8")
    )
    return words


@cache
def _compiled(language: str) -> Template:
    """Return the language's letter, compiled once: that takes longer than all else about a letter."""
    file = files("lionrock.letters") / "texts" / f"notice.{language}.txt"
    return _environment().from_string(file.read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701  # plain text: nothing to escape
        undefined=StrictUndefined, keep_trailing_newline=True, auto_reload=False
    )
