"""The pages of feeds and deliveries, as an analyst and an administrator meet them."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from lionrock.core.feeds import Carrier
from lionrock.desk.audit.models import Entry
from lionrock.desk.events.models import Event as EventRow
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.selectors.health import Health, feed_row, feed_rows, health_of
from lionrock.desk.feeds.selectors.replayable import MOST
from lionrock.desk.feeds.services import silence, sources
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.feeds.services.collect import Surroundings, collect
from lionrock.desk.feeds.services.secrets import Kind, secret_of
from lionrock.desk.people.roles import Role
from lionrock.feeds import catalogue, feed_of
from lionrock.jobs.road import read_blob
from lionrock.jobs.up import lay_first_deliveries
from lionrock.net.carrying import Arrival
from scripts.with_dovecot import make_certificate
from tests.desk.events.rows import SCRIPT, Road, busy_road, run_feed
from tests.desk.suspects.conftest import NOW
from tests.net.mails import a_key, sealed_mime
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


@pytest.fixture
def road() -> Road:
    return busy_road(now=timezone.now())


@pytest.fixture
def analyst() -> Client:
    return signed_in(Role.ANALYST)


@pytest.fixture
def administrator() -> Client:
    return signed_in(Role.ADMINISTRATOR)


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(someone(*roles))
    return client


def text(response: Any) -> str:  # Any: the test client's own response
    return str(response.content.decode())


def page(client: Client, name: str, *args: int | str, **query: str) -> str:
    response = client.get(reverse(f"feeds:{name}", args=args), query)
    assert response.status_code == 200
    return text(response)


def settings_of(**changes: str) -> dict[str, str]:
    """Return a settings form as a browser sends it."""
    fields = {"enabled": "on", "outside": "drop", "carrier": "", "tlp": "", "every": ""}
    return {**fields, **changes}


def test_every_list_opens_when_there_is_nothing_yet(analyst: Client) -> None:
    assert "No feed is in use yet" in page(analyst, "list")
    assert "Nothing came yet" in page(analyst, "deliveries")


def test_feeds_in_trouble_stand_first(analyst: Client, road: Road) -> None:
    shown = page(analyst, "list")
    used = shown[: shown.index("Available")]

    assert re.findall(r'<span class="health (\w+)">', used) == ["failing", "silent", "ok"]
    assert "the server answered 503" in used
    assert re.findall(r'class="health', shown[shown.index("Available") :]) == []


@pytest.mark.parametrize(
    ("fields", "ago", "health"),
    [
        ({"enabled": False}, 0, Health.OFF),
        ({}, None, Health.WAITING),
        ({"enabled_at": NOW - timedelta(days=2)}, None, Health.LATE),
        ({}, 23, Health.OK),
        ({}, 25, Health.LATE),
        ({"every_seconds": 7 * 86400}, 25, Health.OK),
        ({"every_seconds": 0}, 999, Health.OK),
        ({"silent_since": NOW}, 25, Health.SILENT),
        ({"silent_since": NOW, "muted_until": NOW + timedelta(hours=1)}, 25, Health.MUTED),
        ({"silent_since": NOW, "muted_until": NOW - timedelta(hours=1)}, 25, Health.SILENT),
        ({"failures": 1}, 1, Health.FAILING),
    ],
)
def test_a_feeds_health_follows_from_what_collecting_wrote_down(
    fields: dict[str, Any], ago: int | None, health: Health
) -> None:
    source = Source(feed="x", **{"enabled": True, "every_seconds": 86400, **fields})
    last = NOW - timedelta(hours=ago) if ago is not None else None

    assert health_of(source, feed=None, last_at=last, now=NOW) is health


def test_a_feed_that_is_no_longer_installed_still_shows_what_came_of_it(analyst: Client) -> None:
    keep_blob(feed="gone", content=b"x", name="x", carrier=Carrier.DROP, now=timezone.now())

    assert "no longer installed" in page(analyst, "feed", "gone")
    assert "gone" in page(analyst, "list")
    assert analyst.get(reverse("feeds:feed", args=["never-was"])).status_code == 404


def test_only_an_administrator_is_offered_the_settings(
    analyst: Client, administrator: Client
) -> None:
    address = reverse("feeds:change", args=["urlhaus"])

    assert address not in page(analyst, "feed", "urlhaus")
    assert address in page(administrator, "feed", "urlhaus")


def test_settings_are_kept_and_recorded_and_the_secret_is_never_shown(
    administrator: Client,
) -> None:
    answer = administrator.post(
        reverse("feeds:change", args=["urlhaus"]),
        settings_of(every="3600", tlp="TLP:AMBER", secret="s3cret-key", account="cert"),
    )
    source = Source.objects.get(pk="urlhaus")
    shown = page(administrator, "feed", "urlhaus")

    assert answer.status_code == 302
    assert (source.enabled, source.every_seconds, source.tlp) == (True, 3600, "TLP:AMBER")
    assert secret_of(data=Path(live.LIONROCK_DATA), feed="urlhaus", kind=Kind.PASSWORD) == (
        b"s3cret-key"
    )
    assert "s3cret-key" not in shown
    assert "one is kept" in shown
    assert "s3cret-key" not in "".join(Entry.objects.values_list("body", flat=True))
    assert Entry.objects.filter(action="feed.secret").count() == 1


def test_an_empty_secret_leaves_the_kept_one_and_a_tick_forgets_it(administrator: Client) -> None:
    address = reverse("feeds:change", args=["urlhaus"])
    where = Path(live.LIONROCK_DATA)
    administrator.post(address, settings_of(secret="one"))
    administrator.post(address, settings_of(account="other"))
    assert secret_of(data=where, feed="urlhaus", kind=Kind.PASSWORD) == b"one"

    administrator.post(address, settings_of(forget_secret="on"))
    assert secret_of(data=where, feed="urlhaus", kind=Kind.PASSWORD) is None


def test_a_carriers_own_options_are_fields_and_what_is_no_field_stays(
    administrator: Client,
) -> None:
    address = reverse("feeds:change", args=["n6"])
    sources.set_up(
        feed="n6", by=None, now=NOW, address="stomps://n6.example", options={"vhost": "/n6"}
    )
    given = {
        "address": "stomps://n6.example",
        "option-organisation": "cert.example",
        "option-resource": "inside",
        "option-folder": "of another carrier",
    }
    administrator.post(address, settings_of(**given))
    kept = Source.objects.get(pk="n6").options
    shown = page(administrator, "feed", "n6")

    assert kept == {"vhost": "/n6", "organisation": "cert.example", "resource": "inside"}
    assert 'value="cert.example"' in shown
    assert "option-folder" not in shown

    moved = {"carrier": "imap", "address": "imaps://mail.example", "option-folder": "Abuse"}
    administrator.post(address, settings_of(**moved))
    assert Source.objects.get(pk="n6").options == {"vhost": "/n6", "folder": "Abuse"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"option-catch-up": "http://n6.example/"},
        {"option-resource": "outside"},
        {"option-organisation": "a\nb"},
        {"certificate": "no certificate"},
    ],
    ids=["not-secure", "no-such-stream", "two-lines", "no-certificate"],
)
def test_options_that_make_no_sense_change_nothing(
    administrator: Client, wrong: dict[str, str]
) -> None:
    answer = administrator.post(reverse("feeds:change", args=["n6"]), settings_of(**wrong))

    assert answer.status_code == 400
    assert "no certificate" not in text(answer)
    assert not Source.objects.filter(enabled=True).exists()


def test_a_certificate_is_kept_and_never_shown(administrator: Client, tmp_path: Path) -> None:
    make_certificate(tmp_path)
    pem = (tmp_path / "server.pem").read_text() + (tmp_path / "server.key").read_text()
    address = reverse("feeds:change", args=["n6"])
    administrator.post(address, settings_of(certificate=pem))
    kept = secret_of(data=Path(live.LIONROCK_DATA), feed="n6", kind=Kind.CERTIFICATE)

    assert kept == pem.encode().strip()
    assert "PRIVATE KEY" not in page(administrator, "feed", "n6")
    assert "PRIVATE KEY" not in "".join(Entry.objects.values_list("body", flat=True))

    administrator.post(address, settings_of(forget_certificate="on"))
    assert secret_of(data=Path(live.LIONROCK_DATA), feed="n6", kind=Kind.CERTIFICATE) is None


def test_a_pgp_key_opens_the_mails_that_waited_for_it(administrator: Client) -> None:
    cert, key = a_key()
    sealed = sealed_mime(b"Content-Type: text/plain\r\n\r\n192.0.2.1\r\n", cert)
    brought = Arrival(name="1.eml", content=BytesIO(sealed), origin="<1@example>", mail=True)
    sources.set_up(
        feed="shadowserver", by=None, now=NOW, carrier="imap", address="imaps://mail.example"
    )
    collect(
        feed="shadowserver",
        worker="here",
        around=Surroundings(
            data=Path(live.LIONROCK_DATA), carries={Carrier.IMAP: lambda _: iter([brought])}
        ),
        clock=timezone.now,
    )
    assert Blob.objects.get().state == BlobState.FAILED

    answer = administrator.post(
        reverse("feeds:change", args=["shadowserver"]),
        settings_of(carrier="imap", address="imaps://mail.example", pgp=key.decode()),
        follow=True,
    )

    assert "1 mail that waited for a key was opened" in text(answer)
    assert sorted(Blob.objects.values_list("state", flat=True)) == ["complete", "kept"]
    assert "PRIVATE KEY" not in text(answer)


def test_a_made_up_sample_says_so_and_never_rings(analyst: Client, tmp_path: Path) -> None:
    lay_first_deliveries(tmp_path)
    later = timezone.now() + timedelta(days=40)

    assert Source.objects.filter(enabled=True).count() > 5
    assert silence.ring(now=later) == []
    assert "made-up sample, nothing more is expected" in page(analyst, "list")
    assert {row.health for row in feed_rows(now=later) if row.is_sample} == {Health.WAITING}


def test_a_sample_feed_that_is_set_up_is_expected_like_any_other(tmp_path: Path) -> None:
    lay_first_deliveries(tmp_path)
    now = timezone.now()
    feed = Source.objects.order_by("pk").first()
    assert feed is not None
    sources.set_up(feed=feed.pk, by=None, now=now, carrier="imap", address="imaps://mail.example")
    row = feed_row(feed.pk, now=now)

    assert row is not None
    assert not row.is_sample
    assert row.every == feed_of(feed.pk).every


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": "7"},
        {"carrier": "pigeon"},
        {"outside": "elsewhere"},
        {"address": "https://a.example/\x00"},
        {"tlp": "TLP:WHITE"},
    ],
)
def test_settings_that_make_no_sense_change_nothing(
    administrator: Client, wrong: dict[str, str]
) -> None:
    address = reverse("feeds:change", args=["urlhaus"])

    assert administrator.post(address, settings_of(**wrong)).status_code == 400
    assert not Source.objects.filter(enabled=True).exists()


def test_an_address_is_needed_where_something_is_contacted(administrator: Client) -> None:
    feed = next(feed.id for feed in catalogue().values() if not feed.address)
    address = reverse("feeds:change", args=[feed])

    assert administrator.post(address, settings_of(carrier="http")).status_code == 400
    assert not Source.objects.filter(enabled=True).exists()
    answer = administrator.post(
        address, settings_of(carrier="http", address="https://feeds.example/x")
    )
    assert answer.status_code == 302


def test_collecting_now_makes_the_feed_due(analyst: Client) -> None:
    run_feed("urlhaus", next_at=timezone.now() + timedelta(hours=5), failures=4)
    analyst.post(reverse("feeds:collect", args=["urlhaus"]))

    assert Source.objects.filter(pk="urlhaus", next_at__lte=timezone.now()).exists()
    assert Entry.objects.filter(action="feed.collect", subject="urlhaus").exists()


def test_a_feed_that_is_off_is_not_collected(analyst: Client) -> None:
    answer = analyst.post(reverse("feeds:collect", args=["urlhaus"]), follow=True)

    assert "switched off" in text(answer)
    assert not Entry.objects.filter(action="feed.collect").exists()


def test_an_alarm_is_muted_and_may_ring_again(analyst: Client) -> None:
    run_feed("urlhaus", silent_since=timezone.now())
    analyst.post(reverse("feeds:mute", args=["urlhaus"]), {"days": "7"})
    row = feed_row("urlhaus", now=timezone.now())
    assert row is not None
    assert row.health is Health.MUTED

    analyst.post(reverse("feeds:mute", args=["urlhaus"]), {"days": "0"})
    row = feed_row("urlhaus", now=timezone.now())
    assert row is not None
    assert row.health is Health.SILENT


def test_a_delivery_is_handed_in_by_hand(analyst: Client) -> None:
    file = SimpleUploadedFile("urls.txt", b"http://198.51.100.9/a\n")
    answer = analyst.post(reverse("feeds:upload", args=["urlhaus"]), {"file": file})
    blob = Blob.objects.get()

    assert answer["Location"] == reverse("feeds:delivery", args=[blob.pk])
    assert (blob.feed, blob.name, blob.state) == ("urlhaus", "urls.txt", BlobState.KEPT)
    assert blob.by is not None
    again = SimpleUploadedFile("urls.txt", b"http://198.51.100.9/a\n")
    answer = analyst.post(reverse("feeds:upload", args=["urlhaus"]), {"file": again}, follow=True)
    assert "came before" in text(answer)
    assert Blob.objects.count() == 1


def test_a_delivery_larger_than_a_form_may_be_is_taken_from_the_team_alone(
    analyst: Client, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    address = reverse("feeds:upload", args=["urlhaus"])
    large = b"http://198.51.100.9/a\n" * 500

    answer = analyst.post(address, {"file": SimpleUploadedFile("a.txt", large)})
    assert answer.status_code == 302
    assert Client().post(address, {"file": SimpleUploadedFile("a.txt", large)}).status_code == 413
    other = reverse("feeds:mute", args=["urlhaus"])
    assert analyst.post(other, {"file": SimpleUploadedFile("a.txt", large)}).status_code == 413


def test_a_deliverys_page_says_what_became_of_it(analyst: Client, road: Road) -> None:
    shown = page(analyst, "delivery", road.scan.pk)

    assert "Outside the region" in shown
    assert road.scan.sha256 in shown
    assert "has no address" in shown
    assert "etag" in shown
    assert SCRIPT not in shown


def test_a_failed_delivery_says_why_and_is_tried_again(analyst: Client, road: Road) -> None:
    assert "is no JSON" in page(analyst, "delivery", road.failed.pk)
    assert SCRIPT not in page(analyst, "delivery", road.failed.pk)
    analyst.post(reverse("feeds:again", args=[road.failed.pk]))
    road.failed.refresh_from_db()

    assert road.failed.state == BlobState.KEPT


def test_a_delivery_that_was_read_is_not_tried_again(analyst: Client, road: Road) -> None:
    answer = analyst.post(reverse("feeds:again", args=[road.scan.pk]), follow=True)
    road.scan.refresh_from_db()

    assert "a replay shows" in text(answer)
    assert road.scan.state == BlobState.COMPLETE


def test_the_bytes_are_handed_out_as_they_came_and_never_to_be_opened_by_a_browser(
    analyst: Client, road: Road
) -> None:
    answer = analyst.get(reverse("feeds:download", args=[road.failed.pk]))

    assert answer.getvalue() == b"<html>503</html>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "clear" in answer["Content-Disposition"]
    assert "<" not in answer["Content-Disposition"]
    assert answer["X-Lionrock-TLP"] == feed_of("threatfox").tlp
    assert {type(value) for value in answer.headers.values()} == {str}  # as WSGI demands
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert Entry.objects.filter(action="delivery.downloaded").count() == 1


def test_bytes_whose_time_is_over_cannot_be_downloaded(analyst: Client, road: Road) -> None:
    Blob.objects.filter(pk=road.scan.pk).update(erased_at=NOW)

    assert "when their time was over" in page(analyst, "delivery", road.scan.pk)
    assert analyst.get(reverse("feeds:download", args=[road.scan.pk])).status_code == 404


def test_deliveries_are_narrowed_and_paged(analyst: Client, road: Road) -> None:
    for number in range(60):
        keep_blob(
            feed="urlhaus",
            content=f"{number}".encode(),
            name=f"n{number}",
            carrier=Carrier.DROP,
            now=NOW + timedelta(seconds=number // 2),
        )
    first = page(analyst, "deliveries", feed="urlhaus")
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = text(analyst.get(reverse("feeds:deliveries") + link.replace("&amp;", "&")))
    rows = re.findall(r'href="/deliveries/(\d+)/" data-row', first + second)

    assert len(rows) == len(set(rows)) == 61
    assert re.findall(r'class="blob (\w+)"', page(analyst, "deliveries", state="failed")) == [
        "failed"
    ]


def delivered(text: str, *, name: str = "urls.txt", feed: str = "openphish") -> Blob:
    """Return a delivery that a worker has read."""
    blob = keep_blob(
        feed=feed, content=text.encode(), name=name, carrier=Carrier.DROP, now=timezone.now()
    ).blob
    read_blob(blob.pk, worker="test", clock=timezone.now)
    blob.refresh_from_db()
    assert blob.state == BlobState.COMPLETE, blob.failure
    return blob


@pytest.fixture
def approver() -> Client:
    return signed_in(Role.APPROVER)


def test_with_nothing_repaired_a_replay_changes_nothing(approver: Client) -> None:
    blob = delivered("http://login.bank.example/a\nhttp://203.0.113.5/b\n")

    shown = page(approver, "replay", "openphish", blob=str(blob.pk))

    assert "Nothing would change." in shown
    assert "Change it so" not in shown


def test_a_replay_shows_what_would_change_and_changes_it_only_when_told(
    approver: Client,
) -> None:
    blob = delivered("http://a.bank.example.hk/a\nhttp://203.0.113.5/b\n")
    rows = EventRow.objects.filter(blob_id=blob.pk)
    assert rows.exists()
    rows.update(severity="info")  # as an older reader may have read it
    shown = page(approver, "replay", "openphish", since=f"{timezone.localtime():%Y-%m-%d}")
    ids = re.findall(r'name="blob" value="(\d+)"', shown)

    assert "severity" in shown
    assert ids == [str(blob.pk)]
    assert set(rows.values_list("severity", flat=True)) == {"info"}
    approver.post(reverse("feeds:apply-replay", args=["openphish"]), {"blob": ids})
    assert "info" not in set(rows.values_list("severity", flat=True))
    assert Entry.objects.filter(action="feed.replay").count() == 1


def test_a_replay_of_another_feeds_delivery_changes_nothing(approver: Client) -> None:
    blob = delivered("http://a.bank.example.hk/a\n")
    EventRow.objects.update(severity="info")
    approver.post(reverse("feeds:apply-replay", args=["urlhaus"]), {"blob": [str(blob.pk)]})

    assert set(EventRow.objects.values_list("severity", flat=True)) == {"info"}
    assert "No delivery of these days" in page(approver, "replay", "urlhaus", blob=str(blob.pk))


def test_what_is_too_much_for_a_page_is_left_to_the_command(approver: Client) -> None:
    for number in range(MOST + 2):
        delivered(f"http://a{number}.bank.example.hk/a\n")

    assert "2 more deliveries were chosen" in page(
        approver, "replay", "openphish", since="2020-01-01"
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="s"',
            "The mail is signed (S/MIME), and nobody checked by whom.",
        ),
        (b"X-XARF: SECURE", "no signature was found"),
        (b"X-XARF: PLAIN", ""),
    ],
)
def test_the_page_of_a_signed_delivery_says_that_nobody_checked_it(
    header: bytes, said: str, analyst: Client
) -> None:
    kept = keep_blob(
        feed="xarf",
        content=b"From: a@cert.example\n" + header + b"\n\nhello\n",
        name="report.eml",
        carrier=Carrier.DROP,
        origin="here",
        now=NOW,
    )
    page = analyst.get(reverse("feeds:delivery", args=[kept.blob.pk])).content.decode()

    assert ("signature not verified" in page) == bool(said)
    assert said in page
