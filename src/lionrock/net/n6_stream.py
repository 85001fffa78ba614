"""n6's stream: events as they happen, gathered into deliveries, acknowledged once they are kept.

Source: the n6 project's "n6 Stream API" documentation: STOMP over TLS, one event (JSON) in each
message, destinations ``/exchange/<organisation>/<resource>.<category>.<provider>.<channel>`` where a
``*`` stands for any; the user's login with an API key, on older servers a client certificate.

The server keeps nothing for a subscriber that is not there, so one connection is held as long as it
holds, over many deliveries. What happened between two connections is asked of the REST API, which
takes the same key, where the option ``catch-up`` names its address.
"""

import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import IO, Final
from urllib.parse import urlsplit

from lionrock.core.errors import GiveUp, LionrockError
from lionrock.net import certificate
from lionrock.net.carrying import Arrival, Order, Place
from lionrock.net.stomp import Frame, Patience, Subscriber

SCHEME: Final = "stomps"
PORT: Final = 61614
MOST: Final = 1000
"""Messages of one delivery, and those that the server may send ahead."""
MOST_BYTES: Final = 16 * 2**20
SECONDS: Final = 60.0
"""After so long what came is a delivery; much less than a collector's claim lasts."""
IN_MEMORY: Final = 2**20

Catch = Callable[[Order], Iterator[Arrival | Place]]


def carry(
    order: Order,
    *,
    catch_up: Catch | None = None,
    trusted: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
    patience: Patience = Patience(),  # noqa: B008  # frozen
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Arrival | Place]:
    """Yield a delivery for every thousand messages or minute, for as long as ``order.stay`` says.

    The address is ``stomps://server:61614``. Options: ``organisation`` is our identifier there;
    ``resource`` is ``inside``, ``threats`` or empty for both; ``vhost`` the broker's virtual host
    (``/``). What came before a connection broke is still yielded, then the error raised.
    """
    begun = clock()
    parts = urlsplit(order.address)
    with Subscriber.at(
        parts.hostname or "",
        parts.port or PORT,
        tls=_tls(order, trusted),
        allow=order.allow,
        patience=patience,
    ) as stream:
        stream.sign_in(
            vhost=order.options.get("vhost", "") or "/",
            login=order.account,
            passcode=order.secret,
        )
        stream.subscribe(destination(order), most=MOST)
        # Subscribed first: what happens while the REST API is asked waits in the subscription.
        if catch_up is not None and order.options.get("catch-up"):
            yield from catch_up(replace(order, address=order.options["catch-up"]))
        while (gone := clock() - begun) < order.stay:
            window = _gathered(stream, until=min(seconds, order.stay - gone), clock=clock)
            at = order.now + timedelta(seconds=clock() - begun)
            place = Place(cursor=f"{at:%Y-%m-%dT%H:%M:%SZ}")
            with window.file:
                if window.last is None:
                    yield place
                else:
                    window.file.seek(0)
                    yield Arrival(
                        name=f"{at:%Y%m%dT%H%M%S.%fZ}.sjson",
                        content=window.file,  # type: ignore[arg-type]  # typeshed: a spooled file is none
                        origin=f"{SCHEME}://{parts.hostname}{destination(order)}",
                        headers={"messages": str(window.count)},
                        place=place,
                    )
            if window.failure is not None:
                raise window.failure
            if window.last is not None:
                stream.acknowledge(window.last)


def destination(order: Order) -> str:
    """Return what is subscribed to; raise GiveUp when the organisation is not said."""
    organisation = order.options.get("organisation", "")
    resource = order.options.get("resource", "") or "*"
    if not organisation or "/" in organisation:
        raise GiveUp("the stream needs the option organisation: our identifier at this n6")
    if resource not in {"inside", "threats", "*"}:
        raise GiveUp(f"n6 has no stream “{resource}”: inside or threats")
    return f"/exchange/{organisation}/{resource}.*.*.*"


def _file() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


@dataclass(slots=True, kw_only=True)
class _Window:
    """What was gathered; ``failure`` is what ended the gathering before its time."""

    file: IO[bytes] = field(default_factory=_file)
    count: int = 0
    last: Frame | None = None
    failure: LionrockError | None = None


def _gathered(stream: Subscriber, *, until: float, clock: Callable[[], float]) -> _Window:
    """Gather messages, one to a line, until there are enough or the time is over."""
    window = _Window()
    ends = clock() + until
    size = 0
    while window.count < MOST and size < MOST_BYTES and (left := ends - clock()) > 0:
        try:
            message = stream.message(within=left)
        except LionrockError as error:
            window.failure = error
            break
        if message is None:
            break
        # Line ends are mere space between JSON's tokens, and inside a text it has none.
        line = message.body.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
        window.file.write(line)
        window.count, window.last, size = window.count + 1, message, size + len(line)
    return window


def _tls(order: Order, trusted: ssl.SSLContext | None) -> ssl.SSLContext:
    """Return whom to believe, and who we say we are."""
    context = trusted or ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if order.certificate is not None:
        certificate.show(context, order.certificate)
    return context
