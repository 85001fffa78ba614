"""Subscribers are told only after they said so, once for each entry, and are forgotten when they leave."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lionrock.desk.alerts.keys import key_of
from lionrock.desk.alerts.readers import Post, PostState, Subscriber
from lionrock.desk.alerts.services.outbox import send_due
from lionrock.desk.alerts.services.subscribers import confirm, subscribe
from lionrock.desk.notices.services import stop_mailing
from lionrock.net.smtp import NotNow, OutcomeUnknown, Receipt, Refused
from tests.desk.alerts.making import NOW, later, published

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_asks_before(transactional_db: None) -> Iterator[None]:
    """Forget how often a network asked: what is counted outlives a test."""
    call_command("createcachetable", verbosity=0)
    cache.clear()
    yield
    cache.clear()


class Taking:
    """A mail server that takes everything, or says what it is told to."""

    def __init__(self, *troubles: Exception) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.troubles = list(troubles)

    def __call__(self, message: bytes, *, sender: str, to: str) -> Receipt:
        if self.troubles:
            raise self.troubles.pop(0)
        read = message_from_bytes(message, policy=policy.default)
        assert isinstance(read, EmailMessage)
        self.mails.append((to, read))
        return Receipt(server="test", code=250, text="ok")


def subscriber(email: str = "reader@example.org", language: str = "en") -> Subscriber:
    """Return somebody who confirmed an hour before ``NOW``."""
    before = NOW - timedelta(hours=1)
    subscribe(email=email, language=language, now=before)
    found = Subscriber.objects.get(email=email)
    confirm(subscriber=found, now=before)
    Post.objects.all().delete()
    return found


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_nobody_is_told_before_they_confirmed(client: Client) -> None:
    there = client.post("/alerts/en/subscribe/", {"email": "Reader@Example.org"})
    assert there.status_code == 202
    assert not there.cookies
    server = Taking()
    published(now=later(1))
    send_due(transport=server, worker="w", now=timezone.now())
    ((to, mail),) = server.mails
    assert to == "Reader@Example.org"
    links = re.findall(r"https?://\S+", text_of(mail))
    (link,) = links
    path = "/alerts/" + link.partition("/alerts/")[2]

    assert client.get(path).status_code == 200
    assert Subscriber.objects.get().confirmed_at is None, "opening the link alone confirms nothing"


def test_a_confirmed_reader_is_told_once_and_links_lead_to_the_site_alone(client: Client) -> None:
    reader = subscriber()
    alert = published()
    server = Taking()
    send_due(transport=server, worker="w", now=later(1))
    send_due(transport=server, worker="w", now=later(2))

    ((_, mail),) = server.mails
    text = text_of(mail)
    assert str(alert.number) in str(mail["Subject"])
    assert str(alert.slug) in text
    assert all("/alerts/" in link for link in re.findall(r"https?://\S+", text))
    assert "harbour-water.example" not in text
    assert key_of(reader, "leave") in str(mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Post.objects.get().state == PostState.SENT


def test_a_reader_gets_it_in_their_language() -> None:
    subscriber(language="zh-Hans")
    published()
    server = Taking()
    send_due(transport=server, worker="w", now=later(1))

    ((_, mail),) = server.mails
    assert "水费单" in str(mail["Subject"])
    assert mail["Content-Language"] == "zh-Hans"


def test_of_what_was_published_before_nobody_is_told() -> None:
    published(now=NOW - timedelta(hours=2))
    subscriber()
    server = Taking()
    send_due(transport=server, worker="w", now=later(1))

    assert server.mails == []


def test_a_mail_whose_outcome_is_unknown_is_never_sent_again() -> None:
    subscriber()
    published()
    send_due(transport=Taking(OutcomeUnknown("gone")), worker="w", now=later(1))
    server = Taking()
    send_due(transport=server, worker="w", now=later(600))

    assert server.mails == []
    assert Post.objects.get().state == PostState.UNKNOWN


def test_a_server_that_says_later_is_asked_later() -> None:
    subscriber()
    published()
    send_due(transport=Taking(NotNow("busy", code=451)), worker="w", now=later(1))
    early, late = Taking(), Taking()
    send_due(transport=early, worker="w", now=later(2))
    send_due(transport=late, worker="w", now=later(10))

    assert (len(early.mails), len(late.mails)) == (0, 1)


def test_an_address_that_takes_no_mail_gets_none_any_more() -> None:
    reader = subscriber()
    published()
    dead = Refused("no such user", code=550, stage="recipient")
    send_due(transport=Taking(dead), worker="w", now=later(1))
    reader.refresh_from_db()
    assert reader.dead_since == later(1)

    published(now=later(5))
    server = Taking()
    send_due(transport=server, worker="w", now=later(6))
    assert server.mails == []


def test_the_stop_switch_stops_these_mails_too() -> None:
    subscriber()
    published()
    stop_mailing(by=None, now=NOW)
    server = Taking()
    send_due(transport=server, worker="w", now=later(1))

    assert server.mails == []
    assert Post.objects.get().state == PostState.READY


def test_leaving_takes_a_button_and_forgets_everything(client: Client) -> None:
    reader = subscriber()
    path = f"/alerts/en/leave/{key_of(reader, 'leave')}/"

    assert client.get(path).status_code == 200
    assert Subscriber.objects.exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()
    assert client.post(path).status_code == 200, "a second click finds the same"


@pytest.mark.parametrize("page", ["confirm", "leave"])
def test_a_forged_key_does_nothing(page: str, client: Client) -> None:
    reader = subscriber()
    client.post(f"/alerts/en/{page}/{reader.code}-{'0' * 32}/")

    assert Subscriber.objects.get().confirmed_at is not None


def test_a_link_to_confirm_is_good_for_two_days_and_then_forgotten(client: Client) -> None:
    subscribe(email="reader@example.org", language="en", now=NOW)
    found = Subscriber.objects.get()
    assert confirm(subscriber=found, now=NOW + timedelta(days=3)) is None
    send_due(transport=Taking(), worker="w", now=NOW + timedelta(days=3))

    assert not Subscriber.objects.exists()


def test_nobody_is_pestered_through_the_form() -> None:
    sent = [
        subscribe(email="reader@example.org", language="en", now=NOW + timedelta(minutes=30 * n))
        for n in range(30)
    ]

    assert len([one for one in sent if one]) == 5


def test_the_form_says_the_same_whether_an_address_is_known_or_not(client: Client) -> None:
    subscriber()
    known = client.post("/alerts/en/subscribe/", {"email": "reader@example.org"})
    other = client.post("/alerts/en/subscribe/", {"email": "nobody@example.org"})

    assert (known.status_code, known.content) == (other.status_code, other.content)
    assert Post.objects.count() == 1


def test_what_is_no_address_and_what_fills_in_the_trap_gets_no_mail(client: Client) -> None:
    wrong = client.post("/alerts/en/subscribe/", {"email": "no address\r\nBcc: x@example.org"})
    assert wrong.status_code == 400
    trapped = client.post("/alerts/en/subscribe/", {"email": "a@example.org", "website": "x"})
    assert trapped.status_code == 202

    assert not Subscriber.objects.exists()


def test_a_network_that_asks_too_often_is_asked_to_wait(client: Client) -> None:
    answers = [
        client.post("/alerts/en/subscribe/", {"email": f"r{n}@example.org"}).status_code
        for n in range(7)
    ]

    assert answers == [202] * 5 + [429] * 2
