"""People for tests, made the way the product makes them."""

from datetime import UTC, datetime
from functools import cache
from itertools import count

from django.contrib.auth.hashers import make_password

from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.people.services import add_person

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
PASSWORD = "seven green lanterns"
_numbers = count(1)


def someone(*roles: Role, email: str = "", name: str = "") -> Person:
    """Return a new person with these roles, who has no password."""
    number = next(_numbers)
    return add_person(
        email=email or f"person{number}@example.org",
        name=name or f"Person {number}",
        roles=roles,
        by=None,
        now=NOW,
    )


@cache
def hashed() -> str:
    """Return the hash of ``PASSWORD``, computed once: it is slow on purpose."""
    return make_password(PASSWORD)


def with_password(*roles: Role, email: str = "") -> Person:
    """Return a new person who signs in with ``PASSWORD``."""
    person = someone(*roles, email=email)
    person.password = hashed()
    person.save(update_fields=["password"])
    return person
