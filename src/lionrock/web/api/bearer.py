"""Tokens at the door of the HTTP API."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from lionrock.desk.people.models import ApiToken, Person
from lionrock.desk.people.tokens import NoSuchToken, Scope, may, use_token
from lionrock.web.api.problems import Forbidden


class Bearer(HttpBearer):
    """Lets a token in that carries one scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token; ``None`` (401) when there is no such; raise Forbidden or TooMany."""
        try:
            found = use_token(secret=token, now=timezone.now())
        except NoSuchToken:
            return None
        if not may(found, self.scope):
            raise Forbidden(f"This needs the scope {self.scope} and a role of its owner to match.")
        return found


def owner(request: HttpRequest) -> Person:
    """Return whose token it is; ninja keeps what Bearer returned on the request."""
    token = request.auth  # type: ignore[attr-defined]  # ninja's own attribute
    if not isinstance(token, ApiToken):
        raise TypeError("an operation without Bearer")
    return token.owner
