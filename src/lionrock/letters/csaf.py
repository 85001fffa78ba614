"""Writes a vulnerability bulletin as a CSAF document (OASIS, Common Security Advisory Framework 2.0 and 2.1)."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Final

from lionrock.core.alerts import LANGUAGES, Alert, Bulletin, Part
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_checked import checked
from lionrock.letters.alert_harmless import harmless_in
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import Section, Told, numbered, told, words_in
from lionrock.letters.plainly import one_line

CONTENT_TYPE: Final = "application/json"

_NOTES: Final = {
    "lead": "summary",
    "withdrawn": "general",
    "notes": "general",
    "trend": "details",
    "affected": "details",
    "advice": "general",
}
"""Which section is a note of which category; what has a place of its own in CSAF is none."""
_WITHDRAWN: Final = "Reasoning for Withdrawal"
_UNSAFE: Final = re.compile(r"[^+\-a-z0-9]+")

Json = dict[str, object]


class Csaf(StrEnum):
    """A version of the format."""

    V2_0 = "2.0"
    V2_1 = "2.1"


def bulletin_csaf(alert: Alert, *, publisher: Publisher, at: str, csaf: Csaf) -> bytes:
    """Return the document that stands at the address ``at``, which ends with its ``file_name``.

    Raise GiveUp for an alert that is no bulletin. English is the document's language; notes,
    remediations and threats are told in all three, since CSAF has no place for translations. The
    revision history is the alert's log. A withdrawn bulletin names no vulnerability any more: in 2.1
    it is of the profile that says so, in 2.0, which has none, of the base profile.
    """
    alert = checked(alert)
    bulletin = alert.bulletin
    if bulletin is None:
        raise GiveUp(f"{alert.id} is no bulletin")
    if not at.endswith(f"/{file_name(alert)}"):
        raise GiveUp(f"the file of {alert.id} is called {file_name(alert)}")
    said = {one: told(alert, publisher=publisher, language=one) for one in LANGUAGES}
    body: Json = {}
    if csaf is Csaf.V2_1:
        body["$schema"] = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json"
    body["document"] = _document(alert, said, publisher=publisher, at=at, csaf=csaf)
    if not alert.withdrawn:
        harmless = harmless_in(alert, ours=publisher.home)
        products = tuple(dict.fromkeys(map(harmless, bulletin.products)))
        body["product_tree"] = _products(harmless(bulletin.vendor), products)
        ids = [_product_id(number) for number in range(1, len(products) + 1)]
        body["vulnerabilities"] = list(_vulnerabilities(alert, bulletin, said, ids, publisher))
    return (json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def file_name(alert: Alert) -> str:
    """Return what the format calls the file (5.1): the tracking id in small letters."""
    return _UNSAFE.sub("_", alert.id.lower()) + ".json"


def _document(
    alert: Alert, said: dict[str, Told], *, publisher: Publisher, at: str, csaf: Csaf
) -> Json:
    withdrawn = "csaf_withdrawn" if csaf is Csaf.V2_1 else "csaf_base"
    licence = csaf is Csaf.V2_1 and publisher.licence
    return {
        **({"license_expression": licence} if licence else {}),
        "category": withdrawn if alert.withdrawn else "csaf_security_advisory",
        "csaf_version": csaf.value,
        "title": said["en"].title,
        "lang": "en",
        "aggregate_severity": {
            "namespace": publisher.home,
            "text": words_in("en")["risks"][alert.risk.value],
        },
        "distribution": _distribution(alert.tlp, csaf),
        "publisher": _publisher(publisher, csaf),
        "notes": [note for one in said.values() for note in _notes(one, alert)],
        "references": list(_references(said, at)),
        "tracking": _tracking(alert, publisher),
    }


def _distribution(tlp: Tlp, csaf: Csaf) -> Json:
    label = tlp.value.removeprefix("TLP:")
    if csaf is Csaf.V2_0:
        # The TLP of before 2022: CLEAR was called WHITE, and nothing was stricter than AMBER but RED.
        label = {"CLEAR": "WHITE", "AMBER+STRICT": "RED"}.get(label, label)
    return {
        "text": words_in("en")["tlp_labels"][tlp.value],
        "tlp": {"label": label, "url": "https://www.first.org/tlp/"},
    }


def _publisher(publisher: Publisher, csaf: Csaf) -> Json:
    return {
        # 2.0 counts every CERT among the coordinators; 2.1 has a word for who passes on what others found.
        "category": "multiplier" if csaf is Csaf.V2_1 else "coordinator",
        "name": one_line(publisher.names["en"]),
        "namespace": f"https://{publisher.authority}",
        **_contact(publisher, csaf),
    }


def _contact(publisher: Publisher, csaf: Csaf) -> Json:
    if csaf is Csaf.V2_0:
        details = ", ".join(filter(None, (publisher.address, publisher.phone)))
        return {"contact_details": details} if details else {}
    known = {"email": publisher.address, "details": publisher.phone}
    contact = {name: value for name, value in known.items() if value}
    return {"contact": contact} if contact else {}


def _tracking(alert: Alert, publisher: Publisher) -> Json:
    texts = [(alert.published, words_in("en")["first"]), *_changes(alert, publisher)]
    history = [
        {"number": str(number), "date": _time(when), "summary": text}
        for number, (when, text) in enumerate(texts, start=1)
    ]
    return {
        "id": alert.id,
        "status": "final",
        "version": str(len(history)),
        "initial_release_date": _time(alert.published),
        "current_release_date": history[-1]["date"],
        "revision_history": history,
        "generator": {"engine": {"name": "Lionrock", "version": version("lionrock")}},
    }


def _changes(alert: Alert, publisher: Publisher) -> Iterator[tuple[datetime, str]]:
    harmless = harmless_in(alert, ours=publisher.home)
    for when, text in alert.log:
        yield when, harmless(text["en"])


def _notes(said: Told, alert: Alert) -> Iterator[Json]:
    words = words_in(said.language)
    for section in said.sections:
        if section.name == "withdrawn" and said.language == "en":
            # The profile knows the note by this title (CSAF 2.1, 4.6).
            yield {"category": "description", "title": _WITHDRAWN, "text": _text(section)}
        elif section.name in _NOTES:
            title = f"{section.title} ({words['language']})"
            yield {"category": _NOTES[section.name], "title": title, "text": _text(section)}
    if alert.log:
        title = f"{words['parts']['log']} ({words['language']})"
        yield {"category": "other", "title": title, "text": "\n".join(said.history)}


def _references(said: dict[str, Told], at: str) -> Iterator[Json]:
    yield {"category": "self", "summary": words_in("en")["document"], "url": at}
    for language, one in said.items():
        yield {"category": "self", "summary": words_in(language)["language"], "url": one.page}
    for title, url in said["en"].links:
        yield {"category": "external", "summary": title, "url": url}


def _products(vendor: str, products: tuple[str, ...]) -> Json:
    return {
        "branches": [
            {
                "category": "vendor",
                "name": vendor,
                "branches": [
                    {
                        "category": "product_name",
                        "name": product,
                        "product": {
                            "name": f"{vendor} {product}",
                            "product_id": _product_id(number),
                        },
                    }
                    for number, product in enumerate(products, start=1)
                ],
            }
        ]
    }


def _product_id(number: int) -> str:
    return f"CSAFPID-{number:04d}"


def _vulnerabilities(
    alert: Alert,
    bulletin: Bulletin,
    said: dict[str, Told],
    products: list[str],
    publisher: Publisher,
) -> Iterator[Json]:
    """Yield one vulnerability per CVE; where none has a number yet, the bulletin's as a whole."""
    shared: Json = {
        "product_status": {"known_affected": products},
        "notes": [
            {
                "category": "description",
                "title": f"{words_in(language)['parts']['lead']} ({words_in(language)['language']})",
                "text": one.summary or one.title,
            }
            for language, one in said.items()
        ],
        "remediations": list(_remediations(alert, bulletin, said, products)),
        "threats": list(_threats(bulletin, products)),
    }
    for cve in dict.fromkeys(bulletin.cves):
        yield {"cve": cve, "title": cve, **shared}
    if not bulletin.cves:
        own = {"system_name": one_line(publisher.names["en"]), "text": alert.id}
        yield {"ids": [own], "title": said["en"].bare, **shared}


def _remediations(
    alert: Alert, bulletin: Bulletin, said: dict[str, Told], products: list[str]
) -> Iterator[Json]:
    told_in = [
        "\n".join(numbered(section))
        for one in said.values()
        for section in one.sections
        if section.name == "solutions"
    ]
    unpatched = [words_in(language)["unpatched"] for language in LANGUAGES]
    solved = any(alert.of(Part.SOLUTIONS))
    category = "vendor_fix" if bulletin.patched else "mitigation" if solved else "none_available"
    links = said["en"].links
    yield {
        "category": category,
        "details": "\n\n".join(told_in or ([said["en"].title] if bulletin.patched else unpatched)),
        "product_ids": products,
        **({"url": links[0][1]} if links and bulletin.patched else {}),
    }


def _threats(bulletin: Bulletin, products: list[str]) -> Iterator[Json]:
    for said in (
        *(("exploited",) if bulletin.exploited else ()),
        *(("proof",) if bulletin.proof_public else ()),
    ):
        yield {
            "category": "exploit_status",
            "details": "\n".join(words_in(language)[said] for language in LANGUAGES),
            "product_ids": products,
        }
    for impact in dict.fromkeys(bulletin.impacts):
        yield {
            "category": "impact",
            "details": "\n".join(words_in(one)["impacts"][impact.value] for one in LANGUAGES),
            "product_ids": products,
        }


def _text(section: Section) -> str:
    return "\n".join(numbered(section))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
