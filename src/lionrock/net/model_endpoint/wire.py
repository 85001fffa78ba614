"""What leaves for a language model's server, and how much of its answer comes in: no more than is meant."""

import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import Final

import httpx2

LONGEST_ANSWER: Final = 2**20
"""Bytes of an answer; a batch of opinions is a few thousand."""
AGENT: Final = "Lionrock"
_SENT: Final = frozenset({b"host", b"authorization", b"content-type", b"content-length", b"accept"})
"""Headers that may leave. The client's others tell of this machine, or carry what its environment holds."""


class TooLong(httpx2.TransportError):
    """The answer is longer than any answer can be, or packed, so that its length cannot be told."""


def narrow(seconds: float) -> httpx2.AsyncClient:
    """Return a client that follows no redirect, asks no proxy, and reads ``LONGEST_ANSWER`` at most."""
    return httpx2.AsyncClient(
        transport=_Narrow(httpx2.AsyncHTTPTransport(verify=_trust(), retries=0)),
        timeout=seconds,
        follow_redirects=False,
        trust_env=False,
    )


class _Narrow(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        kept = [(name, value) for name, value in request.headers.raw if name.lower() in _SENT]
        request.headers = httpx2.Headers(
            [*kept, (b"User-Agent", AGENT.encode()), (b"Accept-Encoding", b"identity")]
        )
        response = await self._inner.handle_async_request(request)
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        length = response.headers.get("content-length", "")
        if packed not in {"", "identity"} or (length.isdecimal() and int(length) > LONGEST_ANSWER):
            await response.aclose()
            raise TooLong("the answer is too long, or packed", request=request)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Counted(response, request),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, response: httpx2.Response, request: httpx2.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._response.aiter_raw():
            size += len(chunk)
            if size > LONGEST_ANSWER:
                raise TooLong("the answer is too long", request=self._request)
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


@cache
def _trust() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
