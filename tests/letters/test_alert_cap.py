"""Alerts leave as messages that the Common Alerting Protocol 1.2 allows, each naming those before it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.core.alerts import LANGUAGES, Alert, Kind, Part, Risk
from lionrock.core.tlp import Tlp
from lionrock.letters.cap import alert_cap
from tests.letters.alerts import AT, PUBLISHER, alert, sentence, texts, updated, withdrawn

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
Test = Callable[[str], bool]


def one_of(*values: str) -> Test:
    """Return a test for a closed list."""
    return lambda text: text in values


def like(pattern: str) -> Test:
    """Return a test for a form."""
    return lambda text: re.fullmatch(pattern, text) is not None


ANY: Test = lambda text: bool(text.strip())  # noqa: E731  # a value of the table below
NO_SPACE = like(r"[^\s,<&]+")
TIME = like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
# Section 3.2 of the specification and its schema: every child in order, how often it may stand
# there (at least, at most), and what it may hold.
ALERT: dict[str, tuple[int, int, Test | None]] = {
    "identifier": (1, 1, NO_SPACE),
    "sender": (1, 1, NO_SPACE),
    "sent": (1, 1, TIME),
    "status": (1, 1, one_of("Actual", "Exercise", "System", "Test", "Draft")),
    "msgType": (1, 1, one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    "source": (0, 1, ANY),
    "scope": (1, 1, one_of("Public", "Restricted", "Private")),
    "restriction": (0, 1, ANY),
    "addresses": (0, 1, ANY),
    "code": (0, 99, ANY),
    "note": (0, 1, ANY),
    "references": (0, 1, like(r"[^\s,]+,[^\s,]+,[^\s,]+( [^\s,]+,[^\s,]+,[^\s,]+)*")),
    "incidents": (0, 1, ANY),
    "info": (0, 99, None),
}
INFO: dict[str, tuple[int, int, Test | None]] = {
    "language": (0, 1, like(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")),
    "category": (
        1,
        99,
        one_of(
            "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
            "Infra", "CBRNE", "Other",
        ),
    ),
    "event": (1, 1, ANY),
    "responseType": (
        0,
        99,
        one_of(
            "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
            "None",
        ),
    ),
    "urgency": (1, 1, one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    "severity": (1, 1, one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    "certainty": (1, 1, one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    "audience": (0, 1, ANY),
    "eventCode": (0, 99, None),
    "effective": (0, 1, TIME),
    "onset": (0, 1, TIME),
    "expires": (0, 1, TIME),
    "senderName": (0, 1, ANY),
    "headline": (0, 1, ANY),
    "description": (0, 1, ANY),
    "instruction": (0, 1, ANY),
    "web": (0, 1, like(r"https://[!-~]+")),
    "contact": (0, 1, ANY),
    "parameter": (0, 9999, None),
    "resource": (0, 99, None),
    "area": (0, 99, None),
}  # fmt: skip
AREA: dict[str, tuple[int, int, Test | None]] = {
    "areaDesc": (1, 1, ANY),
    "polygon": (0, 99, ANY),
    "circle": (0, 99, ANY),
    "geocode": (0, 99, None),
    "altitude": (0, 1, ANY),
    "ceiling": (0, 1, ANY),
}
PAIR: dict[str, tuple[int, int, Test | None]] = {"valueName": (1, 1, ANY), "value": (1, 1, ANY)}
BELOW = {"info": INFO, "area": AREA, "parameter": PAIR, "eventCode": PAIR, "geocode": PAIR}


def held(element: Element, rules: dict[str, tuple[int, int, Test | None]]) -> None:
    """Hold an element's children against the specification: names, order, number, values."""
    names = [child.tag.removeprefix(CAP) for child in element]
    assert names == sorted(names, key=list(rules).index)
    for name, (least, most, test) in rules.items():
        assert least <= names.count(name) <= most, name
        for child in element.findall(CAP + name):
            if test is None:
                held(child, BELOW[name])
            else:
                assert not len(child)
                assert test(child.text or ""), f"{name}: {child.text!r}"


def message(one: Alert, *, publisher: object = PUBLISHER) -> Element:
    """Return the message, which the specification allows."""
    root: Element = fromstring(alert_cap(one, publisher=publisher))  # type: ignore[arg-type]  # one
    assert root.tag == f"{CAP}alert"
    held(root, ALERT)
    restricted = root.findtext(f"{CAP}scope") == "Restricted"
    assert restricted == (root.find(f"{CAP}restriction") is not None)
    late = root.findtext(f"{CAP}msgType") in {"Update", "Cancel"}
    assert late == (root.find(f"{CAP}references") is not None)
    return root


def text(root: Element, path: str) -> str:
    """Return the text of the first element at a path."""
    return root.findtext("/".join(CAP + name for name in path.split("/"))) or ""


def parameters(root: Element) -> list[tuple[str, str]]:
    """Return the parameters of the first info block."""
    return [
        (text(one, "valueName"), text(one, "value"))
        for one in root.find(f"{CAP}info") or ()
        if one.tag == f"{CAP}parameter"
    ]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_a_message_with_a_block_in_each_language(kind: Kind) -> None:
    root = message(alert(kind))
    infos = root.findall(f"{CAP}info")

    assert [text(info, "language") for info in infos] == list(LANGUAGES)
    assert [text(info, "headline") for info in infos] == list(alert(kind).title.values())
    for name in ("urgency", "severity", "certainty", "category"):
        assert len({text(info, name) for info in infos}) == 1
    assert text(root, "msgType") == "Alert"


def test_an_update_and_a_cancellation_name_every_message_before_them() -> None:
    one = alert()
    chain = [one, updated(one), updated(one, 2), withdrawn(updated(one, 2))]
    roots = [message(version) for version in chain]
    sent = [f"{text(r, 'sender')},{text(r, 'identifier')},{text(r, 'sent')}" for r in roots]

    assert [text(root, "msgType") for root in roots] == ["Alert", "Update", "Update", "Cancel"]
    assert len(set(sent)) == len(sent)
    for number, root in enumerate(roots):
        assert text(root, "references").split() == sent[:number]
        assert text(root, "incidents") == one.id


def test_a_cancellation_says_why_and_what_it_takes_back() -> None:
    root = message(withdrawn(alert()))

    assert text(root, "note") == "The names belong to Gull Post itself."
    assert text(root, "info/headline").startswith("Withdrawn: ")
    assert (text(root, "info/urgency"), text(root, "info/severity")) == ("Past", "Unknown")
    assert not [name for name, _ in parameters(root) if name.startswith("indicator")]


@pytest.mark.parametrize(
    ("risk", "severity"),
    [
        (Risk.LOW, "Minor"),
        (Risk.MEDIUM, "Moderate"),
        (Risk.HIGH, "Severe"),
        (Risk.EXTREME, "Extreme"),
    ],
)
def test_the_risk_is_the_severity(risk: Risk, severity: str) -> None:
    assert text(message(alert(risk=risk)), "info/severity") == severity


def test_what_was_not_seen_yet_is_likely_and_expected() -> None:
    early = message(alert(Kind.ANTICIPATORY))
    seen = message(alert(Kind.VULNERABILITY))

    assert (text(early, "info/urgency"), text(early, "info/certainty")) == ("Expected", "Likely")
    assert (text(seen, "info/urgency"), text(seen, "info/certainty")) == ("Immediate", "Observed")


@pytest.mark.parametrize("tlp", list(Tlp))
def test_what_is_not_for_everybody_is_restricted_by_its_label(tlp: Tlp) -> None:
    root = message(alert(tlp=tlp))

    assert text(root, "scope") == ("Public" if tlp is Tlp.CLEAR else "Restricted")
    assert tlp is Tlp.CLEAR or text(root, "restriction").startswith(f"{tlp.value}:")


def test_indicators_and_vulnerabilities_are_parameters_that_nobody_can_click() -> None:
    assert ("indicator:host", "gul1post[.]example") in parameters(message(alert()))
    assert ("cve", "CVE-2026-10001") in parameters(message(alert(Kind.VULNERABILITY)))


def test_what_to_do_is_the_instruction() -> None:
    info = message(alert())

    assert "Open the official app yourself" in text(info, "info/instruction")
    assert "Open the official app yourself" not in text(info, "info/description")
    assert "37 names" in text(info, "info/description")


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("UTC", "03:12:04-00:00"),
        ("Asia/Kathmandu", "08:57:04+05:45"),
        ("Africa/Abidjan", "03:12:04-00:00"),
    ],
)
def test_a_time_has_an_offset_and_never_a_z(zone: str, written: str) -> None:
    root = message(alert(), publisher=replace(PUBLISHER, zone=ZoneInfo(zone)))

    assert text(root, "sent") == f"2026-11-20T{written}"
    assert datetime.fromisoformat(text(root, "sent")).astimezone(UTC) == AT


def test_a_team_without_a_region_or_address_writes_a_message_too() -> None:
    root = message(alert(), publisher=replace(PUBLISHER, area={}, address="", countries=()))

    assert root.find(f"{CAP}info/{CAP}area") is None
    assert text(message(alert()), "info/area/areaDesc") == "The Isles"
    assert text(message(alert()), "info/area/geocode/value") == "XI"


@settings(max_examples=40)
@given(
    words=st.text(
        st.one_of(st.characters(), st.sampled_from("<>&\x00\x0b\u202e\u2066\uffff\ud800")),
        max_size=600,
    ).map(lambda words: f"a{words}")
)
def test_whatever_stands_in_an_alert_the_message_is_allowed(words: str) -> None:
    said = texts(words, words, words)
    root = message(alert(title=said, sentences=(sentence(Part.ADVICE, words, words, words),)))

    assert len(text(root, "info/headline")) <= 160
