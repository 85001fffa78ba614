"""What the feeds' lines mean: one problem is one problem whoever reports it, and harms nobody innocent."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.core.events import Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.problems import problem_of
from lionrock.core.rsit import Rsit
from lionrock.feeds import catalogue
from lionrock.feeds.objects.labels import meaning_of
from lionrock.feeds.reading import read_delivery
from lionrock.feeds.roles import severity_of
from tests.feeds.test_samples import delivery_of, samples

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
RATED_BY_THE_SOURCE = {"shadowserver", "intelmq"}


def read(feed: str, content: object, name: str = "delivery") -> list[Event | Reject]:
    text = content if isinstance(content, str) else json.dumps(content)
    delivery = Delivery.of(text.encode(), name=name, received=NOW)
    return list(read_delivery(catalogue()[feed], delivery))


def one(feed: str, content: object, name: str = "delivery") -> Event:
    [found] = read(feed, content, name)
    assert isinstance(found, Event), found
    return found


DEFACEMENTS = {
    "zone-h": '[["http://shop.example/", "http://shop.example/ notified by nobody", ""]]',
    "cymru-cap": "defacement | 192.0.2.1 | 64496 | 2026-11-19 00:00:00 |  | EXAMPLE",
    "cert-eu": "source ip,type,source time,url\n192.0.2.1,defacement,2026-11-19T00:00:00Z,\n",
    "n6": [{"id": "1", "time": "2026-11-19T00:00:00Z", "category": "deface", "fqdn": "a.example"}],
    "intelmq": [
        {"classification.type": "defacement", "time.source": "2026-11-19", "source.ip": "192.0.2.1"}
    ],
}


@pytest.mark.parametrize("feed", sorted(DEFACEMENTS))
def test_a_defacement_is_the_same_problem_whoever_reports_it(feed: str) -> None:
    problem = problem_of(one(feed, DEFACEMENTS[feed]))
    assert problem.kind is Rsit.UNAUTHORISED_MODIFICATION
    assert problem.key == f"{Rsit.UNAUTHORISED_MODIFICATION.value}|defacement"


@pytest.mark.parametrize("label", ['rsit:intrusions="defacement"', "defacement"])
def test_a_label_that_says_defacement_means_the_same(label: str) -> None:
    meaning = meaning_of([label])
    assert meaning is not None
    assert (meaning.kind, meaning.variant) == (Rsit.UNAUTHORISED_MODIFICATION, "defacement")


KNOWN_HOLES = {
    "blocklist-de": ("192.0.2.1\n", "apache.txt"),
    "cymru-cap": ("honeypot | 192.0.2.1 | 64496 | 2026-11-19 00:00:00 |  | EXAMPLE", ""),
    "cesnet-warden": (
        {
            "Format": "IDEA0",
            "ID": "1",
            "DetectTime": "2026-11-19T00:00:00Z",
            "Category": ["Attempt.Exploit"],
            "Source": [{"IP4": ["192.0.2.1"]}],
        },
        "",
    ),
    "n6": (
        [
            {
                "id": "1",
                "time": "2026-11-19T00:00:00Z",
                "category": "server-exploit",
                "address": [{"ip": "192.0.2.1"}],
            }
        ],
        "",
    ),
}


@pytest.mark.parametrize("feed", sorted(KNOWN_HOLES))
def test_who_tries_known_holes_is_named_by_the_taxonomys_word_for_that(feed: str) -> None:
    content, name = KNOWN_HOLES[feed]
    found = one(feed, content, name or "delivery")
    assert (found.kind, found.part) == (Rsit.IDS_ALERT, Part.SOURCE)


@pytest.mark.parametrize("sample", samples(), ids=lambda s: f"{s.parent.name}/{s.name}")
def test_what_is_not_called_a_problem_is_for_information_alone(sample: Path) -> None:
    """Such episodes reach nobody unless a rule says so: their recipient could do nothing."""

    feed = sample.parent.name
    if feed in RATED_BY_THE_SOURCE:
        return
    for record in read_delivery(catalogue()[feed], delivery_of(sample)):
        if isinstance(record, Event) and record.kind.classification in {"other", "test"}:
            assert record.severity is Severity.INFO, record


@pytest.mark.parametrize(
    ("feed", "line"),
    [
        ("bambenek", "abcdefgh.example,Domain used by Locky DGA for 19 Nov 2026,2026-11-19,x\n"),
        ("netlab-360", "locky\tabcdefgh.example\t2026-11-19 00:00:00\t2026-11-20 00:00:00\n"),
    ],
)
def test_a_name_that_malware_could_generate_accuses_nobody(feed: str, line: str) -> None:
    found = one(feed, line)
    assert (found.kind, found.variant) == (Rsit.C2_SERVER, "dga")
    assert found.severity is Severity.INFO


def test_a_network_that_is_merely_listed_is_told_to_nobody_by_itself() -> None:
    found = one("spamhaus-drop", "192.0.2.0/24 ; SBL000001\n")
    assert (found.severity, found.variant) == (Severity.INFO, "blocklist")


def test_an_open_tunnel_relay_stands_open_and_attacks_nobody() -> None:
    row = "64496  |  EXAMPLE  |  192.0.2.1  |  2026-11-19 00:00:00  |  proto41\n"
    found = one("dataplane", row)
    assert (found.kind, found.part) == (Rsit.UNWANTED_ACCESSIBLE, Part.HOST)
    assert found.seen is Seen.LISTED


@pytest.mark.parametrize(
    ("old", "kind", "severity"),
    [
        ("c2-server", Rsit.C2_SERVER, Severity.CRITICAL),
        ("ransomware", Rsit.INFECTED_SYSTEM, Severity.HIGH),
        ("dga-domain", Rsit.C2_SERVER, Severity.INFO),
        ("tor", Rsit.OTHER, Severity.INFO),
        ("scanner", Rsit.SCANNER, Severity.LOW),
    ],
)
def test_what_intelmq_does_not_rate_is_rated_by_its_kind(
    old: str, kind: Rsit, severity: Severity
) -> None:
    event = {"classification.type": old, "time.source": "2026-11-19", "source.ip": "192.0.2.1"}
    found = one("intelmq", [event])
    assert (found.kind, found.severity) == (kind, severity)


@pytest.mark.parametrize("kind", [Rsit.OTHER, Rsit.UNDETERMINED, Rsit.TEST])
def test_no_kind_that_names_no_problem_is_rated_above_information(kind: Rsit) -> None:
    assert severity_of(kind) is Severity.INFO


def test_an_infected_machine_calls_its_server_and_does_not_attack_it() -> None:
    bot = {
        "id": "1",
        "time": "2026-11-19T00:00:00Z",
        "category": "bots",
        "address": [{"ip": "192.0.2.1"}],
        "dip": "203.0.113.9",
    }
    found = one("n6", [bot])
    assert (found.part, found.other_part) == (Part.SOURCE, Part.HOST)
    event = {
        "classification.type": "infected-system",
        "time.source": "2026-11-19",
        "source.ip": "192.0.2.1",
        "destination.ip": "203.0.113.9",
    }
    assert one("intelmq", [event]).other_part is Part.HOST


@pytest.mark.parametrize(
    ("confidence", "severity"), [("100", Severity.CRITICAL), ("25", Severity.MEDIUM)]
)
def test_what_threatfox_doubts_is_not_told_at_once(confidence: str, severity: Severity) -> None:
    entry = {
        "id": "1",
        "ioc": "192.0.2.1:443",
        "ioc_type": "ip:port",
        "threat_type": "botnet_cc",
        "first_seen": "2026-11-19 00:00:00 UTC",
        "confidence_level": int(confidence),
    }
    assert one("threatfox", {"query_status": "ok", "data": [entry]}).severity is severity


def test_every_target_of_an_attack_is_kept() -> None:
    message = {
        "Format": "IDEA0",
        "ID": "1",
        "DetectTime": "2026-11-19T00:00:00Z",
        "Category": ["Recon.Scanning"],
        "Source": [{"IP4": ["192.0.2.1"]}],
        "Target": [{"IP4": ["203.0.113.1", "203.0.113.2"]}],
    }
    found = one("cesnet-warden", message)
    assert found.details["Target"] == ("203.0.113.1", "203.0.113.2")


def test_every_family_of_a_pulse_is_kept() -> None:
    pulse = {
        "id": "p1",
        "created": "2026-11-19T00:00:00",
        "malware_families": [{"id": "a", "display_name": "Alpha"}, "Beta"],
        "indicators": [{"type": "IPv4", "indicator": "192.0.2.1", "role": "c2"}],
    }
    found = one("otx", [pulse])
    assert found.family == "alpha"
    assert found.details["malware_families"] == ("Alpha", "Beta")


def test_every_server_that_a_machine_called_is_kept() -> None:
    record = {
        "FirstReportedDateTime": "2026-11-19T00:00:00Z",
        "NetworkSourceIpv4": "192.0.2.1",
        "NetworkDestinationIpv4": "203.0.113.1,203.0.113.2",
    }
    found = one("microsoft-ctip", [record])
    assert found.other is not None
    assert found.other.value == "203.0.113.1"
    assert found.details["networkdestination"] == ("203.0.113.1", "203.0.113.2")


def test_who_sent_a_phishing_mail_holds_no_phishing_page() -> None:
    mail = (
        "From: fbl@provider.example\nDate: Thu, 19 Nov 2026 00:00:00 +0000\nSubject: report\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: fraud\nUser-Agent: x/1\nVersion: 1\nSource-IP: 192.0.2.1\n\n--b--\n"
    )
    found = one("arf", mail)
    assert (found.kind, found.part, found.variant) == (Rsit.SPAM, Part.SOURCE, "phishing")


@pytest.mark.parametrize(
    ("day", "severity"), [("19-11-2026", Severity.CRITICAL), ("19-11-2019", Severity.INFO)]
)
def test_a_control_panel_of_years_ago_is_told_to_nobody_by_itself(
    day: str, severity: Severity
) -> None:
    rows = f"Family,URL,IP,FirstSeen\nLoki,http://panel.example/,192.0.2.1,{day}\n"
    assert one("viriback", rows).severity is severity


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("C2 of the campaign", Rsit.C2_SERVER),
        ("Command and Control", Rsit.C2_SERVER),
        ("hosted on EC2", Rsit.UNDETERMINED),
        ("see abc2def", Rsit.UNDETERMINED),
    ],
)
def test_only_the_word_itself_makes_a_control_server(words: str, kind: Rsit) -> None:
    entry = {"indicator": "192.0.2.1", "description": words}
    assert one("indicator-json", [entry]).kind is kind
    meaning = meaning_of([words])
    assert (meaning.kind if meaning else Rsit.UNDETERMINED) is kind


@pytest.mark.parametrize(
    ("first", "last", "severity"),
    [
        ("2026-11-18T00:00:00Z", "", Severity.CRITICAL),
        ("2014-11-18T00:00:00Z", "", Severity.INFO),
        ("2014-11-18T00:00:00Z", "2026-11-18T00:00:00Z", Severity.CRITICAL),
    ],
)
def test_a_partners_indicator_of_years_ago_is_told_to_nobody_by_itself(
    first: str, last: str, severity: Severity
) -> None:
    attribute = {
        "type": "ip-dst",
        "value": "192.0.2.1",
        "to_ids": True,
        "category": "Network activity",
        "first_seen": first,
        "Tag": [{"name": 'rsit:malicious-code="c2-server"'}],
    }
    if last:
        attribute["last_seen"] = last
    assert one("misp", {"Event": {"info": "x", "Attribute": [attribute]}}).severity is severity


@pytest.mark.parametrize(
    ("until", "severity"),
    [("2026-12-01T00:00:00Z", Severity.CRITICAL), ("2026-11-19T00:00:00Z", Severity.INFO)],
)
def test_an_indicator_that_is_no_longer_valid_accuses_nobody(
    until: str, severity: Severity
) -> None:
    indicator = {
        "type": "indicator",
        "id": "indicator--00000000-0000-4000-8000-000000000001",
        "name": "C2 server",
        "pattern": "[ipv4-addr:value = '192.0.2.1']",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_until": until,
    }
    assert one("stix", {"type": "bundle", "objects": [indicator]}).severity is severity
