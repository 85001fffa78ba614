"""X-ARF, STIX and MISP: what is valid is read, what is marked stays marked, what is withdrawn is not told."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lionrock.core.events import Event, Part, Reject
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds import catalogue
from lionrock.feeds.mailing.xarf4 import invalid
from lionrock.feeds.misp import entries
from lionrock.feeds.objects.labels import family_of, meaning_of, tlp_of
from lionrock.feeds.objects.patterns import compared
from lionrock.feeds.reading import read_delivery

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def read(feed: str, value: Any) -> list[Event | Reject]:  # anything json.dumps takes
    delivery = Delivery.of(json.dumps(value).encode(), name="x.json", received=NOW)
    return list(read_delivery(catalogue()[feed], delivery))


def contact() -> dict[str, str]:
    return {"org": "Example CERT", "contact": "abuse@cert.example", "domain": "cert.example"}


def report(**fields: Any) -> dict[str, Any]:  # any JSON values
    return {
        "xarf_version": "4.2.0",
        "report_id": "00000000-0000-4000-8000-000000000001",
        "timestamp": "2026-11-19T12:00:00Z",
        "reporter": contact(),
        "sender": contact(),
        "source_identifier": "192.0.2.1",
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "kind", "part"),
    [
        ({"category": "messaging", "type": "spam", "protocol": "smtp", "source_port": 25,
          "smtp_from": "a@b.example"}, Rsit.SPAM, Part.SOURCE),
        ({"category": "vulnerability", "type": "open_service", "service": "rdp"},
         Rsit.UNWANTED_ACCESSIBLE, Part.HOST),
        ({"category": "infrastructure", "type": "botnet", "compromise_evidence": "seen"},
         Rsit.INFECTED_SYSTEM, Part.SOURCE),
        ({"category": "content", "type": "phishing", "url": "https://a.example/x"},
         Rsit.PHISHING, Part.HOST),
        ({"category": "reputation", "type": "blocklist", "threat_type": "command_and_control"},
         Rsit.C2_SERVER, Part.HOST),
        ({"category": "reputation", "type": "blocklist", "threat_type": "who knows"},
         Rsit.UNDETERMINED, Part.HOST),
    ],
)  # fmt: skip
def test_a_category_and_type_says_the_kind(fields: dict[str, Any], kind: Rsit, part: Part) -> None:
    assert invalid(report(**fields)) == []
    (found,) = read("xarf", report(**fields))
    assert isinstance(found, Event)
    assert (found.kind, found.part) == (kind, part)


def test_an_invalid_report_is_rejected_with_the_schemas_reason() -> None:
    (found,) = read("xarf", report(category="content", type="phishing"))
    assert isinstance(found, Reject)
    assert "url" in found.why


@pytest.mark.shared
def test_every_valid_xarf_is_read_and_every_invalid_one_rejected(shared_data: Path) -> None:
    wrong = []
    for file in sorted((shared_data / "feeds" / "xarf").rglob("*.json")):
        found = read("xarf", json.loads(file.read_text(encoding="utf-8")))
        valid = file.parent.name != "abusix-negative"
        if len(found) != 1 or isinstance(found[0], Event) is not valid:
            wrong.append(f"{file.parent.name}/{file.name}: {found}")
    assert wrong == []


def test_a_pattern_gives_each_value_and_no_negated_one() -> None:
    pattern = (
        r"[ipv4-addr:value = '192.0.2.1' AND NOT ipv4-addr:value = 'x'] OR "
        r"[domain-name:value IN ('a.example', 'b\'s.example')] OR [url:value != 'http://c.example/']"
    )
    found = [(c.type, c.value) for c in compared(pattern)]
    assert ("domain-name", "a.example") in found
    assert ("domain-name", "b's.example") in found
    assert ("url", "http://c.example/") not in found


def test_a_pattern_written_to_be_slow_is_read_in_a_blink() -> None:
    assert list(compared("[a:" + "b" * 200_000 + " = '" + "\\" * 50_000)) == []
    assert list(compared("(" * 100_000)) == []


@pytest.mark.parametrize(
    ("ref", "tlp"),
    [
        ("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp.AMBER),
        ("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp.AMBER_STRICT),
        ("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp.CLEAR),
    ],
)
def test_markings_of_both_tlp_versions_are_known(ref: str, tlp: Tlp) -> None:
    indicator = {
        "type": "indicator",
        "id": "indicator--1",
        "pattern": "[ipv4-addr:value = '192.0.2.1']",
        "pattern_type": "stix",
        "valid_from": "2026-11-19T00:00:00Z",
        "object_marking_refs": [ref],
    }
    (found,) = read("stix", {"type": "bundle", "objects": [indicator]})
    assert isinstance(found, Event)
    assert found.tlp is tlp


def test_objects_that_point_at_one_another_end() -> None:
    objects = [
        {
            "type": "relationship",
            "id": "relationship--1",
            "source_ref": "malware--1",
            "target_ref": "malware--1",
        },
        {"type": "malware", "id": "malware--1", "name": "X"},
        {"type": "observed-data", "id": "observed-data--1", "object_refs": ["observed-data--1"]},
    ]
    found = read("stix", {"type": "bundle", "objects": objects})
    assert [type(record) for record in found] == [Reject]


def test_labels_name_tlp_kind_and_family() -> None:
    labels = [
        "tlp:green",
        "tlp:amber+strict",
        'misp-galaxy:malpedia="Emotet"',
        'rsit:fraud="phishing"',
    ]
    assert tlp_of(labels) is Tlp.AMBER_STRICT
    assert family_of(labels) == "emotet"
    meaning = meaning_of(labels)
    assert meaning is not None
    assert meaning.kind is Rsit.PHISHING


def test_a_deleted_attribute_is_a_reject_and_no_event() -> None:
    attribute = {"type": "domain", "value": "a.example", "to_ids": True, "deleted": True}
    (found,) = read("misp", {"Event": {"info": "x", "Attribute": [attribute]}})
    assert isinstance(found, Reject)
    assert found.why == "was deleted by its author"


def test_an_attribute_not_meant_for_detection_is_only_informative() -> None:
    attribute = {"type": "domain", "value": "a.example", "to_ids": False}
    (found,) = read("misp", {"Event": {"info": "x", "Attribute": [attribute]}})
    assert isinstance(found, Event)
    assert found.severity.value == "info"


def test_a_manifest_lists_the_events_to_fetch_and_says_nothing_itself() -> None:
    manifest = {"00000000-0000-4000-8000-000000000001": {"info": "x"}, "../../etc/passwd": {}}
    assert list(entries(manifest)) == ["00000000-0000-4000-8000-000000000001"]
    assert read("misp", {"00000000-0000-4000-8000-000000000001": {"info": "x"}}) == []


def test_the_attributes_of_a_file_are_one_event_by_its_best_hash() -> None:
    attributes = [
        {"type": "md5", "object_relation": "md5", "value": "0" * 32, "to_ids": True},
        {"type": "sha256", "object_relation": "sha256", "value": "0" * 64, "to_ids": True},
        {"type": "filename", "object_relation": "filename", "value": "a.exe", "to_ids": False},
    ]
    event = {"Event": {"info": "x", "Object": [{"name": "file", "Attribute": attributes}]}}
    (found,) = read("misp", event)
    assert isinstance(found, Event)
    assert found.asset.value == f"sha256:{'0' * 64}"
    assert found.details["md5"] == "0" * 32
