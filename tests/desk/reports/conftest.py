"""Figures of quarters as they were kept, for reports to quote."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lionrock.core.figures import Period, Stream, Unit
from lionrock.desk.figures.models import Edition, KeptFigure

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
PHISHING = {"2025Q3": 806, "2025Q4": 5033, "2026Q1": 7141, "2026Q2": 13574, "2026Q3": 2804}
CONFICKER = {"2025Q3": 206, "2025Q4": 190, "2026Q1": 220, "2026Q2": 206, "2026Q3": 192}


def keep_figures(
    key: str, values: Mapping[str, int], *, version: int = 1, days: int = 0
) -> Edition:
    """Keep an edition of a quarter: figures by definition, a family's as ``bots.size/conficker``."""
    period = Period.of(key)
    edition = Edition.objects.create(
        period=key,
        first=period.first,
        last=period.last,
        version=version,
        made_at=NOW + timedelta(days=days),
        definitions="0" * 64,
    )
    for place, (name, value) in enumerate(values.items()):
        definition, _, family = name.partition("/")
        KeptFigure.objects.create(
            edition=edition,
            place=place,
            name=f"{key}.{definition}" + (f".family.{family}" if family else ""),
            stream=Stream.EVENTS.value,
            definition=definition,
            unit={"bots.size": Unit.ADDRESS, "total": Unit.EVENT}.get(definition, Unit.URL).value,
            value=Decimal(value),
            filters=[["family", family]] if family else [],
            query="figures.unique",
        )
    return edition


def figures_of(key: str, **more: int) -> dict[str, int]:
    """Return what was counted of a quarter."""
    phishing, bots = more.get("phishing", PHISHING[key]), CONFICKER[key]
    return {
        "phishing.unique_url": phishing,
        "bots.size": bots,
        "bots.size/conficker": bots,
        "total": phishing + bots,
    }


def keep_five_quarters() -> None:
    """Keep the figures of the quarter and the four before it."""
    for key in PHISHING:
        keep_figures(key, figures_of(key))
