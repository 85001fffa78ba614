"""The JSON of alerts keeps to its schema, tells everything public, and nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lionrock.core.alerts import Impact, Kind, Part, Risk
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_checked import KINDS
from lionrock.letters.alert_json import alerts_json, schema
from tests.letters.alerts import EVERY, PUBLISHER, alert, sentence, updated, withdrawn

VALIDATOR = Draft202012Validator(schema())


def written(*alerts: Any) -> Any:  # Any: JSON
    """Return what is written about alerts, which must keep to the schema."""
    body = json.loads(alerts_json(alerts, publisher=PUBLISHER))
    VALIDATOR.validate(body)
    return body


def test_the_schema_is_a_schema_that_names_all_our_codes() -> None:
    Draft202012Validator.check_schema(schema())
    known = schema()["$defs"]["alert"]["properties"]

    assert known["kind"]["enum"] == list(Kind)
    assert known["risk"]["enum"] == list(Risk)
    assert known["tlp"]["enum"] == [tlp.value for tlp in Tlp]
    assert known["sentences"]["items"]["properties"]["part"]["enum"] == list(Part)
    assert known["indicators"]["items"]["properties"]["kind"]["enum"] == list(KINDS)
    assert known["bulletin"]["properties"]["impacts"]["items"]["enum"] == list(Impact)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_keeps_to_the_schema_through_its_life(kind: Kind) -> None:
    one = alert(kind)
    body = written(one, updated(one, 2), withdrawn(updated(one)))

    assert [found["state"] for found in body["alerts"]] == ["published", "updated", "withdrawn"]
    assert [len(found["log"]) for found in body["alerts"]] == [0, 2, 2]


def test_no_reference_into_the_house_leaves_it() -> None:
    text = alerts_json(EVERY, publisher=PUBLISHER).decode()

    assert "figure:" not in text
    assert "suspect:" not in text
    assert "cites" not in text


def test_a_withdrawn_alert_keeps_its_address_and_nothing_to_act_upon() -> None:
    (found,) = written(withdrawn(alert(Kind.VULNERABILITY)))["alerts"]

    assert found["pages"]["en"].endswith("/alerts/beware-of-fake-parcel-notices_20261120/")
    assert found["sentences"] == found["indicators"] == found["links"] == []
    assert "bulletin" not in found


def test_values_are_live_only_where_programs_read_them() -> None:
    words = "Do not open parcel.gul1post.example!"
    (found,) = written(alert(sentences=(sentence(Part.SIGNS, words, words, words),)))["alerts"]
    live = [one.pop("value") for one in found["indicators"]]

    assert "gul1post.example" in live
    assert "gul1post.example" not in json.dumps(found)


@pytest.mark.parametrize(
    "spoil",
    [
        {"state": "withdrawn"},
        {"state": "updated"},
        {"version": 0},
        {"published": "2026-11-20T03:12:04+08:00"},
        {"title": {"en": "only"}},
        {"cites": []},
    ],
    ids=str,
)
def test_the_schema_refuses_what_we_would_never_write(spoil: dict[str, object]) -> None:
    body = written(alert())
    body["alerts"][0] |= spoil

    assert not VALIDATOR.is_valid(body)


def test_a_licence_is_named_where_there_is_one() -> None:
    without = replace(PUBLISHER, licence="")

    assert written()["publisher"]["licence"] == "CC-BY-4.0"
    assert "licence" not in json.loads(alerts_json([], publisher=without))["publisher"]
