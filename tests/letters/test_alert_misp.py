"""Alerts leave as MISP events that MISP's own library takes, and take back what was wrong."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from pymisp import MISPEvent

from lionrock.core.alerts import Alert, Kind, Risk
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_misp import alert_misp, misp_feed
from tests.letters.alerts import EVERY, PUBLISHER, alert, updated, withdrawn


def event(one: Alert, *earlier: Alert) -> MISPEvent:
    """Return the event as the library reads it."""
    found = MISPEvent(strict_validation=True)
    found.load(alert_misp(one, publisher=PUBLISHER, earlier=earlier).decode())
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_an_event_with_its_indicators_alone_to_detect(kind: Kind) -> None:
    one = alert(kind)
    found = event(one)
    detected = {attribute.value for attribute in found.attributes if attribute.to_ids}

    assert detected == {indicator.value for indicator in one.indicators}
    assert found.info == f"[LR-2026-0012] {one.title['en']}"
    assert str(found.date)[:10] == "2026-11-20"
    assert found.published


def test_every_attribute_is_of_a_type_that_its_category_has() -> None:
    types = MISPEvent().describe_types["category_type_mappings"]
    for one in EVERY:
        for attribute in event(one).attributes:
            assert attribute.type in types[attribute.category]


@pytest.mark.parametrize("tlp", list(Tlp))
def test_an_event_travels_no_further_than_its_label(tlp: Tlp) -> None:
    found = event(alert(tlp=tlp))

    assert tlp.value.lower() in {tag.name for tag in found.tags}
    reach = {Tlp.CLEAR: 3, Tlp.GREEN: 2, Tlp.AMBER: 1, Tlp.AMBER_STRICT: 0, Tlp.RED: 0}
    assert int(found.distribution) == reach[tlp]


@pytest.mark.parametrize("kind", list(Kind))
def test_tags_are_of_known_taxonomies_and_no_galaxies(kind: Kind) -> None:
    names = [tag.name for tag in event(alert(kind)).tags]
    types = {f'rsit:{one.classification}="{one.type}"' for one in Rsit}

    assert names[0] == "tlp:clear"
    assert set(names[1:]) <= types
    assert len(names) == 2


def test_a_report_in_each_language_tells_the_text() -> None:
    reports = event(alert()).event_reports

    assert len(reports) == 3
    assert any("自 2026 年 11 月 18 日起" in report.content for report in reports)
    assert not any("gul1post.example" in report.content for report in reports)


def test_an_update_is_the_same_event_and_attributes_with_a_later_stamp() -> None:
    first, second = event(alert()), event(updated(alert()))

    assert first.uuid == second.uuid
    assert str(first.timestamp) < str(second.timestamp)
    assert [a.uuid for a in first.attributes] == [a.uuid for a in second.attributes]


def test_an_indicator_that_a_correction_takes_out_is_deleted() -> None:
    corrected = replace(updated(alert()), indicators=alert().indicators[1:])
    before = {a.value: a.uuid for a in event(alert()).attributes}
    gone = [a for a in event(corrected, alert()).attributes if a.deleted]

    assert [(a.value, a.uuid) for a in gone] == [("gul1post.example", before["gul1post.example"])]


def test_every_indicator_of_a_withdrawn_alert_is_deleted() -> None:
    found = event(withdrawn(alert()))
    left = [a for a in found.attributes if not a.deleted]

    assert found.info.startswith("[LR-2026-0012] Withdrawn: ")
    assert {a.type for a in left} == {"link"}
    assert len(found.attributes) - len(left) == len(alert().indicators)


@pytest.mark.parametrize(
    ("risk", "level"), [(Risk.LOW, 3), (Risk.MEDIUM, 2), (Risk.HIGH, 1), (Risk.EXTREME, 1)]
)
def test_the_risk_is_the_level_of_threat(risk: Risk, level: int) -> None:
    assert int(event(alert(risk=risk)).threat_level_id) == level


def test_a_feed_has_a_manifest_its_events_and_hashes_of_what_is_live() -> None:
    numbered = [replace(one, id=f"LR-2026-{n:04d}") for n, one in enumerate(EVERY, start=1)]
    numbered[1] = withdrawn(numbered[1])
    files: dict[str, bytes] = dict(misp_feed(numbered, publisher=PUBLISHER))
    manifest: dict[str, Any] = json.loads(files.pop("manifest.json"))  # Any: JSON
    hashes = [line.split(",") for line in files.pop("hashes.csv").decode().splitlines()]

    assert set(files) == {f"{uuid}.json" for uuid in manifest}
    live = [(one, found) for one in numbered if not one.withdrawn for found in one.indicators]
    assert [digest for digest, _ in hashes] == [
        hashlib.md5(found.value.encode(), usedforsecurity=False).hexdigest() for _, found in live
    ]
    for uuid, head in manifest.items():
        body = json.loads(files[f"{uuid}.json"])["Event"]
        assert {name: body[name] for name in head} == head


def test_the_words_are_shown_as_they_are_and_not_as_markup() -> None:
    words = "![x](http://gul1post.example) <b> @[tag](tlp:red) *a*"
    one = alert(title=dict.fromkeys(alert().title, words))
    one = replace(one, log=(), sentences=tuple(replace(s, text=one.title) for s in one.sentences))
    content = event(one).event_reports[0].content

    assert "\\![x]\\(hxxp[:]//gul1post[.]example) \\<b\\> \\@[tag]\\(tlp:red) \\*a\\*" in content
