"""A server on loopback that speaks OpenAI's chat completions, as well or as badly as a test wishes."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.net.serving import Answer, Asked, Server, serving

Talk = Callable[[dict[str, Any]], str | Answer]  # Any: a request's JSON


def completion(content: str, *, finish: str = "stop", prompt: int = 50, more: int = 7) -> Answer:
    """Return what a server says around a model's words."""
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_767_225_600,
        "model": "stub",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content},
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": more,
            "total_tokens": prompt + more,
        },
    }
    return Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def failing(status: int, **headers: str) -> Answer:
    """Return a refusal as such servers write it."""
    body = json.dumps({"error": {"message": "stub", "type": "stub", "code": status}}).encode()
    return Answer(
        status=status,
        body=body,
        headers={
            "Content-Type": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        },
    )


def names_in(request: dict[str, Any]) -> list[dict[str, Any]]:  # Any: JSON
    """Return the names that a request asks about, read as a model's server reads them."""
    found: list[dict[str, Any]] = json.loads(request["messages"][-1]["content"])["names"]
    return found


def says(n: int, **changes: Any) -> dict[str, Any]:  # Any: JSON
    """Return an answer about one name, in the schema."""
    return {
        "n": n,
        "imitates": "CANNOT_TELL",
        "other": "",
        "lure": "NONE",
        "why": "The name tells nothing.",
        "sure": "low",
        **changes,
    }


def answering(**changes: Any) -> Talk:  # Any: JSON
    """Return a model that says the same of every name."""

    def talk(request: dict[str, Any]) -> str:  # Any: JSON
        return json.dumps({"answers": [says(name["n"], **changes) for name in names_in(request)]})

    return talk


@contextmanager
def chatting(talk: Talk) -> Iterator[Server]:
    """Serve until the block ends; ``server.url`` is what goes into the setting."""

    def answer(asked: Asked) -> Answer:
        if asked.path != "/v1/chat/completions" or asked.method != "POST":
            return failing(404)
        said = talk(json.loads(asked.body))
        return completion(said) if isinstance(said, str) else said

    with serving(answer) as server:
        server.url += "/v1"
        yield server


def requests_of(server: Server) -> list[dict[str, Any]]:  # Any: JSON
    """Return what was asked so far."""
    return [json.loads(asked.body) for asked in server.asked]
