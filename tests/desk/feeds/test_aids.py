"""What reading profits from is fetched where somebody collects from outside, and never for the worse."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Self

import pytest
from django.conf import settings

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.feeds import Carrier
from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.models import Aid
from lionrock.desk.feeds.services import aids, sources
from lionrock.desk.feeds.services.collect import Surroundings

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SCHEMA = {
    "scan_example": {
        "constant_fields": {
            "classification.taxonomy": "vulnerable",
            "classification.type": "vulnerable-system",
        },
        "feed_name": "Example",
        "file_name": "scan_example",
        "required_fields": [["time.source", "timestamp"], ["source.ip", "ip"]],
        "optional_fields": [],
    }
}


class Answers:
    """A web that has one thing to say, and counts how often it is asked."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content = content
        self.asked = 0

    def __call__(self, _url: str, /, **_: object) -> "Answers":
        self.asked += 1
        if isinstance(self.content, Exception):
            raise self.content
        self.body = BytesIO(self.content)
        return self

    status = 200
    headers: dict[str, str] = {}  # noqa: RUF012  # read only

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def schema(extra: str = "") -> bytes:
    return json.dumps({**SCHEMA, **({extra: SCHEMA["scan_example"]} if extra else {})}).encode()


def refresh(web: Answers, at: datetime = NOW) -> list[str]:
    return aids.refresh(around=Surroundings(data=Path(settings.LIONROCK_DATA)), now=at, web=web)


def collect_by(carrier: Carrier) -> None:
    sources.set_up(
        feed="shadowserver",
        by=None,
        now=NOW,
        enabled=True,
        carrier=carrier.value,
        address="https://feeds.example/",
    )


def test_nothing_is_fetched_for_feeds_that_are_laid_in_or_pushed() -> None:
    web = Answers(schema())
    for carrier in (Carrier.DROP, Carrier.PUSH):
        collect_by(carrier)
        assert refresh(web) == []

    assert web.asked == 0


def test_an_aid_is_fetched_once_a_week_and_its_change_recorded() -> None:
    collect_by(Carrier.SHADOWSERVER)
    web = Answers(schema())
    assert refresh(web) == ["shadowserver-schema"]
    assert refresh(web, NOW + timedelta(days=6)) == []
    assert refresh(web, NOW + timedelta(days=8)) == ["shadowserver-schema"]
    web.content = schema("scan_other")
    refresh(web, NOW + timedelta(days=16))

    assert web.asked == 3
    assert Entry.objects.filter(action="aid.kept").count() == 2
    assert b"scan_other" in bytes(Aid.objects.get().content)


@pytest.mark.parametrize(
    "answer",
    [b"<html>not found</html>", b"{}", b"[1, 2]", TryLater("it does not answer")],
    ids=["a page", "nothing", "another thing", "silence"],
)
def test_a_bad_answer_never_replaces_a_good_aid(answer: bytes | Exception) -> None:
    collect_by(Carrier.SHADOWSERVER)
    refresh(Answers(schema()))
    before = bytes(Aid.objects.get().content)
    with pytest.raises(TryLater, match="shadowserver-schema"):
        refresh(Answers(answer), NOW + timedelta(days=8))

    assert bytes(Aid.objects.get().content) == before


def test_an_aid_nobody_knows_is_refused() -> None:
    with pytest.raises(GiveUp, match="shadowserver-schema"):
        aids.keep_aid(name="horoscope", content=b"", origin="", by=None, now=NOW)
