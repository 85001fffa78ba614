"""Alerts leave as STIX that others' libraries read: a report, its indicators, whom it imitates."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.validator import run_validator  # type: ignore[import-untyped]  # it has no types

from lionrock.core.alerts import LANGUAGES, Alert, Indicator, Kind
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_stix import alerts_stix
from tests.letters.alerts import EVERY, PUBLISHER, alert, updated, withdrawn

SAMPLE = Path("../shared/targets/fixtures/stix-phishing-alert-sample.json")
Json = dict[str, Any]  # Any: JSON


def bundle(*alerts: Alert, earlier: tuple[Alert, ...] = ()) -> dict[str, list[Json]]:
    """Return the objects by type, after the library has read them and every reference was followed."""
    text = alerts_stix(alerts, publisher=PUBLISHER, earlier=earlier).decode()
    stix2.parse(text, allow_custom=False)
    objects = json.loads(text)["objects"]
    ids = [one["id"] for one in objects]
    assert len(set(ids)) == len(ids)
    refs = re.findall(r'"([a-z-]+--[0-9a-f-]{36})"', text)
    extensions = {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"}
    assert {ref for ref in refs if not ref.startswith("bundle--")} <= set(ids) | extensions
    found: dict[str, list[Json]] = {}
    for one in objects:
        found.setdefault(one["type"], []).append(one)
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_a_report_in_three_languages(kind: Kind) -> None:
    found = bundle(alert(kind))
    (report,), (content,) = found["report"], found["language-content"]

    assert (report["name"], report["lang"]) == (alert(kind).title["en"], "en")
    assert report["published"] == "2026-11-20T03:12:04.000Z"
    assert set(content["contents"]) | {"en"} == set(LANGUAGES)
    assert content["contents"]["zh-Hant"]["name"] == alert(kind).title["zh-Hant"]
    assert (content["object_ref"], content["object_modified"]) == (
        report["id"],
        report["modified"],
    )
    assert {one["url"] for one in report["external_references"]} >= {
        PUBLISHER.page(alert(kind), language) for language in LANGUAGES
    }


@pytest.mark.parametrize("kind", list(Kind))
def test_every_pattern_is_a_pattern_and_no_name_is_live(kind: Kind) -> None:
    found = bundle(alert(kind)).get("indicator", [])

    assert len(found) == len(alert(kind).indicators)
    for one in found:
        assert run_validator(one["pattern"], stix_version="2.1") == []
        assert "://" not in one["name"]
        assert not re.search(r"\w\.\w", one["name"].partition("?")[0])


def test_the_campaign_is_what_indicators_indicate_and_brands_are_its_targets() -> None:
    found = bundle(alert())
    (campaign,) = found["campaign"]
    brand = next(one for one in found["identity"] if one["name"] == "Gull Post")
    links = {
        (one["relationship_type"], one["source_ref"], one["target_ref"])
        for one in found["relationship"]
    }

    assert links == {
        ("targets", campaign["id"], brand["id"]),
        *(("indicates", one["id"], campaign["id"]) for one in found["indicator"]),
    }
    refs = set(found["report"][0]["object_refs"])
    assert refs >= {campaign["id"], brand["id"], *(one["id"] for one in found["indicator"])}


def test_without_a_brand_there_is_no_campaign() -> None:
    assert "campaign" not in bundle(alert(Kind.MALWARE))


def test_a_bulletin_names_its_vulnerabilities_and_what_mitigates_them() -> None:
    found = bundle(alert(Kind.VULNERABILITY))
    (remedy,) = found["course-of-action"]

    assert [one["name"] for one in found["vulnerability"]] == ["CVE-2026-10001", "CVE-2026-10002"]
    assert {one["relationship_type"] for one in found["relationship"]} == {"mitigates"}
    assert remedy["description"] == "Install firmware 4.2.1 or later."


@pytest.mark.parametrize("tlp", list(Tlp))
def test_the_label_of_tlp_two_marks_everything_of_the_alert(tlp: Tlp) -> None:
    found = bundle(alert(tlp=tlp))
    (marking,) = found["marking-definition"]

    assert marking["name"] == tlp.value
    for kind in ("report", "indicator", "campaign", "relationship", "language-content"):
        for one in found[kind]:
            assert one["object_marking_refs"] == [marking["id"]]


def test_an_update_is_the_same_objects_changed_later() -> None:
    first, second = bundle(alert()), bundle(updated(alert()))

    for kind in ("report", "indicator", "campaign", "relationship", "language-content"):
        before, after = first[kind], second[kind]
        assert [one["id"] for one in before] == [one["id"] for one in after]
        assert [one["created"] for one in before] == [one["created"] for one in after]
        for old, new in zip(before, after, strict=True):
            assert old["modified"] < new["modified"]


def test_an_indicator_that_a_correction_takes_out_is_revoked() -> None:
    corrected = replace(updated(alert()), indicators=alert().indicators[1:])
    found = bundle(corrected, earlier=(alert(),))
    taken = {one["name"] for one in found["indicator"] if one.get("revoked")}

    assert taken == {"gul1post[.]example"}
    refs = found["report"][0]["object_refs"]
    assert not {one["id"] for one in found["indicator"] if one.get("revoked")} & set(refs)


def test_everything_of_a_withdrawn_alert_is_revoked_and_its_team_is_not() -> None:
    found = bundle(withdrawn(alert()))

    for kind in ("report", "indicator", "campaign", "relationship", "language-content"):
        assert all(one["revoked"] for one in found[kind])
    assert not any(one.get("revoked") for one in found["identity"])
    assert found["report"][0]["name"].startswith("Withdrawn: ")
    assert "The names belong to Gull Post itself." in found["report"][0]["description"]


def test_many_alerts_share_their_team_marking_and_vulnerabilities() -> None:
    numbered = [replace(one, id=f"LR-2026-{n:04d}") for n, one in enumerate(EVERY, start=1)]
    bulletin = replace(numbered[3], id="LR-2026-0099")
    found = bundle(*numbered, bulletin)

    assert len(found["report"]) == len(EVERY) + 1
    assert len(found["marking-definition"]) == 1
    assert len(found["vulnerability"]) == 2


def test_the_same_alert_is_the_same_bytes() -> None:
    one = alerts_stix(EVERY, publisher=PUBLISHER)

    assert one == alerts_stix(EVERY, publisher=PUBLISHER)
    other = replace(PUBLISHER, authority="other.example")
    assert not set(ids(one)) & set(ids(alerts_stix(EVERY, publisher=other)))


def ids(text: bytes) -> list[str]:
    """Return the ids of a bundle's objects but for markings, which are everybody's."""
    objects = json.loads(text)["objects"]
    return [one["id"] for one in objects if one["type"] != "marking-definition"]


@settings(max_examples=40)
@given(path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_no_path_breaks_out_of_its_pattern(path: str) -> None:
    value = f"https://a.example/{path}"
    (one,) = bundle(alert(indicators=(Indicator(kind="url", value=value),)))["indicator"]
    parsed = stix2.pattern_visitor.create_pattern_object(one["pattern"], version="2.1")

    assert run_validator(one["pattern"], stix_version="2.1") == []
    assert type(parsed).__name__ == "ObservationExpression"
    assert "AND" not in str(parsed).replace(value, "")


@pytest.mark.shared
def test_we_write_every_type_and_property_of_the_sample() -> None:
    if not SAMPLE.exists():
        pytest.skip("the shared data is not there")
    found = bundle(alert())
    for one in json.loads(SAMPLE.read_text(encoding="utf-8"))["objects"]:
        ours = found[one["type"]][0]
        assert set(one) <= set(ours), one["type"]
        assert {key for key in one if isinstance(one[key], str)} <= {
            key for key in ours if isinstance(ours[key], str)
        }
