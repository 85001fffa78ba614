"""The pages of streams, as an analyst reads them and an administrator acts on them."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.services.secrets import Kind, secret_of
from lionrock.desk.people.roles import Role
from lionrock.desk.streams.models import LogList, Stream, StreamAlarm, StreamGap
from lionrock.desk.streams.services.setting_up import secret_name
from tests.desk.streams.busy import busy_streams
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


@pytest.fixture
def analyst() -> Client:
    return signed_in(Role.ANALYST)


@pytest.fixture
def administrator() -> Client:
    return signed_in(Role.ADMINISTRATOR)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(someone(role))
    return client


def text_of(client: Client, name: str, *arguments: object) -> str:
    response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def test_a_console_without_streams_says_so_and_that_nothing_is_contacted(analyst: Client) -> None:
    page = text_of(analyst, "streams:list")

    assert "No stream is started." in page
    assert "Nothing is contacted before an administrator starts a stream." in page


def test_the_list_shows_those_in_trouble_first_with_what_went_wrong(analyst: Client) -> None:
    busy_streams(now=timezone.now())

    page = text_of(analyst, "streams:list")

    names = ("harbour-2026h2", "mirror", "lamp-post-2026h2", "gtlds")
    places = [page.index(f'href="/streams/{name}/"') for name in names]
    assert places == sorted(places)
    assert "does not take a connection" in page
    assert "600,000 entries" in page
    assert "retired" in page


def test_an_analyst_sees_everything_and_no_button(analyst: Client) -> None:
    busy_streams(now=timezone.now())

    for page in (
        text_of(analyst, "streams:list"),
        text_of(analyst, "streams:stream", "lamp-post-2026h2"),
        text_of(analyst, "streams:stream", "harbour-2026h2"),
    ):
        assert "/start/" not in page
        assert "/stop/" not in page
        assert "/seen/" not in page
        assert 'action="/streams/' not in page


def test_a_stream_s_page_tells_its_history_gaps_rejects_and_head(analyst: Client) -> None:
    busy_streams(now=timezone.now())

    page = text_of(analyst, "streams:stream", "lamp-post-2026h2")

    assert "entries 0 to 1,200,000,000" in page
    assert "skipped: a person asked for it" in page
    assert "ab" * 32 in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert page.count('<rect class="bar" ') == 48


def test_a_log_that_lied_shows_its_alarm_and_hands_out_the_evidence(analyst: Client) -> None:
    busy_streams(now=timezone.now())
    alarm = StreamAlarm.objects.get()

    page = text_of(analyst, "streams:stream", "harbour-2026h2")
    evidence = analyst.get(reverse("streams:evidence", args=["harbour-2026h2", alarm.pk]))

    assert "the tree is not a longer one of the tree we know" in page
    assert evidence.json()["lie"] == "forked"
    assert evidence.json()["key"]


@pytest.mark.parametrize(
    ("role", "opened"), [(Role.ANALYST, 403), (Role.APPROVER, 403), (Role.ADMINISTRATOR, 302)]
)
def test_only_an_administrator_starts_and_stops(role: Role, opened: int) -> None:
    busy_streams(now=timezone.now())
    client = signed_in(role)

    assert client.post(reverse("streams:start", args=["gtlds"])).status_code == opened
    assert client.post(reverse("streams:stop", args=["mirror"])).status_code == opened

    administrator = role is Role.ADMINISTRATOR
    assert Stream.objects.get(name="gtlds").wanted is administrator
    assert Stream.objects.get(name="mirror").wanted is not administrator
    done = Entry.objects.filter(action__in=["stream.started", "stream.stopped"])
    assert done.filter(by__isnull=False).count() == 2 * administrator


def test_a_retired_log_has_no_start_button_and_is_not_started(administrator: Client) -> None:
    busy_streams(now=timezone.now())

    administrator.post(reverse("streams:start", args=["old-2024"]))

    assert not Stream.objects.get(name="old-2024").wanted
    assert "/streams/old-2024/start/" not in text_of(administrator, "streams:list")


def test_an_administrator_says_that_an_alarm_was_seen(administrator: Client) -> None:
    busy_streams(now=timezone.now())

    administrator.post(reverse("streams:seen", args=["harbour-2026h2"]))

    assert Stream.objects.get(name="harbour-2026h2").alarm == ""
    assert StreamAlarm.objects.get().seen_by is not None


def test_skipping_needs_a_log_and_leaves_a_gap(administrator: Client) -> None:
    busy_streams(now=timezone.now())
    before = StreamGap.objects.count()

    administrator.post(reverse("streams:skip", args=["mirror"]))
    assert StreamGap.objects.count() == before
    administrator.post(reverse("streams:skip", args=["lamp-post-2026h2"]))

    assert StreamGap.objects.count() == before + 1
    assert Stream.objects.get(name="lamp-post-2026h2").index == 1_201_500_000


def test_a_stream_is_added_and_not_started(administrator: Client) -> None:
    said = {
        "name": "my-zone",
        "kind": "axfr",
        "address": "dns://192.0.2.1",
        "options": "zone=example\r\nkey-name=k",
    }

    administrator.post(reverse("streams:add"), said)

    stream = Stream.objects.get()
    assert stream.options == {"zone": "example", "key-name": "k"}
    assert not stream.wanted


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"options": "zone"}, "Each line is NAME=VALUE."),
        ({"options": ""}, "needs the option zone"),
        ({"kind": "gopher"}, "Select a valid choice"),
    ],
    ids=["no value", "what it needs is not said", "no such kind"],
)
def test_a_stream_that_could_not_be_read_is_refused_with_why(
    administrator: Client, changes: dict[str, str], why: str
) -> None:
    said = {"name": "z", "kind": "axfr", "address": "dns://192.0.2.1", "options": "zone=example"}

    response = administrator.post(reverse("streams:add"), {**said, **changes})

    assert response.status_code == 400
    assert why in response.content.decode()
    assert not Stream.objects.exists()


def test_a_password_is_kept_and_never_shown(administrator: Client, tmp_path: Path) -> None:
    busy_streams(now=timezone.now())
    address = reverse("streams:secret", args=["gtlds"])

    administrator.post(address, {"secret": "two lions"})

    kept = secret_of(data=tmp_path, feed=secret_name("gtlds"), kind=Kind.PASSWORD)
    assert kept == b"two lions"
    assert "two lions" not in text_of(administrator, "streams:stream", "gtlds")
    assert "two lions" not in "".join(Entry.objects.values_list("body", flat=True))
    administrator.post(address, {"secret": ""})
    assert secret_of(data=tmp_path, feed=secret_name("gtlds"), kind=Kind.PASSWORD) is None


def test_a_kind_that_needs_no_password_takes_none(administrator: Client, tmp_path: Path) -> None:
    busy_streams(now=timezone.now())

    administrator.post(reverse("streams:secret", args=["mirror"]), {"secret": "two lions"})

    assert secret_of(data=tmp_path, feed=secret_name("mirror"), kind=Kind.PASSWORD) is None


def test_a_list_of_logs_is_followed_and_left(administrator: Client) -> None:
    address = "https://list.example/log_list.json"
    for said, wanted in (("yes", True), ("no", False)):
        administrator.post(reverse("streams:follow"), {"address": address, "follow": said})
        assert LogList.objects.get().wanted is wanted

    administrator.post(reverse("streams:follow"), {"address": "file:///etc/passwd"})
    assert LogList.objects.count() == 1


@pytest.mark.parametrize("name", ["streams:stream", "streams:rejects", "streams:start"])
def test_a_stream_that_is_not_there_is_not_found(administrator: Client, name: str) -> None:
    address = reverse(name, args=["nothing"])
    response = administrator.post(address) if "start" in name else administrator.get(address)

    assert response.status_code == 404


def test_rejects_are_paged(analyst: Client) -> None:
    busy_streams(now=timezone.now())
    stream = Stream.objects.get(name="lamp-post-2026h2")
    from lionrock.desk.streams.models import StreamReject

    StreamReject.objects.bulk_create(
        StreamReject(stream=stream, at=timezone.now(), place=f"entry-{n}", why="x")
        for n in range(60)
    )

    first = text_of(analyst, "streams:rejects", stream.name)
    assert "entry-59" in first
    assert "entry-9<" not in first
    older = StreamReject.objects.order_by("-pk")[49].pk
    rest = analyst.get(reverse("streams:rejects", args=[stream.name]), {"before": older})
    assert "entry-9<" in rest.content.decode()


def test_the_first_page_tells_of_streams_in_trouble(analyst: Client) -> None:
    assert "The stream" not in text_of(analyst, "suspects:front")
    busy_streams(now=timezone.now())

    page = text_of(analyst, "suspects:front")

    assert "The stream harbour-2026h2 said what cannot be true" in page
    assert "The stream lamp-post-2026h2 is 600,000 entries behind." in page
    assert "The stream mirror" not in page, "one failure is no trouble yet"
    Stream.objects.filter(name="mirror").update(failures=9)
    assert "The stream mirror cannot be read, 9 attempts" in text_of(analyst, "suspects:front")


def test_every_reason_of_a_gap_has_words_to_translate() -> None:
    import re

    import lionrock
    from lionrock.desk.streams.templatetags.streams import GAPS

    package = Path(lionrock.__file__).parent
    files = (
        "jobs/stream_sources.py",
        "net/certstream.py",
        "desk/streams/services/setting_up.py",
    )
    said = {
        why for file in files for why in re.findall(r'why="([^"]+)"', (package / file).read_text())
    }

    assert said == set(GAPS)
