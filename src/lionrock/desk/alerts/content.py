"""What an alert says, apart from where it stands: the part that is written, checked and kept in versions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lionrock.core.alerts import (
    LANGUAGES,
    Bulletin,
    Impact,
    Indicator,
    Kind,
    Link,
    Part,
    Risk,
    Sentence,
)
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp

Json = dict[str, Any]  # Any: JSON as a database gives it back


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything of an alert that a person may change before others see it.

    ``reason`` says why the risk is what it is; it stays in the house.
    """

    kind: Kind
    title: dict[str, str]
    risk: Risk
    reason: str
    tlp: Tlp = Tlp.CLEAR
    sentences: tuple[Sentence, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    brands: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    bulletin: Bulletin | None = None

    def __post_init__(self) -> None:
        """Refuse a title that a reader of one of the languages would miss."""
        if set(self.title) != set(LANGUAGES):
            raise GiveUp(f"a title is told in {', '.join(LANGUAGES)}")

    def of_part(self, part: Part) -> Iterator[Sentence]:
        """Yield the sentences of one part, in order."""
        return (sentence for sentence in self.sentences if sentence.part is part)

    def with_sentence(self, index: int, sentence: Sentence) -> "Content":
        """Return it with the sentence at ``index`` replaced."""
        return replace(
            self, sentences=(*self.sentences[:index], sentence, *self.sentences[index + 1 :])
        )

    def in_order(self) -> "Content":
        """Return it with its sentences in the order of the page; within a part as they stood."""
        places = list(Part)
        return replace(
            self, sentences=tuple(sorted(self.sentences, key=lambda one: places.index(one.part)))
        )


def as_json(content: Content) -> Json:
    """Return the content as JSON values."""
    bulletin = content.bulletin
    return {
        "kind": content.kind.value,
        "title": dict(content.title),
        "risk": content.risk.value,
        "reason": content.reason,
        "tlp": content.tlp.value,
        "sentences": [
            {"part": one.part.value, "text": dict(one.text), "cites": list(one.cites)}
            for one in content.sentences
        ],
        "indicators": [
            {"kind": one.kind, "value": one.value, "cites": list(one.cites)}
            for one in content.indicators
        ],
        "brands": list(content.brands),
        "links": [{"title": dict(one.title), "url": one.url} for one in content.links],
        "bulletin": bulletin
        and {
            "vendor": bulletin.vendor,
            "products": list(bulletin.products),
            "cves": list(bulletin.cves),
            "impacts": [impact.value for impact in bulletin.impacts],
            "exploited": bulletin.exploited,
            "proof_public": bulletin.proof_public,
            "patched": bulletin.patched,
        },
    }


def from_json(value: Mapping[str, Any]) -> Content:  # Any: as above
    """Return the content that ``as_json`` wrote; raise KeyError or ValueError for anything else."""
    bulletin = value["bulletin"]
    return Content(
        kind=Kind(value["kind"]),
        title=dict(value["title"]),
        risk=Risk(value["risk"]),
        reason=value["reason"],
        tlp=Tlp(value["tlp"]),
        sentences=tuple(
            Sentence(part=Part(one["part"]), text=dict(one["text"]), cites=tuple(one["cites"]))
            for one in value["sentences"]
        ),
        indicators=tuple(
            Indicator(kind=one["kind"], value=one["value"], cites=tuple(one["cites"]))
            for one in value["indicators"]
        ),
        brands=tuple(value["brands"]),
        links=tuple(Link(title=dict(one["title"]), url=one["url"]) for one in value["links"]),
        bulletin=bulletin
        and Bulletin(
            vendor=bulletin["vendor"],
            products=tuple(bulletin["products"]),
            cves=tuple(bulletin["cves"]),
            impacts=tuple(Impact(impact) for impact in bulletin["impacts"]),
            exploited=bulletin["exploited"],
            proof_public=bulletin["proof_public"],
            patched=bulletin["patched"],
        ),
    )
