"""An address that can be nobody's goes the whole road and becomes neither an episode nor a letter."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from lionrock.core.feeds import Carrier
from lionrock.desk.constituents.models import Frequency, Holding, PassingRule
from lionrock.desk.events.models import DayCount, Episode, Event, Passed, Reject
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.notices.models import Notice
from lionrock.desk.notices.services.passing import route_passed
from lionrock.desk.notices.services.route import route_complete
from lionrock.jobs.road import read_blob
from tests.desk.notices.making import constituent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NOBODYS = ("127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fe80::1")
SOMEBODYS = "192.0.2.7"
"""The made-up tables place it in the region; it shows that the delivery was read."""


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


@pytest.fixture(autouse=True)
def _everybody() -> None:
    """Register who would be told of anything, and a partner who is passed all the rest."""
    owner = constituent(networks=("0.0.0.0/0", "::/0"), frequency=Frequency.AT_ONCE)
    Holding.objects.create(constituent=owner, kind="asn", value="64511")
    partner = constituent("Partner", networks=(), kind="partner", frequency=Frequency.AT_ONCE)
    PassingRule.objects.create(partner=partner, title="All of it")
    for feed in ("shadowserver", "stix", "abuse-mail", "intelmq"):
        Source.objects.create(feed=feed, outside="pass")


def brought(feed: str, name: str, content: str) -> Blob:
    """Keep, read and route a delivery; return what became of it."""
    blob = keep_blob(
        feed=feed, content=content.encode(), name=name, carrier=Carrier.DROP, now=NOW
    ).blob
    read_blob(blob.pk, worker="one", clock=lambda: NOW)
    route_complete(now=NOW)
    route_passed(now=NOW)
    blob.refresh_from_db()
    assert blob.state == BlobState.COMPLETE
    return blob


def only_somebodys_is_told() -> None:
    assert [one.asset for one in Episode.objects.all()] == [SOMEBODYS]
    assert [one.asset for one in Event.objects.all()] == [SOMEBODYS]
    assert Notice.objects.get().items.get().episode_id == Episode.objects.get().pk
    assert not Passed.objects.exists()


@pytest.mark.parametrize("country", ["HK", "US"])
def test_as_the_asset_of_a_scan_it_is_counted_outside_whatever_the_source_says(
    country: str,
) -> None:
    header = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo"\n'
    rows = "".join(
        f'"2026-11-19 04:00:00","critical","{one}","tcp","23","gate.shop.hk","telnet","64511",'
        f'"{country}"\n'
        for one in (SOMEBODYS, *NOBODYS)
    )
    blob = brought("shadowserver", "2026-11-19-scan_telnet-hk.csv", header + rows)

    only_somebodys_is_told()
    assert (blob.events, blob.ours, blob.outside, blob.rejects) == (6, 1, 5, 0)
    assert (
        sum(DayCount.objects.filter(why="unknown", country="").values_list("events", flat=True))
        == 5
    )


def test_as_the_indicator_of_a_bundle_it_is_counted_outside() -> None:
    objects = [
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--{number:08d}-0000-4000-8000-000000000000",
            "created": "2026-11-19T04:00:00.000Z",
            "modified": "2026-11-19T04:00:00.000Z",
            "valid_from": "2026-11-19T04:00:00Z",
            "indicator_types": ["malicious-activity", "compromised"],
            "pattern_type": "stix",
            "pattern": f"[{'ipv6-addr' if ':' in one else 'ipv4-addr'}:value = '{one}']",
        }
        for number, one in enumerate((SOMEBODYS, *NOBODYS))
    ]
    name = "bundle--00000000-0000-4000-8000-000000000000"
    bundle = {"type": "bundle", "id": name, "objects": objects}
    blob = brought("stix", "bundle.json", json.dumps(bundle))

    only_somebodys_is_told()
    assert (blob.events, blob.ours, blob.outside, blob.rejects) == (6, 1, 5, 0)


def mail(*addresses: str) -> str:
    lines = "".join(
        f"Nov 19 07:19:02 gate sshd[{number}]: Failed password for root from {one} port 4711 ssh2\n"
        for number, one in enumerate(addresses, start=1)
    )
    return (
        "From: admin@victim.example\nSubject: ssh attacks\n"
        f"Date: Thu, 19 Nov 2026 12:00:00 +0000\n\n{lines}"
    )


def test_in_an_abuse_mail_it_is_counted_outside_or_is_no_part_of_the_report() -> None:
    blob = brought("abuse-mail", "mail.eml", mail(SOMEBODYS, *NOBODYS))

    only_somebodys_is_told()
    assert (blob.ours, blob.outside) == (1, 4)  # its reader takes ::1 for no address


@pytest.mark.parametrize("one", NOBODYS)
def test_an_abuse_mail_about_nothing_else_is_counted_or_rejected(one: str) -> None:
    blob = brought("abuse-mail", "mail.eml", mail(one))

    assert not Episode.objects.exists()
    assert not Notice.objects.exists()
    assert blob.outside + blob.rejects == 1
    for reject in Reject.objects.all():
        assert reject.why == "is a mail in which nothing to report was found"


@pytest.mark.parametrize("one", NOBODYS)
def test_a_host_or_url_that_leads_to_it_keeps_no_such_address(one: str) -> None:
    where = f"[{one}]" if ":" in one else one
    said = {
        "time.source": "2026-11-19T04:00:00+00:00",
        "classification.type": "phishing",
        "source.ip": one,
        "source.asn": 64511,
        "source.geolocation.cc": "HK",
    }
    lines = [
        {**said, "source.url": f"http://{where}/login"},
        {**said, "source.url": "http://localhost/login"},
        {**said, "source.url": "http://www.shop.hk/login", "source.fqdn": "www.shop.hk"},
        {**said, "source.url": "http://bank.example/login", "source.fqdn": "bank.example"},
    ]
    blob = brought("intelmq", "events.jsonl", "".join(json.dumps(one) + "\n" for one in lines))

    assert (blob.events, blob.ours, blob.outside, blob.rejects) == (4, 1, 3, 0)
    kept = Episode.objects.get()
    assert (kept.asset, kept.host, kept.why) == (
        "http://www.shop.hk/login",
        "www.shop.hk",
        "domain",
    )
    assert (kept.address, kept.network, kept.asn, kept.constituent_id) == ("", "", None, None)
    assert Event.objects.get().address == ""
    assert not Passed.objects.exists()
    assert Notice.objects.get().constituent is None
