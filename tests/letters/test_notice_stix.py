"""Episodes leave as STIX that others' libraries read, under the labels of today."""

import json
from datetime import UTC, datetime, timedelta

import stix2

from lionrock.core.events import AssetKind
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.letters.stix import episodes_stix
from tests.letters.items import AT, TEAM, item

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def bundle(*items: object) -> dict[str, list[dict[str, object]]]:
    """Return the bundle as JSON, after the library has read it."""
    text = b"".join(episodes_stix(items, team=TEAM, now=NOW)).decode()  # type: ignore[arg-type]  # items
    stix2.parse(text, allow_custom=False)
    found: dict[str, list[dict[str, object]]] = {}
    for one in json.loads(text)["objects"]:
        found.setdefault(one["type"], []).append(one)
    return found


def test_an_episode_is_observed_data_from_first_to_last_with_its_count() -> None:
    found = bundle(item(1), item(2))

    assert {one["value"] for one in found["ipv4-addr"]} == {"192.0.2.1", "192.0.2.2"}
    first = found["observed-data"][0]
    assert (first["first_observed"], first["last_observed"], first["number_observed"]) == (
        "2026-11-20T03:12:04.000Z",
        "2026-11-21T03:12:04.000Z",
        2,
    )
    (who,) = found["identity"]
    assert {one["created_by_ref"] for one in found["observed-data"]} == {who["id"]}


def test_every_label_of_tlp_two_is_a_marking() -> None:
    found = bundle(*(item(number, tlp=tlp) for number, tlp in enumerate(Tlp, start=1)))
    names = {one["name"]: one["id"] for one in found["marking-definition"]}

    assert set(names) == {tlp.value for tlp in Tlp}
    assert names["TLP:CLEAR"] == "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
    assert [one["object_marking_refs"] for one in found["grouping"]] == [
        [names[tlp.value]] for tlp in Tlp
    ]


def test_a_problem_is_named_and_its_cve_is_a_vulnerability() -> None:
    found = bundle(item(1, kind=Rsit.VULNERABLE_SYSTEM, cves=("CVE-2026-0001",)))
    (grouping,), (weakness,) = found["grouping"], found["vulnerability"]

    assert grouping["name"] == "Systems with a known vulnerability"
    assert weakness["name"] == "CVE-2026-0001"
    assert weakness["id"] in grouping["object_refs"]  # type: ignore[operator]  # a list


def test_every_kind_of_asset_passes() -> None:
    values = {
        AssetKind.ADDRESS: "2001:db8::1",
        AssetKind.NETWORK: "192.0.2.0/24",
        AssetKind.ASN: "64496",
        AssetKind.HOST: "a.example",
        AssetKind.URL: "http://a.example/x",
        AssetKind.HASH: "sha256:" + "0" * 64,
    }
    found = bundle(
        *(
            item(number, asset_kind=kind, asset=value, address="")
            for number, (kind, value) in enumerate(values.items(), start=1)
        )
    )

    assert len(found["observed-data"]) == len(values)


def test_the_same_episodes_are_the_same_objects_in_every_export() -> None:
    one = b"".join(episodes_stix([item(1)], team=TEAM, now=NOW))
    later = b"".join(episodes_stix([item(1)], team=TEAM, now=NOW + timedelta(days=1)))
    ids = [{o["id"] for o in json.loads(text)["objects"]} for text in (one, later)]

    assert ids[0] == ids[1]
    assert AT < NOW
