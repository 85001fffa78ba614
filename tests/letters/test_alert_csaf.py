"""Bulletins leave as CSAF that passes the schemas and every mandatory test of both versions."""

import json
from dataclasses import replace
from typing import Any

import pytest
from csaf.csaf.v20._validator import validate as valid_20  # type: ignore[import-untyped]
from csaf.csaf.v21._validator import validate as valid_21  # type: ignore[import-untyped]

from lionrock.core.alerts import LANGUAGES, Alert, Indicator, Kind, Part
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.letters.csaf import Csaf, bulletin_csaf, file_name
from tests.letters.alerts import BULLETIN, PUBLISHER, alert, sentence, updated, withdrawn

ONE = alert(Kind.VULNERABILITY)
UNPATCHED = replace(
    ONE,
    sentences=tuple(one for one in ONE.sentences if one.part is not Part.SOLUTIONS),
    bulletin=replace(BULLETIN, patched=False, exploited=False, proof_public=True),
)
MITIGATED = replace(ONE, bulletin=replace(BULLETIN, patched=False))
NUMBERLESS = replace(ONE, bulletin=replace(BULLETIN, cves=(), impacts=()))
BARE = replace(ONE, sentences=(), links=())
TWICE = replace(
    ONE,
    bulletin=replace(BULLETIN, products=("Skua", "Skua"), cves=("CVE-2026-10001",) * 2),
)
EVERY = {
    "plain": ONE,
    "updated": updated(ONE, 3),
    "withdrawn": withdrawn(updated(ONE)),
    "unpatched": UNPATCHED,
    "mitigated": MITIGATED,
    "numberless": NUMBERLESS,
    "bare": BARE,
    "twice": TWICE,
}
UNKNOWN = {
    "6.2.3": "no score: we rate the risk, and never invent a CVSS vector",
    "6.2.16": "no package names",
    "6.2.39.1": "no fixed product: the text says which release it is",
}
"""Recommended tests that a bulletin fails, since it does not say what nobody told us."""
FETCHED = frozenset({"6.2.55"})
"""Tests that would ask a foreign host."""


def body(one: Alert, csaf: Csaf) -> Any:  # Any: JSON
    """Return the document as JSON."""
    at = f"https://www.cert.example/csaf/{csaf.value}/{file_name(one)}"
    return json.loads(bulletin_csaf(one, publisher=PUBLISHER, at=at, csaf=csaf))


@pytest.mark.parametrize("csaf", list(Csaf))
@pytest.mark.parametrize("name", EVERY)
def test_every_bulletin_passes_the_schema_and_all_mandatory_tests(name: str, csaf: Csaf) -> None:
    validate = {Csaf.V2_0: valid_20, Csaf.V2_1: valid_21}[csaf]
    report = validate(body(EVERY[name], csaf), preset="extended", skip_rules=FETCHED)
    failed = {
        one.id: [error.message for error in one.errors] for one in report.results if one.errors
    }

    assert {one.id for one in report.results} >= {"schema", "6.1.1", "6.1.33"}
    assert set(failed) <= set(UNKNOWN), failed
    assert not [one for one in report.results if one.group == "mandatory" and one.errors]


@pytest.mark.parametrize("csaf", list(Csaf))
def test_the_history_is_the_alerts_log(csaf: Csaf) -> None:
    tracking = body(updated(ONE, 2), csaf)["document"]["tracking"]

    assert [(one["number"], one["summary"]) for one in tracking["revision_history"]] == [
        ("1", "First published."),
        ("2", "Change 1 added."),
        ("3", "Change 2 added."),
    ]
    assert (tracking["version"], tracking["status"]) == ("3", "final")
    assert tracking["initial_release_date"] == "2026-11-20T03:12:04Z"
    assert tracking["current_release_date"] == "2026-11-22T03:12:04Z"


@pytest.mark.parametrize("csaf", list(Csaf))
def test_every_vulnerability_has_products_threats_and_a_remedy_in_three_languages(
    csaf: Csaf,
) -> None:
    found = body(ONE, csaf)
    (vendor,) = found["product_tree"]["branches"]
    products = {one["product"]["name"]: one["product"]["product_id"] for one in vendor["branches"]}

    assert set(products) == {f"Petrel Networks {product}" for product in BULLETIN.products}
    assert [one["cve"] for one in found["vulnerabilities"]] == list(BULLETIN.cves)
    for one in found["vulnerabilities"]:
        assert one["product_status"] == {"known_affected": list(products.values())}
        (remedy,) = one["remediations"]
        assert remedy["category"] == "vendor_fix"
        for words in ("Install firmware 4.2.1", "安裝韌體 4.2.1", "安装固件 4.2.1"):
            assert words in remedy["details"]
        assert len(one["notes"]) == len(LANGUAGES)
        said = [(threat["category"], threat["details"].split("\n")[0]) for threat in one["threats"]]
        assert said == [
            ("exploit_status", "It is being exploited in the wild."),
            ("impact", "Remote code execution"),
            ("impact", "Information disclosure"),
        ]


@pytest.mark.parametrize(
    ("one", "category"),
    [(ONE, "vendor_fix"), (MITIGATED, "mitigation"), (UNPATCHED, "none_available")],
    ids=["patched", "mitigated", "unpatched"],
)
def test_what_can_be_done_has_its_category(one: Alert, category: str) -> None:
    (first, *_) = body(one, Csaf.V2_1)["vulnerabilities"]

    assert [remedy["category"] for remedy in first["remediations"]] == [category]


def test_a_vulnerability_without_a_number_carries_ours() -> None:
    (only,) = body(NUMBERLESS, Csaf.V2_1)["vulnerabilities"]

    assert "cve" not in only
    assert only["ids"] == [{"system_name": "CERT of the Isles", "text": "LR-2026-0012"}]


@pytest.mark.parametrize(
    ("csaf", "category"), [(Csaf.V2_0, "csaf_base"), (Csaf.V2_1, "csaf_withdrawn")]
)
def test_a_withdrawn_bulletin_names_no_vulnerability(csaf: Csaf, category: str) -> None:
    found = body(withdrawn(ONE), csaf)
    text = json.dumps(found)

    assert found["document"]["category"] == category
    assert set(found) <= {"$schema", "document"}
    assert "CVE-" not in text
    assert "The names belong to Gull Post itself." in text


@pytest.mark.parametrize(
    ("tlp", "old", "new"),
    [
        (Tlp.CLEAR, "WHITE", "CLEAR"),
        (Tlp.GREEN, "GREEN", "GREEN"),
        (Tlp.AMBER, "AMBER", "AMBER"),
        (Tlp.AMBER_STRICT, "RED", "AMBER+STRICT"),
        (Tlp.RED, "RED", "RED"),
    ],
)
def test_the_label_is_never_a_wider_one_in_the_older_format(tlp: Tlp, old: str, new: str) -> None:
    for csaf, label in ((Csaf.V2_0, old), (Csaf.V2_1, new)):
        found = body(replace(ONE, tlp=tlp), csaf)["document"]["distribution"]

        assert found["tlp"]["label"] == label
        assert found["text"].startswith(f"{tlp.value}:")


def test_what_is_no_bulletin_or_stands_under_another_name_is_refused() -> None:
    at = f"https://www.cert.example/{file_name(ONE)}"

    with pytest.raises(GiveUp, match="no bulletin"):
        bulletin_csaf(alert(), publisher=PUBLISHER, at=at, csaf=Csaf.V2_1)
    with pytest.raises(GiveUp, match=r"is called lr-2026-0012\.json"):
        bulletin_csaf(ONE, publisher=PUBLISHER, at=f"{at}.txt", csaf=Csaf.V2_1)
    assert file_name(replace(ONE, id="LR.2026.A")) == "lr_2026_a.json"


def test_no_note_holds_a_live_indicator() -> None:
    words = "It calls gul1post.example."
    one = replace(
        ONE,
        sentences=(sentence(Part.SOLUTIONS, words, words, words),),
        indicators=(Indicator(kind="host", value="gul1post.example"),),
    )

    assert "gul1post.example" not in json.dumps(body(one, Csaf.V2_0))
