"""Errors of the HTTP API, all of one shape: problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from lionrock.core.errors import TryLater
from lionrock.desk.people.tokens import TooMany
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.services.stale import Stale

MEDIA = "application/problem+json"


class Fault(Schema):
    """One thing that is wrong with a request: where, and what."""

    where: list[str | int]
    what: str


class Problem(Schema):
    """Why a request was not answered (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default_factory=list)
    version: int | None = None
    """With 409: the version that the suspect has now."""


ALWAYS: Final = {400: Problem, 401: Problem, 403: Problem, 422: Problem, 429: Problem}
"""What every operation may answer beside what it is asked for."""


class Forbidden(Exception):
    """The token lacks the scope, or its owner the role."""


class Api(NinjaAPI):
    """An API whose schema says that its errors are problem details."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:  # Any: ninja's own
        """Return ninja's schema with the media type that errors really have."""
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST and "content" in response:
                        response["content"] = {MEDIA: response["content"].popitem()[1]}
        return schema


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    errors: list[Fault] | None = None,
    version: int | None = None,
) -> HttpResponse:
    """Return the error as a response."""
    body = Problem(
        title=status.phrase, status=status, detail=detail, errors=errors or [], version=version
    )
    return HttpResponse(body.model_dump_json(), content_type=MEDIA, status=status)


def answer_problems(api: NinjaAPI) -> None:
    """Teach the API to answer each error it may meet."""

    def add(error: type[Exception], answer: Any) -> None:  # Any: a function of that very error
        api.add_exception_handler(error, lambda request, exc: answer(exc))

    add(AuthenticationError, unauthorized)
    add(Forbidden, lambda exc: problem(HTTPStatus.FORBIDDEN, str(exc)))
    add(TooMany, too_many)
    add(Stale, stale)
    add(
        Suspect.DoesNotExist, lambda exc: problem(HTTPStatus.NOT_FOUND, "There is no such suspect.")
    )
    add(Http404, lambda exc: problem(HTTPStatus.NOT_FOUND, "There is nothing at this address."))
    add(ValidationError, invalid)
    add(HttpError, lambda exc: problem(HTTPStatus(exc.status_code), str(exc)))
    add(
        RequestDataTooBig,
        lambda exc: problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Send less at once."),
    )
    add(TryLater, lambda exc: problem(HTTPStatus.SERVICE_UNAVAILABLE, str(exc)))


def unauthorized(_: AuthenticationError) -> HttpResponse:
    """Answer 401 and say how to do better."""
    response = problem(
        HTTPStatus.UNAUTHORIZED,
        "Send a valid token: Authorization: Bearer lr_... (make one under My API tokens).",
    )
    response["WWW-Authenticate"] = 'Bearer realm="lionrock"'
    return response


def too_many(exc: TooMany) -> HttpResponse:
    """Answer 429 and say when to come back."""
    response = problem(
        HTTPStatus.TOO_MANY_REQUESTS, f"This token made too many requests; wait {exc.seconds} s."
    )
    response["Retry-After"] = str(exc.seconds)
    return response


def stale(exc: Stale) -> HttpResponse:
    """Answer 409 with the version to look at before deciding again."""
    return problem(
        HTTPStatus.CONFLICT,
        f"The suspect is {exc.suspect.state} in version {exc.suspect.version}: "
        "read it again before you decide.",
        version=exc.suspect.version,
    )


def invalid(exc: ValidationError) -> HttpResponse:
    """Answer 422 and say what is wrong where."""
    errors = [Fault(where=list(one["loc"]), what=str(one["msg"])) for one in exc.errors]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The request is not valid.", errors=errors)
