"""Reading deliveries again after a reader was repaired: first what would change, then the change."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.people.roles import Role, allow


@require_safe
@allow(Role.APPROVER, Role.ADMINISTRATOR)
def replay(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Show what reading deliveries again would change."""
    raise Http404


@require_POST
@allow(Role.APPROVER, Role.ADMINISTRATOR)
def apply(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Read them again."""
    raise Http404
