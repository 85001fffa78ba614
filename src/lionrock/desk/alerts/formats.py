"""What programs read of published alerts: each format is made in ``letters``, and served and exported alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lionrock.core.alerts import Alert
from lionrock.desk.alerts.site import publisher
from lionrock.letters import alert_atom, alert_json, alert_misp, alert_rss, alert_stix, cap, csaf
from lionrock.letters.alert_publisher import Publisher

Make = Callable[[Alert, Publisher, Sequence[Alert]], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One machine format: the end of its name, what links call it, its media type, how it is made.

    ``make`` also gets what the alert was before, so that programs take back what it names no longer;
    ``fits`` says for which alerts there is such a file.
    """

    suffix: str
    title: str
    type: str
    make: Make
    fits: Callable[[Alert], bool] = lambda _alert: True


def _json(alert: Alert, by: Publisher, _earlier: Sequence[Alert]) -> bytes:
    return alert_json.alerts_json([alert], publisher=by)


def _stix(alert: Alert, by: Publisher, earlier: Sequence[Alert]) -> bytes:
    return alert_stix.alerts_stix([alert], publisher=by, earlier=earlier)


def _misp(alert: Alert, by: Publisher, earlier: Sequence[Alert]) -> bytes:
    return alert_misp.alert_misp(alert, publisher=by, earlier=earlier)


def _cap(alert: Alert, by: Publisher, _earlier: Sequence[Alert]) -> bytes:
    return cap.alert_cap(alert, publisher=by)


def _csaf(version: csaf.Csaf) -> Make:
    def make(alert: Alert, by: Publisher, _earlier: Sequence[Alert]) -> bytes:
        at = f"{by.home}{place_of_csaf(alert, version)}"
        return csaf.bulletin_csaf(alert, publisher=by, at=at, csaf=version)

    return make


def place_of_csaf(alert: Alert, version: csaf.Csaf) -> str:
    """Return where a bulletin's document stands, below the site's first folder: the format names the file."""
    return f"csaf/{version.value}/{csaf.file_name(alert)}"


def _is_bulletin(alert: Alert) -> bool:
    return alert.bulletin is not None


FILES: Final[tuple[File, ...]] = (
    File(suffix="alert.json", title="JSON", type=alert_json.CONTENT_TYPE, make=_json),
    File(suffix="stix.json", title="STIX 2.1", type=alert_stix.CONTENT_TYPE, make=_stix),
    File(suffix="misp.json", title="MISP", type=alert_misp.CONTENT_TYPE, make=_misp),
    File(suffix="cap.xml", title="CAP 1.2", type=cap.CONTENT_TYPE, make=_cap),
)
"""Every format beside the page, in the order in which links stand."""
CSAF: Final[dict[csaf.Csaf, Make]] = {version: _csaf(version) for version in csaf.Csaf}
"""Bulletins alone; the format itself says what its files are called."""


def file_of(suffix: str) -> File | None:
    """Return the format whose files end so."""
    return next((one for one in FILES if one.suffix == suffix), None)


def files_of(alert: Alert) -> dict[str, str]:
    """Return the titles and places of an alert's files, below the site's first folder."""
    some = {one.title: f"files/{alert.slug}.{one.suffix}" for one in FILES if one.fits(alert)}
    if _is_bulletin(alert):
        some |= {f"CSAF {version.value}": place_of_csaf(alert, version) for version in CSAF}
    return some


def every_file(alert: Alert, earlier: Sequence[Alert]) -> dict[str, bytes]:
    """Return all files of an alert by their places."""
    by = publisher()
    some = {
        f"files/{alert.slug}.{one.suffix}": one.make(alert, by, earlier)
        for one in FILES
        if one.fits(alert)
    }
    if _is_bulletin(alert):
        for version, make in CSAF.items():
            some[place_of_csaf(alert, version)] = make(alert, by, earlier)
    return some


def feeds(alerts: Sequence[Alert], language: str, *, now: datetime) -> dict[str, tuple[str, bytes]]:
    """Return the feeds of a language by file name: media type and content."""
    by = publisher()
    base = f"{by.home}{language.lower()}/"
    atom = alert_atom.alerts_atom(
        alerts, publisher=by, language=language, at=f"{base}feed.atom", now=now
    )
    rss = alert_rss.alerts_rss(
        alerts, publisher=by, language=language, at=f"{base}feed.rss", now=now
    )
    return {
        "feed.atom": (f"{alert_atom.CONTENT_TYPE}; charset=utf-8", atom),
        "feed.rss": (f"{alert_rss.CONTENT_TYPE}; charset=utf-8", rss),
    }


def newest_json(alerts: Sequence[Alert]) -> bytes:
    """Return the newest alerts as JSON."""
    return alert_json.alerts_json(alerts, publisher=publisher())
