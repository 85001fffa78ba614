"""Commands for people: add somebody, list who is here, let somebody in again."""

import sys
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import App, Parameter

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django

app = App(name="users", help="People who sign in to the console.")


@app.command
def add(
    email: str,
    *,
    role: Annotated[list[str], Parameter(consume_multiple=False)],
    name: str = "",
) -> None:
    """Add somebody and print the one-time link that lets them in.

    The link works once, for 48 hours; hand it over in a way only they can read.

    For example:

        lionrock users add chan@example.org --role analyst
        lionrock users add lee@example.org --role approver --role administrator --name "Lee"

    Parameters
    ----------
    email:
        The address they sign in with.
    role:
        analyst, approver, administrator, constituent or partner; may be given several times.
    name:
        How they are called on pages.
    """
    ready()
    from django.core.exceptions import ValidationError  # noqa: PLC0415  # needs Django started

    from lionrock.desk.people.links import address_of, make_link  # noqa: PLC0415  # as above
    from lionrock.desk.people.roles import Role  # noqa: PLC0415  # as above
    from lionrock.desk.people.services import AlreadyHere, add_person  # noqa: PLC0415  # as above

    unknown = sorted(set(role) - {known.value for known in Role})
    if unknown:
        raise GiveUp(f"no such role: {', '.join(unknown)} (there are: {', '.join(Role)})")
    now = datetime.now(UTC)
    try:
        person = add_person(
            email=email, name=name, roles={Role(one) for one in role}, by=None, now=now
        )
    except AlreadyHere as error:
        raise GiveUp(
            f"{email} is here already; for a new link: lionrock users link {email}"
        ) from error
    except ValidationError as error:
        raise GiveUp(f"{email} is no e-mail address") from error
    sys.stdout.write(address_of(make_link(person=person, by=None, now=now)) + "\n")


@app.command
def link(email: str) -> None:
    """Print a new one-time link for somebody who cannot get in.

    For example:

        lionrock users link chan@example.org

    Parameters
    ----------
    email:
        The address they sign in with.
    """
    ready()
    from lionrock.desk.people.links import address_of, make_link  # noqa: PLC0415  # needs Django
    from lionrock.desk.people.models import Person  # noqa: PLC0415  # as above

    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise GiveUp(f"nobody who may sign in has the address {email}")
    sys.stdout.write(address_of(make_link(person=person, by=None, now=datetime.now(UTC))) + "\n")


@app.command(name="list")
def list_() -> None:
    """List everybody: address, name, roles, whether they may sign in; one line each, tabs between.

    For example:

        lionrock users list
    """
    ready()
    from lionrock.desk.people.models import Person  # noqa: PLC0415  # needs Django started

    for person in Person.objects.prefetch_related("groups").order_by("email"):
        roles = ",".join(sorted(person.roles)) or "-"
        state = "active" if person.is_active else "deactivated"
        sys.stdout.write("\t".join((person.email, person.name or "-", roles, state)) + "\n")


def ready() -> None:
    """Start Django; refuse to work on a database that was never set up or is behind."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
