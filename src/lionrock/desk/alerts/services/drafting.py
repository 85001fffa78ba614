"""Drafts from fact sheets: what the briefing composes is laid before analysts with all it rests on."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings

from lionrock.briefing.drafting.composing import House, compose
from lionrock.briefing.drafting.draft import Writer
from lionrock.briefing.drafting.slots import brand_names
from lionrock.briefing.facts import FactSheet
from lionrock.briefing.sheets import dumped
from lionrock.core.alerts import LANGUAGES
from lionrock.core.figures import Figure, Stream
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.models import Alert
from lionrock.desk.alerts.services.draft import Laid, open_draft


def draft_from(
    sheet: FactSheet,
    *,
    origin: str,
    writer: Writer | None = None,
    series: dict[str, list[tuple[str, int | None]]] | None = None,
    now: datetime,
) -> Alert:
    """Compose a draft of a fact sheet and keep it for an analyst.

    ``series`` maps ids of figures to how they stood before, (label, value) with the figure itself
    last: what the chart beside it shows. The risk is a rule's proposal, with its reasons in English.
    """
    house = House.shipped(settings.LIONROCK_REGION)
    made = compose(sheet, house, writer)
    reasons = house.wording.terms.get("reason", {})
    named = {each.id: each.names for each in sheet.named}
    content = Content(
        kind=made.kind,
        title=dict(made.title),
        risk=made.proposal.risk,
        reason="; ".join(
            reasons[code]["en"] if code in reasons else code for code in made.proposal.reasons
        ),
        sentences=made.sentences,
        indicators=made.indicators,
        brands=tuple(brand_names(brand, named, house.region)["en"] for brand in made.brands),
        links=made.links,
        bulletin=made.bulletin,
    )
    return open_draft(
        content=content,
        evidence=every_piece(sheet, series or {}),
        origin=origin,
        sheet=dumped(sheet),
        by=None,
        now=now,
    )


def every_piece(
    sheet: FactSheet, series: dict[str, list[tuple[str, int | None]]]
) -> tuple[Laid, ...]:
    """Return everything that the sheet's sentences may cite, each reference once."""
    pieces = {one.ref: one for one in laid(sheet, series)}
    return (*pieces.values(), *_others(sheet, set(pieces)))


def laid(sheet: FactSheet, series: dict[str, list[tuple[str, int | None]]]) -> Iterator[Laid]:
    """Yield what a sheet holds as evidence to show: figures, sources, facts, campaigns."""
    for figure in sheet.figures:
        yield Laid(
            ref=f"figure:{figure.id}",
            title=f"{figure.definition}, {figure.period.key}",
            text=_said(figure),
            data=_shown(figure, series.get(figure.id) or _before(figure, sheet)),
        )
    for source in sheet.sources:
        yield Laid(
            ref=source.ref,
            title=source.title or source.publisher,
            text="\n".join(quote.text for quote in source.quotes),
            data={
                "url": source.url,
                "publisher": source.publisher,
                "published": source.published.isoformat() if source.published else "",
                "linked": source.origin.linked,
            },
        )
    for said in sheet.said:
        text = "\n".join(said.text[language] for language in LANGUAGES)
        yield Laid(ref=said.ref, title=said.text["en"], text=text)
    for campaign in (sheet.campaign, *sheet.related):
        if campaign is not None:
            days = [day.isoformat() for day in (campaign.since, campaign.last) if day]
            parts = [campaign.brand or "", campaign.family or "", " – ".join(days)]
            yield Laid(
                ref=campaign.ref, title=campaign.ref, text="\n".join(part for part in parts if part)
            )


def _others(sheet: FactSheet, known: set[str]) -> Iterator[Laid]:
    """Yield what the sheet cites beside that: an event, names and machines, by what it says of them."""
    if sheet.event is not None and sheet.event.ref not in known:
        event = sheet.event
        yield Laid(
            ref=event.ref,
            title=f"{event.what.value}, {event.on.isoformat()}",
            text="\n".join(part for part in (event.on.isoformat(), event.brand) if part),
        )
        known.add(event.ref)
    for ref in sorted(sheet.references() - known):
        named = [one.value for one in sheet.indicators if ref in one.cites]
        yield Laid(ref=ref, title=ref, text="\n".join(named))


def _shown(figure: Figure, series: list[tuple[str, int | None]]) -> dict[str, Any]:  # Any: JSON
    return {
        "value": None if figure.value is None else str(figure.value),
        "unit": figure.unit.value,
        "stream": Stream(figure.stream).value,
        "definition": figure.definition,
        "period": f"{figure.period.key}: {figure.period.first} – {figure.period.last}",
        "filters": [list(pair) for pair in figure.filters],
        "query": figure.query,
        "gaps": [
            {"feed": gap.feed, "first": f"{gap.first}", "last": f"{gap.last}"}
            for gap in figure.gaps
        ],
        "series": [list(pair) for pair in series],
    }


def _before(figure: Figure, sheet: FactSheet) -> list[tuple[str, int | None]]:
    """Return the same count of every period that the sheet holds, in the order of time."""
    same = [
        each
        for each in sheet.figures
        if (each.definition, each.filters, each.unit)
        == (figure.definition, figure.filters, figure.unit)
        and each.period.days == figure.period.days
        and each.period.first <= figure.period.first
    ]
    ordered = sorted(same, key=lambda each: each.period.first)
    return [(one.period.key, None if one.value is None else int(one.value)) for one in ordered]


def _said(figure: Figure) -> str:
    lines = ["" if figure.value is None else str(figure.value), figure.period.key]
    lines += [figure.period.first.isoformat(), figure.period.last.isoformat()]
    return "\n".join([*lines, *(value for _name, value in figure.filters)])
