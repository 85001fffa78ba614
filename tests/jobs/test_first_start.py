"""A first start lets an administrator in and shows suspects, whatever happened before it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.feeds.models import Source
from lionrock.desk.feeds.services import sources
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.suspects.models import Reading
from lionrock.desk.suspects.services.readings import fail_reading, finish_reading, open_reading
from lionrock.jobs.up import (
    FIRST_ADMINISTRATOR,
    SAMPLE,
    first_link,
    first_sample,
    offer_sample,
)
from tests.desk.notices.making import constituent
from tests.people.someone import someone

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def reading(source: str) -> Reading:
    """Begin a reading."""
    return open_reading(
        source=source, model_version="m", machine="here", process=1, rejects_file="", now=NOW
    )


def test_a_sample_that_was_read_is_not_read_again(tmp_path: Path) -> None:
    finish_reading(reading_id=reading(SAMPLE).pk, now=NOW)

    assert first_sample(tmp_path) is None


def test_a_sample_cut_short_is_read_again(tmp_path: Path) -> None:
    reading(SAMPLE)
    fail_reading(reading_id=reading(SAMPLE).pk, why="KeyboardInterrupt", now=NOW)

    assert first_sample(tmp_path) == tmp_path / SAMPLE


def test_who_brought_names_of_their_own_gets_no_sample_among_them(tmp_path: Path) -> None:
    reading("new-domains.txt")

    assert first_sample(tmp_path) is None


def test_the_sample_is_laid_once_ever_whatever_becomes_of_it(tmp_path: Path) -> None:
    assert offer_sample(tmp_path, wanted=True)
    assert Source.objects.exists()
    Source.objects.all().delete()
    Constituent.objects.all().delete()

    assert offer_sample(tmp_path, wanted=True)
    assert not Source.objects.exists()
    assert not Constituent.objects.exists()


def test_who_began_with_nothing_gets_no_sample_later(tmp_path: Path) -> None:
    assert not offer_sample(tmp_path, wanted=False)

    assert not offer_sample(tmp_path, wanted=True)
    assert not Source.objects.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("own", ["feed", "constituent", "names"])
def test_who_set_something_up_before_the_first_start_gets_no_sample(
    own: str, tmp_path: Path
) -> None:
    if own == "feed":
        sources.set_up(feed="shadowserver", by=None, now=NOW)
    elif own == "constituent":
        constituent()
    else:
        reading("new-domains.txt")

    assert not offer_sample(tmp_path, wanted=True)
    assert list(tmp_path.iterdir()) == []


def test_the_first_administrator_comes_even_after_other_people_were_added() -> None:
    someone(Role.ANALYST, Role.APPROVER)

    link = first_link()

    assert link is not None
    assert "/people/welcome/" in link
    made = Person.objects.get(email=FIRST_ADMINISTRATOR)
    assert Role.ADMINISTRATOR in made.roles


def test_a_link_is_offered_until_an_administrator_has_come() -> None:
    assert first_link() is not None
    assert first_link() is not None
    Person.objects.filter(email=FIRST_ADMINISTRATOR).update(last_login=NOW)
    assert first_link() is None


def test_nobody_is_made_where_somebody_administers() -> None:
    someone(Role.ADMINISTRATOR)

    assert first_link() is None
    assert not Person.objects.filter(email=FIRST_ADMINISTRATOR).exists()


def test_a_first_administrator_who_was_sent_away_gets_no_link() -> None:
    first_link()
    Person.objects.filter(email=FIRST_ADMINISTRATOR).update(is_active=False)

    assert first_link() is None
