"""An analyst for the tests of deliveries."""

import pytest

from lionrock.desk.people.models import Person
from tests.desk.suspects.conftest import NOW


@pytest.fixture
def ada(db: None) -> Person:
    """An analyst."""
    return Person.objects.create(email="ada@cert.example", name="Ada", joined_at=NOW)
