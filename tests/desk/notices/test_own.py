"""A confirmed suspect takes everybody's road, once, and a person approves what comes of it."""

import pytest

from lionrock.core.facts import Why
from lionrock.desk.constituents.models import Found
from lionrock.desk.constituents.services.found import due
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.notices.models import Handed, Notice, NoticeItem, NoticeState
from lionrock.desk.notices.services import approve
from lionrock.desk.notices.services.compose import compose
from lionrock.desk.notices.services.own import Delivered, deliver_confirmed
from lionrock.desk.notices.services.route import route_complete
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.services import confirm, undo
from lionrock.jobs.road import read_blob
from tests.desk.notices.making import DAY, HOUR, NOW, Remembers, person, send
from tests.desk.suspects.conftest import a_reading, judgement

pytestmark = pytest.mark.django_db

HOST = "hsbc-login.top"


def confirmed(host: str = HOST) -> Suspect:
    """Return a suspect that a person confirmed."""
    from lionrock.desk.suspects import brands
    from lionrock.desk.suspects.services import Counts, store_batch

    store_batch(
        reading_id=a_reading().pk,
        judgements=[judgement(host)],
        counts=Counts(names=1),
        book=brands.current(),
        now=NOW,
    )
    suspect = Suspect.objects.get(host=host)
    return confirm(suspect_id=suspect.pk, seen_version=suspect.version, by=person(), now=NOW)


def resolve(host: str) -> tuple[str, ...]:
    """Say that every name leads to one address."""
    return ("203.0.113.80",)


def walked() -> Episode:
    """Hand over, read and route; return the episode."""
    deliver_confirmed(resolve=resolve, now=NOW)
    for blob in Blob.objects.filter(state=BlobState.KEPT):
        read_blob(blob.pk, worker="w1", clock=lambda: NOW)
    route_complete(now=NOW)
    return Episode.objects.get()


def test_a_confirmed_suspect_becomes_an_event_of_our_own_feed_once() -> None:
    confirmed()
    assert deliver_confirmed(resolve=resolve, now=NOW) == Delivered(handed=1)
    assert deliver_confirmed(resolve=resolve, now=NOW) == Delivered()

    blob = Blob.objects.get()
    assert (blob.feed, Handed.objects.get().blob_id) == ("lionrock", blob.pk)
    read_blob(blob.pk, worker="w1", clock=lambda: NOW)
    one = Episode.objects.get()
    assert (one.asset, one.kind, one.address) == (HOST, "fraud.phishing", "203.0.113.80")
    assert one.why != Why.ELSEWHERE
    assert one.brand == "HSBC", "letters name it as people do, not by our id"


def test_host_and_registrar_are_told_once_a_person_approves() -> None:
    confirmed()
    one = walked()
    assert one.network
    host, registrar = Notice.objects.order_by("pk")
    assert {host.state, registrar.state} == {NoticeState.WAITING}
    assert {"code": "own"} in host.why
    assert registrar.sought == HOST

    for key, email in ((one.network, "abuse@host.example"), (HOST, "abuse@registrar.example")):
        Found.objects.create(key=key, emails=[email], source="rdap test", found_at=NOW)
    route_complete(now=NOW)
    server = Remembers()
    send(server)
    assert server.took == []
    for notice in Notice.objects.order_by("pk"):
        approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    send(server)
    assert server.recipients == ["abuse@host.example", "abuse@registrar.example"]
    assert b"hsbc-login.top" not in server.took[0][1].split(b"Content-Disposition")[0]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "found by us, confirmed by a person of our team "
                "Why we hold it to be made to deceive: the name "
                "* contains the brand name “hsbc” as a word of its own"
            ),
        ),
        (
            "zh-hant",
            "由我們發現，並經本團隊人員確認我們認為該域名意圖欺騙，理由如下：*含有獨立成詞的品牌名稱「hsbc」",
        ),
    ],
)
def test_a_letter_about_it_says_what_the_name_shows(language: str, told: str) -> None:
    confirmed()
    walked()
    notice = Notice.objects.order_by("pk")[0]
    notice.language = language
    text = compose(notice, contact=None).text

    assert "".join(told.split()) in "".join(text.body.split())
    assert HOST not in text.body
    assert "hsbc[.]com" in text.body, "and who is imitated"


def test_it_is_told_as_phishing_once_somebody_else_reported_it_too() -> None:
    confirmed()
    walked()
    Episode.objects.update(feeds=["lionrock", "openphish"])
    text = compose(Notice.objects.order_by("pk")[0], contact=None).text

    assert "Phishing page" in text.subject
    assert "contains the brand name" in text.body


def test_the_registrar_is_looked_up_beside_the_host() -> None:
    confirmed()
    one = walked()
    Episode.objects.update(network="8.8.8.0/24", asn=15169)

    assert set(due(now=NOW)) == {"8.8.8.0/24", HOST}
    assert one.host == HOST


def test_a_decision_taken_back_cancels_what_has_not_left() -> None:
    suspect = confirmed()
    walked()
    undo(suspect_id=suspect.pk, seen_version=suspect.version, by=person(), now=NOW + HOUR)

    assert deliver_confirmed(resolve=resolve, now=NOW + HOUR) == Delivered(undone=1, cancelled=2)
    assert deliver_confirmed(resolve=resolve, now=NOW + HOUR) == Delivered()
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.CLOSED}
    assert Episode.objects.get().standing == Standing.NOT_OURS


def test_a_decision_taken_back_before_it_was_read_is_not_told() -> None:
    suspect = confirmed()
    deliver_confirmed(resolve=resolve, now=NOW)
    undo(suspect_id=suspect.pk, seen_version=suspect.version, by=person(), now=NOW)
    deliver_confirmed(resolve=resolve, now=NOW)
    read_blob(Blob.objects.get().pk, worker="w1", clock=lambda: NOW)
    route_complete(now=NOW)

    assert not NoticeItem.objects.exists()


def test_what_is_confirmed_anew_is_told_anew() -> None:
    suspect = confirmed()
    walked()
    undo(suspect_id=suspect.pk, seen_version=suspect.version, by=person(), now=NOW)
    deliver_confirmed(resolve=resolve, now=NOW)
    suspect.refresh_from_db()
    confirm(suspect_id=suspect.pk, seen_version=suspect.version, by=person(), now=NOW + HOUR)
    deliver_confirmed(resolve=resolve, now=NOW + HOUR)
    for blob in Blob.objects.filter(state=BlobState.KEPT):
        read_blob(blob.pk, worker="w1", clock=lambda: NOW + HOUR)
    route_complete(now=NOW + HOUR)

    assert Notice.objects.filter(state=NoticeState.WAITING).count() == 2


def test_decisions_of_long_ago_are_history() -> None:
    confirmed()

    assert deliver_confirmed(resolve=resolve, now=NOW + 31 * DAY) == Delivered()


def test_a_name_that_leads_nowhere_is_told_to_its_registrar() -> None:
    confirmed()
    deliver_confirmed(resolve=lambda host: (), now=NOW)
    read_blob(Blob.objects.get().pk, worker="w1", clock=lambda: NOW)
    route_complete(now=NOW)

    assert Notice.objects.get().sought == HOST
