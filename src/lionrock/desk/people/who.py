"""Who is asking: the one place that turns a request's user into a Person."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from lionrock.desk.people.models import Person


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in; views behind LoginRequiredMiddleware always get one."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user
