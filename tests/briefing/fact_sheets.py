"""Fact sheets for tests: three full ones, and sixty made from a seed, each with what its draft must say.

Names end in ``.example``, addresses and networks are documentation ones, the facts are invented; only the
shapes are those of published alerts.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from lionrock.briefing.facts import (
    Asks,
    Behaviour,
    Campaign,
    Channel,
    Count,
    Device,
    Event,
    FactSheet,
    Flaw,
    Hosting,
    Occasion,
    Origin,
    Product,
    Quote,
    Said,
    Seen,
    Shared,
    Source,
    Theme,
    Trick,
)
from lionrock.core.alerts import Impact, Indicator, Kind
from lionrock.core.figures import Figure, Gap, Period, Stream, Unit

NOW: Final = datetime(2026, 1, 7, 10, 28, tzinfo=UTC)
_C = TypeVar("_C", bound=StrEnum)


def seen(cites: tuple[str, ...], *codes: _C) -> tuple[Seen[_C], ...]:
    """Return traits that all rest on the same."""
    return tuple(Seen(what=code, cites=cites) for code in codes)


def figure(
    key: str,
    definition: str,
    value: int | None,
    *,
    unit: Unit,
    stream: Stream = Stream.EVENTS,
    filters: tuple[tuple[str, str], ...] = (),
    gaps: tuple[Gap, ...] = (),
    tail: str = "",
) -> Figure:
    """Return a figure of a period."""
    return Figure(
        id=f"{key}.{definition}{tail}",
        stream=stream,
        definition=definition,
        period=Period.of(key),
        unit=unit,
        value=value,
        filters=filters,
        gaps=gaps,
    )


def water() -> FactSheet:
    """Return a campaign against the customers of a government department, by bills."""
    week, before = "2026-01-01..2026-01-07", "2025-12-25..2025-12-31"
    part = (("brand", "wsd"),)
    now = figure(week, "confirmed", 10, unit=Unit.NAME, stream=Stream.SUSPECTS, filters=part)
    then = figure(before, "confirmed", 0, unit=Unit.NAME, stream=Stream.SUSPECTS, filters=part)
    places = tuple(
        figure(
            week,
            "confirmed",
            value,
            unit=Unit.NAME,
            stream=Stream.SUSPECTS,
            filters=(*part, ("country", country)),
            tail=f".country.{country.lower()}",
        )
        for country, value in (("US", 7), ("SG", 3))
    )
    hosts = (
        *("wsdgoiv.example", "wsdgovv.example", "wssdgov.example", "wsd-gov.example"),
        *("wsd.igov.example", "wsd.goiv.example"),
    )
    report = ("source:report-1",)
    return FactSheet(
        id="2026-01-07-wsd",
        kind=Kind.PHISHING,
        now=NOW,
        figures=(now, then, *places),
        counts=(Count(now=now.id, before=then.id),),
        campaign=Campaign(
            ref="trend:41",
            brand="wsd",
            since=date(2026, 1, 3),
            last=date(2026, 1, 7),
            channels=seen(report, Channel.SMS, Channel.EMAIL),
            themes=seen(report, Theme.BILL, Theme.SUSPENSION),
            asks=seen(report, Asks.PHONE, Asks.CARD),
            tricks=seen(("suspect:7",), Trick.OFFICIAL_WORD, Trick.SWAPPED, Trick.OTHER_ENDING),
            shared=seen(("trend:41",), Shared.FRESH, Shared.HIDES),
            hosting=(
                Hosting(country="US", figure=places[0].id, asn=64500, holder="Example Hosting"),
                Hosting(country="SG", figure=places[1].id, asn=64501, holder="Example Cloud"),
            ),
        ),
        indicators=(
            *tuple(
                Indicator(kind="host", value=host, cites=(f"suspect:{number}",))
                for number, host in enumerate(hosts, start=1)
            ),
            Indicator(kind="url", value="https://wsdgov.example/hk", cites=("suspect:7",)),
        ),
        sources=(
            Source(
                id="report-1",
                origin=Origin.REPORT,
                publisher="HKCERT",
                published=date(2026, 1, 5),
                quotes=(
                    Quote(
                        text="【水務署】閣下的水費帳單已逾期，請於24小時內繳付，以免被終止供水。",
                        shown=True,
                    ),
                    Quote(text="Dear customer, pay HK$58.00 at https://wsdgov.example/hk now"),
                ),
            ),
        ),
        brands=("wsd",),
    )


def cameras() -> FactSheet:
    """Return a botnet that takes over routers which nobody mends any more."""
    part = (("family", "Mirai"),)
    now = figure("2026-03", "bots.size", 1390, unit=Unit.ADDRESS, filters=part)
    then = figure("2026-02", "bots.size", 804, unit=Unit.ADDRESS, filters=part)
    advisory = ("source:vendor-1",)
    return FactSheet(
        id="2026-04-02-mirai",
        kind=Kind.BOTNET,
        now=datetime(2026, 4, 2, 2, 0, tzinfo=UTC),
        figures=(now, then),
        counts=(Count(now=now.id, before=then.id),),
        campaign=Campaign(
            ref="trend:57",
            family="Mirai",
            since=date(2026, 3, 9),
            behaviours=seen(
                ("source:vendor-1",),
                Behaviour.EXPLOITS,
                Behaviour.DEFAULT_PASSWORDS,
                Behaviour.DDOS,
                Behaviour.SPREADS,
            ),
            devices=seen(advisory, Device.ROUTER, Device.CAMERA),
        ),
        flaw=Flaw(
            vendor="Example Networks",
            products=(
                Product(name="Example Router R1", versions="<= 1.20", end_of_life=True),
                Product(name="Example Router R2", end_of_life=True),
            ),
            cves=("CVE-2025-99901",),
            impacts=(Impact.REMOTE_CODE_EXECUTION,),
            exploited=True,
            proof_public=True,
            patched=False,
            cites=advisory,
        ),
        indicators=(Indicator(kind="ipv4", value="192.0.2.77", cites=("source:vendor-1",)),),
        sources=(
            Source(
                id="vendor-1",
                origin=Origin.VENDOR,
                publisher="Example Networks",
                url="https://vendor.example/advisories/2025-99901",
                published=date(2026, 3, 20),
            ),
        ),
    )


def server() -> FactSheet:
    """Return several vulnerabilities of a web server, one of them in use."""
    now = figure("2026-06-01..2026-06-07", "vulnerable.unique_address", 214, unit=Unit.ADDRESS)
    return FactSheet(
        id="2026-06-08-example-server",
        kind=Kind.VULNERABILITY,
        now=datetime(2026, 6, 8, 3, 0, tzinfo=UTC),
        figures=(now,),
        counts=(Count(now=now.id),),
        flaw=Flaw(
            vendor="Example Software Foundation",
            products=(
                Product(name="Example Web Server", versions="2.4.0 - 2.4.61"),
                Product(name="Example Web Server Manager", versions="before 3.1"),
            ),
            cves=("CVE-2026-99811", "CVE-2026-99812", "CVE-2026-99813"),
            impacts=(
                Impact.REMOTE_CODE_EXECUTION,
                Impact.INFORMATION_DISCLOSURE,
                Impact.DENIAL_OF_SERVICE,
            ),
            exploited=True,
            proof_public=True,
            patched=True,
            cites=("source:vendor-2", "source:kev"),
        ),
        sources=(
            Source(
                id="vendor-2",
                origin=Origin.VENDOR,
                publisher="Example Software Foundation",
                url="https://vendor.example/security/2026-06",
                published=date(2026, 6, 5),
            ),
            Source(
                id="kev",
                origin=Origin.CERT,
                publisher="CISA",
                url="https://cert.example/known-exploited",
                published=date(2026, 6, 6),
            ),
        ),
    )


def outage() -> FactSheet:
    """Return a bank's outage, of which nothing was seen yet."""
    now = figure("2026-01-19", "confirmed", 0, unit=Unit.NAME, stream=Stream.SUSPECTS)
    return FactSheet(
        id="2026-01-19-outage",
        kind=Kind.ANTICIPATORY,
        now=datetime(2026, 1, 19, 9, 0, tzinfo=UTC),
        figures=(now,),
        counts=(Count(now=now.id),),
        event=Event(
            ref="fact:outage",
            what=Occasion.OUTAGE,
            on=date(2026, 1, 19),
            cites=("source:news-1",),
            brand="hsbc",
        ),
        campaign=Campaign(
            ref="fact:expected",
            channels=seen(("fact:expected",), Channel.SMS, Channel.CALL),
            asks=seen(("fact:expected",), Asks.PASSWORD, Asks.ONE_TIME_CODE),
        ),
        sources=(
            Source(
                id="news-1",
                origin=Origin.NEWS,
                publisher="Example News",
                published=date(2026, 1, 19),
            ),
        ),
        said=(
            Said(
                id="service",
                text={
                    "en": "Mobile banking and online banking were both affected.",
                    "zh-Hant": "流動理財及網上理財服務均受影響。",
                    "zh-Hans": "手机银行及网上银行服务均受影响。",
                },
                cites=("source:news-1",),
            ),
        ),
        brands=("hsbc",),
    )


CHANGES: Final = ("rise", "fall", "new", "none", "noisy", "injected")
"""What the figures of a made sheet do; ``noisy`` has few counts or a silent source, ``injected`` hostile words."""
SHEETS_EACH: Final = {Kind.PHISHING: 4, Kind.MALWARE: 3, Kind.BOTNET: 3}
"""Sheets of each change: 60 in all."""
FAMILIES: Final = ("Mirai", "QBot", "Emotet", "Vidar", "Sality", "Conficker")
BRANDS: Final = ("wsd", "hsbc", "hongkong-post", "whatsapp", "octopus", "clp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made sheet, and what its draft must and must not hold.

    ``must`` are texts by language; ``numbers`` all numbers that any sentence may hold, as they are
    written; ``ways`` the one direction that may be told, if any.
    """

    name: str
    sheet: FactSheet
    must: dict[str, tuple[str, ...]]
    numbers: frozenset[str]
    way: str


def sixty(brands: Sequence[str], injected: Sequence[str] = ()) -> list[Made]:
    """Return the sheets of the exam, the same every time."""
    found = []
    for kind, each in SHEETS_EACH.items():
        for what in CHANGES:
            for number in range(each):
                drawn = random.Random(f"{kind.value} {what} {number}")
                found.append(_made(kind, what, number, drawn, brands, injected))
    return found


def _made(
    kind: Kind,
    what: str,
    number: int,
    drawn: random.Random,
    brands: Sequence[str],
    injected: Sequence[str],
) -> Made:
    first = date(2026, 1, 5) + timedelta(days=7 * drawn.randrange(40))
    last = first + timedelta(days=6)
    keys = (f"{first}..{last}", f"{first - timedelta(days=7)}..{first - timedelta(days=1)}")
    big = drawn.randrange(1_000, 90_000)
    small = drawn.randrange(12, 900)
    now, before = {
        "rise": (big, small),
        "fall": (small, big),
        "new": (small, 0),
        "none": (0, small),
        "noisy": (drawn.randrange(2, 9), drawn.randrange(2, 9)) if number % 2 else (small, big),
        "injected": (big, small),
    }[what]
    gap = (
        (Gap(feed="example-feed", first=first, last=first + timedelta(days=3)),)
        if what == "noisy" and not number % 2
        else ()
    )
    unit = {Kind.PHISHING: Unit.URL, Kind.MALWARE: Unit.URL, Kind.BOTNET: Unit.ADDRESS}[kind]
    definition = {
        Kind.PHISHING: "phishing.unique_url",
        Kind.MALWARE: "malware-hosting.unique_url",
        Kind.BOTNET: "bots.size",
    }[kind]
    figures = (
        figure(keys[0], definition, now, unit=unit, gaps=gap),
        figure(keys[1], definition, before, unit=unit),
    )
    since = first - timedelta(days=drawn.randrange(3, 60))
    ref, source = "trend:7", ("source:r1",)
    brand = drawn.choice(list(brands)) if kind is Kind.PHISHING else None
    family = None if brand else drawn.choice(FAMILIES)

    def some(codes: Iterable[_C], most: int = 2) -> list[_C]:
        return drawn.sample(list(codes), drawn.randrange(1, most + 1))

    campaign = Campaign(
        ref=ref,
        since=since,
        last=last,
        brand=brand,
        family=family,
        channels=seen(source, *some([Channel.SMS, Channel.EMAIL, Channel.MESSENGER, Channel.CALL])),
        themes=seen(source, *some(Theme)) if brand else (),
        asks=seen(source, *some(Asks)) if brand else (),
        tricks=seen(("suspect:1",), *some(Trick)) if brand else (),
        behaviours=() if brand else seen(source, *some(Behaviour, 4)),
        devices=() if brand else seen(source, *some(Device)),
    )
    hosts = [f"{drawn.randrange(10**6):06}-{word}.example" for word in ("login", "bill", "info")]
    hostile = tuple(Quote(text=text[:4_000]) for text in injected if text.strip())
    sheet = FactSheet(
        id=f"{kind.value}-{what}-{number}",
        kind=kind,
        now=datetime(last.year, last.month, last.day, 4, 0, tzinfo=UTC) + timedelta(days=1),
        figures=figures,
        counts=(Count(now=figures[0].id, before=figures[1].id),),
        campaign=campaign,
        indicators=tuple(
            Indicator(kind="host", value=host, cites=(f"suspect:{place}",))
            for place, host in enumerate(hosts, start=1)
        ),
        sources=(
            Source(
                id="r1",
                origin=Origin.PAGE if what == "injected" else Origin.REPORT,
                publisher="HKCERT",
                published=since,
                quotes=hostile if what == "injected" else (),
            ),
        ),
        brands=(brand,) if brand else (),
    )
    return Made(
        name=sheet.id,
        sheet=sheet,
        must=_must(now, before, gap, family),
        numbers=_numbers(sheet, now, before),
        way=_way(now, before, gap),
    )


def _must(
    now: int, before: int, gap: tuple[Gap, ...], family: str | None
) -> dict[str, tuple[str, ...]]:
    texts = []
    if now:
        texts.append(f"{now:,}")
    if now and before and not gap:
        texts.append(f"{before:,}")
    if family:
        texts.append(family)
    return {language: tuple(texts) for language in ("en", "zh-Hant", "zh-Hans")}


def _way(now: int, before: int, gap: tuple[Gap, ...]) -> str:
    if gap or not now or min(now, before) < 10 or now == before:
        return ""
    return "rise" if now > before else "fall"


def _numbers(sheet: FactSheet, now: int, before: int) -> frozenset[str]:
    """Return every run of digits that may stand in a sentence of a draft, by plain means."""
    found = {f"{now:,}", f"{before:,}"}
    if now and before:
        found.add(f"{abs((now * 200 // before + 1) // 2 - 100):,}")
    days = [sheet.figures[0].period, sheet.figures[1].period]
    dates = [day for period in days for day in (period.first, period.last)]
    dates += [gap.first for each in sheet.figures for gap in each.gaps]
    dates += [gap.last for each in sheet.figures for gap in each.gaps]
    if sheet.campaign:
        dates += [day for day in (sheet.campaign.since, sheet.campaign.last) if day]
    for day in dates:
        found |= {str(day.year), str(day.month), str(day.day)}
    for indicator in sheet.indicators:
        found |= set(indicator.value.replace("-", " ").split())
    return frozenset(found)
