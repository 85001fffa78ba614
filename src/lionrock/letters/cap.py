"""Writes an alert as a message of the Common Alerting Protocol 1.2 (OASIS), one info block per language."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from lionrock.core.alerts import LANGUAGES, Alert, Kind, Risk
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_checked import checked
from lionrock.letters.alert_harmless import shown
from lionrock.letters.alert_markup import document
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import Told, numbered, told, words_in
from lionrock.letters.plainly import one_line

CONTENT_TYPE: Final = "application/cap+xml"
NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"

_HEADLINE: Final = 160
"""Characters that the specification counts on a receiver to show of a headline."""
_SEVERITY: Final = {
    Risk.LOW: "Minor",
    Risk.MEDIUM: "Moderate",
    Risk.HIGH: "Severe",
    Risk.EXTREME: "Extreme",
}
_DO: Final = ("solutions", "advice", "victims")
"""The sections that say what to do: they make the instruction, the others the description."""


def alert_cap(alert: Alert, *, publisher: Publisher) -> bytes:
    """Return the message of the alert's newest version.

    The first version is an Alert, every later one an Update, a withdrawal a Cancel; the later ones
    name all earlier messages in ``references``. What an identifier is made of (the alert's number and
    how many updates it had) and when each was sent follow from the alert alone, so none is kept.
    """
    alert = checked(alert)
    times = [alert.published, *(at for at, _ in alert.log)]
    number = len(times) - 1
    root = Element("alert", {"xmlns": NAMESPACE})
    SubElement(root, "identifier").text = _identifier(alert, publisher, number)
    SubElement(root, "sender").text = publisher.authority
    SubElement(root, "sent").text = _time(times[number], publisher)
    SubElement(root, "status").text = "Actual"
    SubElement(root, "msgType").text = (
        "Cancel" if alert.withdrawn else "Update" if number else "Alert"
    )
    if alert.tlp is Tlp.CLEAR:
        SubElement(root, "scope").text = "Public"
    else:
        SubElement(root, "scope").text = "Restricted"
        SubElement(root, "restriction").text = words_in("en")["tlp_labels"][alert.tlp.value]
    if alert.withdrawn:
        SubElement(root, "note").text = told(alert, publisher=publisher, language="en").news
    if number:
        SubElement(root, "references").text = " ".join(
            f"{publisher.authority},{_identifier(alert, publisher, earlier)},{_time(at, publisher)}"
            for earlier, at in enumerate(times[:-1])
        )
    SubElement(root, "incidents").text = alert.id
    for language in LANGUAGES:
        _info(root, alert, told(alert, publisher=publisher, language=language), publisher)
    return document(root)


def _info(root: Element, alert: Alert, said: Told, publisher: Publisher) -> None:
    words = words_in(said.language)
    info = SubElement(root, "info")
    SubElement(info, "language").text = said.language
    SubElement(info, "category").text = "Security"
    SubElement(info, "category").text = "Infra"
    SubElement(info, "event").text = words["kinds"][alert.kind.value]
    if not alert.withdrawn:
        SubElement(info, "responseType").text = (
            "Prepare" if alert.kind in {Kind.VULNERABILITY, Kind.BOTNET} else "Avoid"
        )
    urgency, severity, certainty = _judged(alert)
    SubElement(info, "urgency").text = urgency
    SubElement(info, "severity").text = severity
    SubElement(info, "certainty").text = certainty
    SubElement(info, "effective").text = _time(alert.updated, publisher)
    SubElement(info, "senderName").text = one_line(publisher.names[said.language])
    SubElement(info, "headline").text = one_line(said.title, _HEADLINE)
    SubElement(info, "description").text = (
        said.text(*_DO, "indicators", "identifiers") or said.title
    )
    if doing := "\n\n".join(_instructions(said)):
        SubElement(info, "instruction").text = doing
    SubElement(info, "web").text = said.page
    if publisher.address:
        SubElement(info, "contact").text = publisher.address
    for name, value in _parameters(alert):
        parameter = SubElement(info, "parameter")
        SubElement(parameter, "valueName").text = name
        SubElement(parameter, "value").text = value
    if where := one_line(publisher.area.get(said.language, "")):
        area = SubElement(info, "area")
        SubElement(area, "areaDesc").text = where
        for country in publisher.countries:
            geocode = SubElement(area, "geocode")
            SubElement(geocode, "valueName").text = "ISO 3166-1"
            SubElement(geocode, "value").text = country


def _judged(alert: Alert) -> tuple[str, str, str]:
    """Return urgency, severity and certainty; of what was withdrawn, nothing is held any more."""
    if alert.withdrawn:
        return "Past", "Unknown", "Unknown"
    if alert.kind is Kind.ANTICIPATORY:
        return "Expected", _SEVERITY[alert.risk], "Likely"
    if alert.bulletin is not None and not alert.bulletin.exploited:
        return "Expected", _SEVERITY[alert.risk], "Likely"
    return "Immediate", _SEVERITY[alert.risk], "Observed"


def _instructions(said: Told) -> Iterator[str]:
    for section in said.sections:
        if section.name in _DO:
            yield "\n".join((section.title, *numbered(section)))


def _parameters(alert: Alert) -> Iterator[tuple[str, str]]:
    """Yield what CAP has no element for, indicators in the form that people read."""
    yield "kind", alert.kind.value
    yield "risk", alert.risk.value
    yield "tlp", alert.tlp.value
    yield "version", str(alert.version)
    if alert.withdrawn:
        return
    for indicator in alert.indicators:
        yield f"indicator:{indicator.kind}", shown(indicator)
    for cve in alert.bulletin.cves if alert.bulletin else ():
        yield "cve", cve


def _identifier(alert: Alert, publisher: Publisher, number: int) -> str:
    return f"{publisher.authority}-{alert.id}-{number}"


def _time(at: datetime, publisher: Publisher) -> str:
    """Return a time with its offset; the protocol forbids ``Z``, and writes UTC as ``-00:00``."""
    local = at.astimezone(publisher.zone)
    written = local.isoformat(timespec="seconds")[:25]
    return written.removesuffix("+00:00") + "-00:00" if written.endswith("+00:00") else written
