"""Where programs push deliveries of feeds: kept first, read later."""

import io
from http import HTTPStatus
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import Field

from lionrock.core.errors import LionrockError
from lionrock.core.feeds import Carrier
from lionrock.desk.feeds.models import Source
from lionrock.desk.feeds.services import silence, sources
from lionrock.desk.feeds.services.blobs import TooLarge, keep_blob
from lionrock.desk.people.tokens import Scope
from lionrock.feeds import catalogue
from lionrock.web.api.bearer import Bearer
from lionrock.web.api.problems import Problem
from lionrock.web.streamed import STREAMED

LIMIT: Final = STREAMED["api:push_delivery"]
KEPT: Final = ("content-type", "content-encoding")

FeedId = Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
FileName = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f/\\]*$")]


class Named(Schema):
    """What a delivery is called."""

    name: FileName = "pushed"
    """The file name that the feed's provider gives it."""


class Delivered(Schema):
    """A delivery that is kept and will be read."""

    delivery: int
    """Its number; the same bytes pushed again have the same."""
    fresh: bool
    """False when it was kept before."""
    sha256: str
    size: int


router = Router()


@router.post(
    "/feeds/{feed}/deliveries",
    auth=Bearer(Scope.PUSH),
    response={
        202: Delivered,
        400: Problem,
        401: Problem,
        403: Problem,
        404: Problem,
        409: Problem,
        411: Problem,
        413: Problem,
        422: Problem,
        429: Problem,
    },
    operation_id="push_delivery",
    url_name="push_delivery",
    tags=["feeds"],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
def push_delivery(
    request: HttpRequest, feed: Path[FeedId], named: Query[Named]
) -> Status[Delivered]:
    """Hand over a delivery: the body as it is, of whatever content type, up to 1 GiB.

    The feed must be switched on and set to be pushed. `name` is the file name that the feed's
    provider gives it. The answer comes when the bytes are safe; they are read a moment later. The
    same bytes again are the same delivery. Needs the scope `deliveries:push`.
    """
    if feed not in catalogue():
        raise HttpError(HTTPStatus.NOT_FOUND, "There is no such feed.")
    source = Source.objects.filter(pk=feed, enabled=True).first()
    if source is None or sources.running(source).carrier is not Carrier.PUSH:
        raise HttpError(
            HTTPStatus.CONFLICT,
            "This feed takes no pushed deliveries: an administrator can set it to.",
        )
    announced = request.META.get("CONTENT_LENGTH", "")
    if not announced.isdigit():
        raise HttpError(HTTPStatus.LENGTH_REQUIRED, "Say how long the body is (Content-Length).")
    now = timezone.now()
    try:
        kept = keep_blob(
            feed=feed,
            content=io.BufferedReader(_Announced(request, int(announced))),
            name=named.name,
            carrier=Carrier.PUSH,
            origin=f"pushed by {request.auth.prefix}",  # type: ignore[attr-defined]  # ninja's own attribute
            headers={key: request.headers[key] for key in KEPT if key in request.headers},
            now=now,
            limit=LIMIT,
        )
    except TooLarge as error:
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error)) from error
    except BrokenOff as error:
        raise HttpError(HTTPStatus.BAD_REQUEST, str(error)) from error
    Source.objects.filter(pk=feed).update(delivered_at=now, heard_at=now)
    silence.settle(feed=feed, now=now)
    return Status(
        HTTPStatus.ACCEPTED,
        Delivered(
            delivery=kept.blob.pk, fresh=kept.fresh, sha256=kept.blob.sha256, size=kept.blob.size
        ),
    )


class BrokenOff(LionrockError):
    """The body ended before its announced end; nothing of it was kept."""


class _Announced(io.RawIOBase):
    """A request's body that ends where it was announced to end, or raises BrokenOff."""

    def __init__(self, request: HttpRequest, length: int) -> None:
        self._request = request
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # Any: whatever takes bytes
        piece = self._request.read(min(len(buffer), self._left))
        if not piece and self._left:
            raise BrokenOff("The body is shorter than announced.")
        self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)
