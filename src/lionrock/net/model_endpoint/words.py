"""The words of asking a large language model: where, what, what came of it, and what it cost."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from lionrock.core.errors import GiveUp
from lionrock.net.guard import refusal, resolved

LONGEST_NAME: Final = 200

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model is asked, and how patiently.

    ``url`` ends where ``/chat/completions`` begins (``http://localhost:11434/v1``). ``seconds`` is
    all that one request may take. ``at_once`` bounds the requests under way. ``schemas`` is False
    for a server that cannot hold a model to a JSON schema.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 60.0
    at_once: int = 2
    schemas: bool = True

    @property
    def host(self) -> str:
        """Whose server it is, for people: the address without path and credentials."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """What is asked.

    ``instructions`` are our own words alone. ``data`` is all that strangers wrote, quoted by the
    caller so that it cannot end. ``schema`` is what an answer must be.
    """

    instructions: str
    data: str
    schema: type[T]
    most_tokens: int

    @property
    def at_most(self) -> int:
        """More tokens than one request can cost: no tokenizer makes more of a text than it has bytes."""
        shown = len(self.instructions.encode()) + len(self.data.encode())
        return shown + _FRAME + self.most_tokens


_FRAME: Final = 2_000
"""Tokens for what the server's template adds, or for the schema where it is part of the instructions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a question cost: requests that reached the server, and tokens as the server counts them."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Trouble(StrEnum):
    """Why there is no answer."""

    UNREACHABLE = "unreachable"
    """No server took the request."""
    BUSY = "busy"
    """The server cannot now."""
    SLOW = "slow"
    """The answer did not come in time."""
    REFUSED = "refused"
    """The server will not: the key, the model's name or the request is wrong for it."""
    UNREADABLE = "unreadable"
    """An answer came, and was not in the schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Generic[T]):
    """An answer in the schema. It is foreign all the same."""

    answer: T
    used: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """No answer; ``words`` say why, without anything that the server wrote."""

    trouble: Trouble
    words: str
    used: Used
    wait: float | None = None
    """Seconds for which the server asks to be left alone."""


Outcome = Answered[T] | Unanswered


def check(endpoint: Endpoint) -> None:
    """Raise GiveUp unless names and key may be sent there: encrypted, or within one's own networks."""
    try:
        parts = urlsplit(endpoint.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise GiveUp(f"the language model's address cannot be read: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise GiveUp(
            "the language model's address must begin with http:// or https:// and name a host"
        )
    if parts.username is not None or parts.password is not None:
        raise GiveUp(
            "the language model's address holds a password; the key is a setting of its own"
        )
    if not endpoint.model or len(endpoint.model) > LONGEST_NAME:
        raise GiveUp("the language model has no name, or one that is too long")
    if parts.scheme == "http":
        public = [
            address
            for address in resolved(parts.hostname, port, endpoint.seconds)
            if refusal(address) is None
        ]
        if public:
            raise GiveUp(
                f"{parts.hostname} is a machine on the Internet: names and key would travel there "
                "unencrypted; use https://"
            )
