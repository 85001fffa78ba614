"""What carriers ask web servers through: a fetch into a temporary file, every ending named for collecting."""

import ssl
import tempfile
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import BinaryIO, Final, Self

import httpx2

from lionrock.core.errors import GiveUp
from lionrock.net.carrying import Busy, Refused
from lionrock.net.fetch import Answered, AskedToWait, Fetched, fetch
from lionrock.net.guard import Network, Resolve

WHOLE_SECONDS: Final = 30 * 60
"""A body that is not there after so long is given up, however steadily it drips."""
LIMIT: Final = 2**30
IN_MEMORY: Final = 2**20


class WebReply:
    """What a server answered, its body in a temporary file when it is long."""

    def __init__(self, fetched: Fetched, body: BinaryIO) -> None:
        self.status = fetched.status
        self.headers = fetched.headers
        self.body = body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.body.close()


class WebClient:
    """A ``lionrock.net.carrying.Web`` on the real network.

    ``allow`` are private networks that may be contacted all the same. ``certificate`` is a client
    certificate with its key, PEM, shown to every server that asks. ``trusted`` are authorities, PEM,
    believed beside the system's.
    """

    def __init__(
        self,
        *,
        allow: Sequence[str | Network] = (),
        certificate: bytes | None = None,
        trusted: bytes | None = None,
        seconds: float = WHOLE_SECONDS,
        resolve: Resolve | None = None,
    ) -> None:
        self._allow = allow
        self._tls = _tls(certificate, trusted) if certificate or trusted else None
        self._seconds = seconds
        self._resolve = resolve

    def __call__(
        self,
        url: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        send: bytes | None = None,
        limit: int | None = None,
    ) -> WebReply:
        """Get ``url`` or post ``send`` to it, as ``lionrock.net.carrying.Web`` says."""
        body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the reply closes it
        try:
            fetched = fetch(
                url,
                into=body,  # type: ignore[arg-type]  # typeshed: a spooled file is no BinaryIO
                limit=limit or LIMIT,
                timeout=self._seconds,
                headers=headers,
                content=send,
                allow=self._allow,
                tls=self._tls,
                resolve=self._resolve,
            )
        except AskedToWait as error:
            body.close()
            if error.seconds is None:
                raise
            raise Busy(f"{error}: wait {error.seconds:.0f} s", seconds=error.seconds) from error
        except Answered as error:
            body.close()
            if error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                raise Refused(f"{error}: the key is missing, wrong or not enough") from error
            raise
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return WebReply(fetched, body)  # type: ignore[arg-type]  # as above


def _tls(certificate: bytes | None, trusted: bytes | None) -> ssl.SSLContext:
    """Return whom to believe, and who we say we are."""
    context = httpx2.create_ssl_context()
    if trusted is not None:
        context.load_verify_locations(cadata=trusted.decode("ascii"))
    if certificate is not None:
        # The library reads it from a file only.
        with tempfile.NamedTemporaryFile(prefix="lionrock-", suffix=".pem") as file:
            file.write(certificate)
            file.flush()
            try:
                context.load_cert_chain(file.name)
            except (ssl.SSLError, OSError) as error:
                raise GiveUp(
                    "the feed's certificate cannot be used: it needs its private key, in PEM"
                ) from error
    return context
