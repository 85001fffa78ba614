"""Writes a report's contents as JSON and reads them back, so that what was published stays what it was."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lionrock.briefing.report.content import (
    Article,
    Citation,
    Contents,
    Correction,
    Family,
    Kind,
    Located,
    Publisher,
    Source,
)
from lionrock.briefing.report.data import figure_told
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit

SHAPE: Final = 1
"""The version of what is written; older ones are read."""

Json = dict[str, Any]  # Any: JSON


def told(contents: Contents) -> Json:
    """Return the contents as JSON values."""
    publisher = contents.publisher
    return {
        "shape": SHAPE,
        "quarter": contents.quarter.key,
        "issued": contents.issued.isoformat(),
        "version": contents.version,
        "publisher": {
            "team": dict(publisher.team),
            "region": dict(publisher.region),
            "endings": list(publisher.endings),
            "mail": publisher.mail,
            "phone": publisher.phone,
            "site": publisher.site,
        },
        "kinds": [
            {
                "code": kind.code,
                "group": kind.group,
                "names": dict(kind.names),
                "about": dict(kind.about),
                "counted": _told(kind.counted),
                "addresses": _told(kind.addresses),
                "ratio": _told(kind.ratio),
            }
            for kind in contents.kinds
        ],
        "families": [
            {"name": family.name, "counted": _told(family.counted)} for family in contents.families
        ],
        "sources": [
            {
                "id": one.id,
                "title": one.title,
                "provider": one.provider,
                "kinds": list(one.kinds),
                "since": one.since.isoformat() if one.since else None,
                "named": one.named,
            }
            for one in contents.sources
        ],
        "located": [{"title": one.title, "day": one.day.isoformat()} for one in contents.located],
        "articles": [article_told(article) for article in contents.articles],
        "corrections": [
            {
                "before": figure_told(one.before) if one.before else None,
                "after": figure_told(one.after) if one.after else None,
            }
            for one in contents.corrections
        ],
    }


def article_told(article: Article) -> Json:
    """Return an article as JSON values."""
    return {
        "key": article.key,
        "titles": dict(article.titles),
        "texts": dict(article.texts),
        "citations": [
            {"key": one.key, "title": one.title, "url": one.url} for one in article.citations
        ],
    }


def read(kept: Json) -> Contents:
    """Return contents as they were written; raise GiveUp for a shape of a later release."""
    if kept.get("shape") != SHAPE:
        raise GiveUp(f"a report of shape {kept.get('shape')} was kept by another release")
    publisher = kept["publisher"]
    return Contents(
        quarter=Period.of(kept["quarter"]),
        issued=date.fromisoformat(kept["issued"]),
        version=kept["version"],
        publisher=Publisher(**{**publisher, "endings": tuple(publisher["endings"])}),
        kinds=tuple(
            Kind(
                code=one["code"],
                group=one["group"],
                names=one["names"],
                about=one["about"],
                counted=_read(one["counted"]),
                addresses=_read(one["addresses"]),
                ratio=_read(one["ratio"]),
            )
            for one in kept["kinds"]
        ),
        families=tuple(
            Family(name=one["name"], counted=_read(one["counted"])) for one in kept["families"]
        ),
        sources=tuple(
            Source(
                id=one["id"],
                title=one["title"],
                provider=one["provider"],
                kinds=tuple(one["kinds"]),
                since=date.fromisoformat(one["since"]) if one["since"] else None,
                named=one["named"],
            )
            for one in kept["sources"]
        ),
        located=tuple(
            Located(title=one["title"], day=date.fromisoformat(one["day"]))
            for one in kept["located"]
        ),
        articles=tuple(article_read(one) for one in kept["articles"]),
        corrections=tuple(
            Correction(
                before=figure_read(one["before"]) if one["before"] else None,
                after=figure_read(one["after"]) if one["after"] else None,
            )
            for one in kept["corrections"]
        ),
    )


def article_read(kept: Mapping[str, Any]) -> Article:  # Any: JSON
    """Return an article as it was written."""
    return Article(
        key=kept["key"],
        titles=kept["titles"],
        texts=kept["texts"],
        citations=tuple(Citation(**one) for one in kept["citations"]),
    )


def figure_read(kept: Mapping[str, Any]) -> Figure:  # Any: JSON
    """Return a Figure as it was written."""
    unit, value = Unit(kept["unit"]), kept["value"]
    return Figure(
        id=kept["id"],
        stream=Stream(kept["stream"]),
        definition=kept["definition"],
        period=Period.of(kept["period"]),
        unit=unit,
        value=None if value is None else Decimal(value) if unit is Unit.RATIO else int(value),
        filters=tuple((name, narrowed) for name, narrowed in kept["filters"]),
        query=kept["query"],
        gaps=tuple(
            Gap(feed=feed, first=date.fromisoformat(first), last=date.fromisoformat(last))
            for feed, first, last in kept["gaps"]
        ),
    )


def _told(figures: Iterable[Figure]) -> list[Json]:
    return [figure_told(figure) for figure in figures]


def _read(kept: Iterable[Mapping[str, Any]]) -> tuple[Figure, ...]:  # Any: JSON
    return tuple(figure_read(one) for one in kept)
