"""Contents of reports for tests: the published figures of five real quarters, and made-up ones.

The real figures are HKCERT's, Hong Kong Security Watch Report (Q1 2023), CC BY 3.0, retyped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lionrock.briefing.report.content import (
    Contents,
    Family,
    Kind,
    Located,
    Publisher,
    Source,
)
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit

QUARTERS = ("2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023Q1")
DEFACEMENT = (718, 118, 113, 249, 233)
PHISHING = (806, 5033, 7141, 13574, 2804)
BOTS = (3003, 3642, 3684, 2285, 2583)
TOTALS = (4527, 8793, 10938, 16108, 5620)
FAMILIES = {
    "Corebot": (120, 303, "+152.5%"),
    "Nymaim": (165, 255, "+54.5%"),
    "Conficker": (206, 192, "−6.8%"),
    "Virut": (8, 122, "+1,425.0%"),
    "Sality": (22, 50, "+127.3%"),
    "Tinba": (116, 50, "−56.9%"),
    "VPNFilter": (37, 35, "−5.4%"),
    "Bankpatch": (105, 21, "−80.0%"),
}
"""Size before, size now, change as published to one decimal (of Conficker a whole number was)."""

GAP = Gap(feed="silent-feed", first=date(2023, 2, 3), last=date(2023, 3, 31))


def figures(
    name: str,
    values: Sequence[int | Decimal | None],
    *,
    unit: Unit = Unit.URL,
    filters: tuple[tuple[str, str], ...] = (),
    quarters: Sequence[str] = QUARTERS,
    gaps: tuple[Gap, ...] = (),
) -> tuple[Figure, ...]:
    """Make a row of figures, one per quarter; ``gaps`` are the last one's."""
    narrowed = "".join(f".{by}.{value.lower()}" for by, value in filters)
    return tuple(
        Figure(
            id=f"{key}.{name}{narrowed}",
            stream=Stream.EVENTS,
            definition=name,
            period=Period.of(key),
            unit=unit,
            value=value,
            filters=filters,
            query="figures.unique",
            gaps=gaps if key == quarters[-1] else (),
        )
        for key, value in zip(quarters, values, strict=True)
    )


def kind(
    code: str,
    group: str,
    counted: tuple[Figure, ...],
    *,
    names: Mapping[str, str] | None = None,
    ratio: tuple[Figure, ...] = (),
) -> Kind:
    """Make a type of event."""
    called = names or {"en": code.title(), "zh-Hant": f"{code} 類", "zh-Hans": f"{code} 类"}
    about = {"en": f"What {code} is.", "zh-Hant": f"{code} 是甚麼。", "zh-Hans": f"{code} 是什么。"}
    return Kind(code=code, group=group, names=called, about=about, counted=counted, ratio=ratio)


def family(name: str, sizes: Sequence[int | None]) -> Family:
    """Make a botnet family with its sizes over five quarters."""
    return Family(
        name=name,
        counted=figures("bots.size", sizes, unit=Unit.ADDRESS, filters=(("family", name.lower()),)),
    )


PUBLISHER = Publisher(
    team={"en": "Example CERT", "zh-Hant": "示例應變中心", "zh-Hans": "示例应变中心"},
    region={"en": "Exampleland", "zh-Hant": "示例地區", "zh-Hans": "示例地区"},
    endings=(".xx", ".測試"),
    mail="report@cert.example",
    phone="+00 1234 5678",
    site="https://cert.example",
)

SOURCES = (
    Source(
        id="phish-list",
        title="Phish List",
        provider="Example Foundation",
        kinds=("phishing",),
        since=date(2021, 11, 8),
    ),
    Source(
        id="silent-feed",
        title="Sinkhole 6to4",
        provider="Sinkholers",
        kinds=("bots",),
    ),
)


def real() -> Contents:
    """Return the contents of the real report of 2023 Q1, of which eight families were published."""
    return Contents(
        quarter=Period.of("2023Q1"),
        issued=date(2023, 5, 2),
        publisher=PUBLISHER,
        kinds=(
            kind(
                "defacement",
                "server",
                figures("defacement.unique_url", DEFACEMENT),
                names={"en": "Defacement", "zh-Hant": "網頁塗改", "zh-Hans": "网页涂改"},
                ratio=figures(
                    "defacement.ratio",
                    [Decimal("1.50"), Decimal("1.21"), Decimal("1.08"), Decimal("2.00"), None],
                    unit=Unit.RATIO,
                ),
            ),
            kind(
                "phishing",
                "server",
                figures("phishing.unique_url", PHISHING),
                names={"en": "Phishing", "zh-Hant": "釣魚網站", "zh-Hans": "钓鱼网站"},
            ),
            kind(
                "bots",
                "botnet",
                figures("bots.size", BOTS, unit=Unit.ADDRESS),
                names={"en": "Botnet (bots)", "zh-Hant": "殭屍電腦", "zh-Hans": "僵尸电脑"},
            ),
        ),
        families=tuple(
            family(name, (None, None, None, before, now))
            for name, (before, now, _told) in FAMILIES.items()
        ),
        sources=SOURCES,
        located=(Located(title="Example Geolocation 2", day=date(2023, 3, 15)),),
    )


def silent() -> Contents:
    """Return the same, with a source of bots that was silent for most of the quarter."""
    contents = real()
    bots = figures("bots.size", (*BOTS[:4], 410), unit=Unit.ADDRESS, gaps=(GAP,))
    return replace(contents, kinds=(*contents.kinds[:2], replace(contents.kinds[2], counted=bots)))
