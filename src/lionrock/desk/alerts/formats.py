"""What programs read of published alerts: one function per file, from ``letters`` where one is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lionrock.core.alerts import LANGUAGES, Alert
from lionrock.desk.alerts.site import publisher
from lionrock.letters.alert_atom import alerts_atom
from lionrock.letters.alert_harmless import shown
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_rss import alerts_rss
from lionrock.letters.alert_told import told


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One machine format: the end of its name, what links call it, its media type, how it is made.

    ``fits`` says for which alerts there is one.
    """

    suffix: str
    title: str
    type: str
    make: Callable[[Alert, Publisher], bytes]
    fits: Callable[[Alert], bool] = lambda _alert: True


FILES: Final[tuple[File, ...]] = ()
"""Every format beside the page, in the order in which links stand."""


def file_of(suffix: str) -> File | None:
    """Return the format whose files end so."""
    return next((one for one in FILES if one.suffix == suffix), None)


def files_of(alert: Alert, language: str) -> dict[str, str]:
    """Return the titles and places of an alert's files, below the site's first folder."""
    some = {one.title: f"files/{alert.slug}.{one.suffix}" for one in FILES if one.fits(alert)}
    return {"JSON": f"{language.lower()}/{alert.slug}/alert.json", **some}


def feeds(alerts: Sequence[Alert], language: str, *, now: datetime) -> dict[str, tuple[str, bytes]]:
    """Return the feeds of a language by file name: media type and content."""
    by = publisher()
    base = f"{by.home}{language.lower()}/"
    atom = alerts_atom(alerts, publisher=by, language=language, at=f"{base}feed.atom", now=now)
    rss = alerts_rss(alerts, publisher=by, language=language, at=f"{base}feed.rss", now=now)
    return {
        "feed.atom": ("application/atom+xml; charset=utf-8", atom),
        "feed.rss": ("application/rss+xml; charset=utf-8", rss),
    }


def as_json(alert: Alert) -> dict[str, Any]:  # Any: JSON
    """Return an alert for programs that show it to people: all languages, indicators defanged."""
    by = publisher()
    by_language = {one: told(alert, publisher=by, language=one) for one in LANGUAGES}
    return {
        "number": alert.id,
        "version": alert.version,
        "kind": alert.kind.value,
        "risk": alert.risk.value,
        "tlp": alert.tlp.value,
        "published": alert.published.isoformat(timespec="seconds"),
        "updated": alert.updated.isoformat(timespec="seconds"),
        "withdrawn": alert.withdrawn,
        "title": {one: words.title for one, words in by_language.items()},
        "page": {one: words.page for one, words in by_language.items()},
        "summary": {one: words.summary for one, words in by_language.items()},
        "sections": {
            one: [
                {"name": section.name, "title": section.title, "lines": list(section.lines)}
                for section in words.sections
            ]
            for one, words in by_language.items()
        },
        "indicators": []
        if alert.withdrawn
        else [{"kind": one.kind, "shown": shown(one)} for one in alert.indicators],
        "links": []
        if alert.withdrawn
        else [{"title": dict(link.title), "url": link.url} for link in alert.links],
        "log": [
            {"at": at.isoformat(timespec="seconds"), "text": dict(text)} for at, text in alert.log
        ],
    }


def as_list(alerts: Sequence[Alert]) -> dict[str, Any]:  # Any: JSON
    """Return a list of alerts with what a list needs; each names its page."""
    kept = ("number", "version", "kind", "risk", "published", "updated", "withdrawn")
    also = ("title", "page", "summary")
    rows: list[Mapping[str, Any]] = [as_json(alert) for alert in alerts]  # Any: as above
    return {"alerts": [{name: row[name] for name in (*kept, *also)} for row in rows]}
