"""People, a reading and suspects for the tests of the queue."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.models import Reading, Suspect
from lionrock.desk.suspects.services import Counts, open_reading, store_batch

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

People = Callable[..., Person]
Storing = Callable[..., Suspect]


def judgement(host: str, **changes: Any) -> Judgement:  # Any: each field has its own type
    """Return a suspect judgement about ``host`` that imitates HSBC."""
    labels = host.split(".")
    at = host.find("hsbc")
    fields: dict[str, Any] = {  # Any: as above
        "name": host,
        "host": host,
        "registrable": ".".join(labels[-2:]),
        "tenant_of": None,
        "score": 0.9,
        "verdict": Verdict.SUSPECT,
        "brand": "hsbc",
        "reasons": (
            Reason(code="brand-word", about="hsbc", start=at, end=at + 4)
            if at >= 0
            else Reason(code="model"),
        ),
        "model_version": "test-1",
    }
    return Judgement(**{**fields, **changes})


def a_reading(source: str = "list", now: datetime = NOW) -> Reading:
    """Return a reading that has just begun."""
    return open_reading(
        source=source,
        model_version="test-1",
        machine="elsewhere",
        process=1,
        rejects_file="",
        now=now,
    )


@pytest.fixture
def person(db: None) -> People:
    """Make people with roles."""

    def make(name: str, *roles: Role) -> Person:
        made = Person.objects.create(email=f"{name}@cert.example", name=name, joined_at=NOW)
        for role in roles:
            made.groups.add(Group.objects.get_or_create(name=role.value)[0])
        return made

    return make


@pytest.fixture
def ada(person: People) -> Person:
    """An analyst."""
    return person("Ada", Role.ANALYST)


@pytest.fixture
def store(db: None) -> Storing:
    """Store one suspect and return it."""
    readings: list[Reading] = []

    def keep(host: str, now: datetime = NOW, **changes: Any) -> Suspect:  # Any: a field's value
        if not readings:
            readings.append(a_reading())
        store_batch(
            reading_id=readings[0].pk,
            judgements=[judgement(host, **changes)],
            counts=Counts(names=1),
            book=brands.current(),
            now=now,
        )
        return Suspect.objects.get(host=host)

    return keep


@pytest.fixture
def browser(client: Client, ada: Person) -> Client:
    """A browser in which Ada is signed in."""
    client.force_login(ada)
    return client
