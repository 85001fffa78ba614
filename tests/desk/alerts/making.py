"""Drafts for tests: an invented campaign, all its names and addresses from documentation ranges."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lionrock.core.alerts import Indicator, Kind, Link, Part, Risk, Sentence
from lionrock.desk.alerts import services
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.models import Alert
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from tests.people.someone import someone

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
FIGURE = "figure:2026-W47.phishing.unique_url"
SOURCE = "source:harbour-notice"


def said(part: Part, en: str, hant: str, hans: str, *cites: str) -> Sentence:
    """Return a sentence in three languages."""
    return Sentence(part=part, text={"en": en, "zh-Hant": hant, "zh-Hans": hans}, cites=cites)


def content(*, risk: Risk = Risk.HIGH) -> Content:
    """Return an alert in which everything is supported."""
    return Content(
        kind=Kind.PHISHING,
        title={
            "en": "Phishing Alert - Fake Harbour Water bills",
            "zh-Hant": "釣魚警報 - 假冒 Harbour Water 水費單",
            "zh-Hans": "钓鱼警报 - 假冒 Harbour Water 水费单",
        },
        risk=risk,
        reason="Card data is asked for, and people have paid.",
        sentences=(
            said(
                Part.LEAD,
                "We found 312 links that pretend to be Harbour Water, since 16 November 2026.",
                "我們自2026年11月16日起發現312條冒充 Harbour Water 的連結。",
                "我们自2026年11月16日起发现312条冒充 Harbour Water 的链接。",
                FIGURE,
                SOURCE,
            ),
            said(
                Part.STEPS,
                "A message says that a bill is overdue.",
                "短訊聲稱有逾期帳單。",
                "短信声称有逾期账单。",
            ),
            said(
                Part.STEPS,
                "A page like harbour-water[.]example asks for the card number.",
                "類似 harbour-water[.]example 的網頁要求輸入信用卡號碼。",
                "类似 harbour-water[.]example 的网页要求输入信用卡号码。",
            ),
            said(
                Part.ADVICE,
                "Call 1823 when in doubt.",
                "如有疑問，請致電1823。",
                "如有疑问，请致电1823。",
            ),
        ),
        indicators=(
            Indicator(kind="host", value="harbour-water.example"),
            Indicator(kind="url", value="https://pay.harbour-water.example/bill?id=7"),
            Indicator(kind="ipv4", value="192.0.2.44"),
        ),
        brands=("Harbour Water",),
        links=(
            Link(
                url="https://www.harbourwater.example/security",
                title={
                    "en": "The company's notice",
                    "zh-Hant": "該公司的通告",
                    "zh-Hans": "该公司的通告",
                },
            ),
        ),
    )


def evidence() -> list[services.Laid]:
    """Return what the sentences of ``content`` rest on."""
    return [
        services.Laid(
            ref=FIGURE,
            title="Unique phishing links, 2026-W47",
            text="312\n2026 47\n2026-11-16 2026-11-22",
            data={
                "value": 312,
                "unit": "url",
                "definition": "Unique links of phishing events",
                "period": "2026-W47",
                "query": "events_by_type",
                "series": [["2026-W45", 18], ["2026-W46", 25], ["2026-W47", 312]],
                "gaps": [{"feed": "Example Feed", "first": "2026-11-18", "last": "2026-11-19"}],
            },
        ),
        services.Laid(
            ref=SOURCE,
            title="Harbour Water warns of false bills",
            text="Since 16 November 2026 customers have received false bills.",
            data={"url": "https://www.harbourwater.example/security", "linked": True},
        ),
    ]


def draft(*, risk: Risk = Risk.HIGH, by: Person | None = None, now: datetime = NOW) -> Alert:
    """Return a draft with its evidence."""
    return services.open_draft(
        content=content(risk=risk), evidence=evidence(), origin="trend:7", by=by, now=now
    )


def analyst() -> Person:
    """Return an analyst."""
    return someone(Role.ANALYST)


def approver() -> Person:
    """Return an approver."""
    return someone(Role.APPROVER)


def submitted(alert: Alert, by: Person, *, now: datetime = NOW) -> Alert:
    """Hand a draft in."""
    alert.refresh_from_db()
    return services.submit(alert_id=alert.pk, seen_version=alert.version, by=by, now=now)


def approved(alert: Alert, *by: Person, now: datetime = NOW) -> Alert:
    """Have a submitted draft approved."""
    for person in by:
        alert.refresh_from_db()
        alert = services.approve(alert_id=alert.pk, seen_version=alert.version, by=person, now=now)
    return alert


def published(*, risk: Risk = Risk.HIGH, kind: Kind = Kind.PHISHING, now: datetime = NOW) -> Alert:
    """Return a published alert, whose way there took three people."""
    alert = services.open_draft(
        content=replace(content(risk=risk), kind=kind),
        evidence=evidence(),
        origin="",
        by=None,
        now=now,
    )
    submitted(alert, analyst(), now=now)
    first, second = approver(), approver()
    alert = approved(alert, *((first, second) if risk is Risk.EXTREME else (first,)), now=now)
    return services.publish(alert_id=alert.pk, seen_version=alert.version, by=first, now=now)


def later(minutes: int) -> datetime:
    """Return a time after ``NOW``."""
    return NOW + timedelta(minutes=minutes)


NEWS = {
    "en": "The number of links was put right.",
    "zh-Hant": "更正連結數目。",
    "zh-Hans": "更正链接数目。",
}
