"""Deliveries that programs push: kept as they are, once, from those who may."""

import gzip
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services import sources
from lionrock.desk.feeds.services.blobs import open_blob
from lionrock.desk.people.roles import Role
from lionrock.desk.people.tokens import Scope, make_token
from lionrock.web.streamed import STREAMED
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/feeds/shadowserver/deliveries"


@pytest.fixture
def program() -> Client:
    """A program that may push."""
    secret = make_token(
        owner=someone(Role.ANALYST),
        name="test",
        scopes=[Scope.PUSH],
        lifetime=timedelta(days=1),
        now=timezone.now(),
    )[1]
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def pushed() -> Source:
    return sources.set_up(
        feed="shadowserver", by=None, now=timezone.now(), enabled=True, carrier="push"
    )


@pytest.mark.usefixtures("pushed")
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"ip\n192.0.2.1\n", "text/csv"),
        (b'{"ip": "192.0.2.1"}', "application/json"),
        (gzip.compress(b"ip\n192.0.2.1\n", mtime=0), "application/gzip"),
        (b"a=1&b=2", "application/x-www-form-urlencoded"),
    ],
    ids=["csv", "json", "gzip", "form"],
)
def test_a_body_is_kept_as_it_is_whatever_it_is(program: Client, body: bytes, kind: str) -> None:
    answer = program.generic("POST", f"{ADDRESS}?name=scan.csv", body, content_type=kind)

    assert answer.status_code == 202, answer.content
    blob = Blob.objects.get()
    assert answer.json() == {
        "delivery": blob.pk,
        "fresh": True,
        "sha256": blob.sha256,
        "size": len(body),
    }
    assert open_blob(blob).read() == body
    assert (blob.name, blob.carrier, blob.state) == ("scan.csv", "push", BlobState.KEPT)
    assert blob.headers["content-type"] == kind


@pytest.mark.usefixtures("pushed")
def test_the_same_body_twice_is_one_delivery_and_the_feed_was_heard(program: Client) -> None:
    first = program.generic("POST", ADDRESS, b"x", content_type="text/csv").json()
    second = program.generic("POST", ADDRESS, b"x", content_type="text/csv").json()

    assert (first["fresh"], second["fresh"]) == (True, False)
    assert first["delivery"] == second["delivery"]
    assert Source.objects.get().delivered_at is not None


@pytest.mark.usefixtures("pushed")
def test_more_than_a_page_takes_is_taken_here(program: Client) -> None:
    body = bytes(5 * 2**20)
    assert program.generic("POST", ADDRESS, body, content_type="text/csv").status_code == 202


@pytest.mark.usefixtures("pushed")
def test_a_body_that_breaks_off_is_not_kept(program: Client) -> None:
    answer = program.post(
        ADDRESS,
        **{"wsgi.input": BytesIO(b"half"), "CONTENT_LENGTH": "1000", "CONTENT_TYPE": "text/csv"},  # type: ignore[arg-type]  # WSGI's own
    )

    assert answer.status_code == 400, answer.content
    assert not Blob.objects.exists()


@pytest.mark.usefixtures("pushed")
def test_a_body_that_is_too_large_is_refused_unread(program: Client) -> None:
    answer = program.post(
        ADDRESS,
        **{  # type: ignore[arg-type]  # as above
            "wsgi.input": BytesIO(b""),
            "CONTENT_LENGTH": str(STREAMED["api:push_delivery"] + 1),
            "CONTENT_TYPE": "text/csv",
        },
    )
    assert answer.status_code == 413


def test_a_feed_that_nobody_set_to_be_pushed_takes_nothing(program: Client) -> None:
    assert program.generic("POST", ADDRESS, b"x", content_type="text/csv").status_code == 409
    other = ADDRESS.replace("shadowserver", "nobody-knows-it")
    assert program.generic("POST", other, b"x", content_type="text/csv").status_code == 404
    assert not Blob.objects.exists()


@pytest.mark.usefixtures("pushed")
def test_without_a_token_nothing_is_read(client: Client) -> None:
    class Unread(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("read before anybody asked who it is")

    answer = client.post(
        ADDRESS,
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "90000000", "CONTENT_TYPE": "text/csv"},  # type: ignore[arg-type]  # WSGI's own
    )
    assert answer.status_code == 401
