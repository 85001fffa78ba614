"""Writes published alerts as JSON in a small format of our own, whose schema lies beside it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lionrock.core.alerts import LANGUAGES, Alert, Bulletin
from lionrock.letters.alert_checked import checked
from lionrock.letters.alert_harmless import Harmless, harmless_in, shown
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import told
from lionrock.letters.plainly import one_line

CONTENT_TYPE: Final = "application/json"
FORMAT: Final = "lionrock-alerts-1"
"""The name of the format; what is added to it later may be passed over by who does not know it."""

Json = dict[str, object]


def alerts_json(alerts: Iterable[Alert], *, publisher: Publisher) -> bytes:
    """Return one object: ``format``, ``publisher`` and ``alerts``, in the order given.

    Texts are plain, in every language, their indicators defanged; ``indicators`` hold each value both
    live, for programs, and as it is shown. What a sentence rests on stays in the house. A withdrawn
    alert keeps title, log and address, and has no sentences or indicators.
    """
    body: Json = {
        "format": FORMAT,
        "publisher": {
            "authority": publisher.authority,
            "names": {one: one_line(publisher.names[one]) for one in LANGUAGES},
            "home": publisher.home,
            **({"licence": publisher.licence} if publisher.licence else {}),
        },
        "alerts": [_alert(checked(alert), publisher) for alert in alerts],
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


@cache
def schema() -> dict[str, Any]:  # Any: JSON
    """Return the JSON Schema (2020-12) that everything ``alerts_json`` writes keeps to."""
    file = files("lionrock.letters") / "alert_schema.json"
    parsed: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))  # Any: as above
    return parsed


def _alert(alert: Alert, publisher: Publisher) -> Json:
    harmless = harmless_in(alert, ours=publisher.home)
    said = {one: told(alert, publisher=publisher, language=one) for one in LANGUAGES}
    state = "withdrawn" if alert.withdrawn else "updated" if alert.log else "published"
    body: Json = {
        "id": alert.id,
        "kind": alert.kind.value,
        "risk": alert.risk.value,
        "tlp": alert.tlp.value,
        "state": state,
        "version": alert.version,
        "published": _time(alert.published),
        "updated": _time(alert.updated),
        "pages": {language: one.page for language, one in said.items()},
        "title": {language: one.bare for language, one in said.items()},
        "log": [{"at": _time(at), "text": _texts(text, harmless)} for at, text in alert.log],
        "sentences": [],
        "indicators": [],
        "brands": [],
        "links": [],
    }
    if alert.withdrawn:
        return body
    return body | {
        "sentences": [
            {"part": one.part.value, "text": _texts(one.text, harmless)} for one in alert.sentences
        ],
        "indicators": [
            {"kind": one.kind, "value": one.value, "shown": shown(one)} for one in alert.indicators
        ],
        "brands": [harmless(brand) for brand in alert.brands],
        "links": [{"title": _texts(one.title, harmless), "url": one.url} for one in alert.links],
        **({"bulletin": _bulletin(alert.bulletin, harmless)} if alert.bulletin else {}),
    }


def _bulletin(bulletin: Bulletin, harmless: Harmless) -> Json:
    return {
        "vendor": harmless(bulletin.vendor),
        "products": [harmless(product) for product in bulletin.products],
        "cves": list(bulletin.cves),
        "impacts": [impact.value for impact in bulletin.impacts],
        "exploited": bulletin.exploited,
        "proof_public": bulletin.proof_public,
        "patched": bulletin.patched,
    }


def _texts(texts: dict[str, str], harmless: Harmless) -> dict[str, str]:
    return {language: harmless(texts[language]) for language in LANGUAGES}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
