"""Asks a large language model: a question goes out, an answer in a closed schema comes back.

Any server that speaks OpenAI's chat completions will do: vLLM, Ollama, llama.cpp's, or a hosted one.
The answer is held to its schema by the server (``response_format`` with a JSON schema), because that is
the one way which all of these offer, because it needs no tools, and a model that reads strangers' words
must have none, and because it works with models that never learnt to call one. Where a server knows no
schemas, the schema is part of the instructions instead. In both cases what comes back is read strictly:
an answer that is not in the schema is no answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx2
from openai import APIStatusError, AsyncOpenAI
from pydantic_ai import Agent, NativeOutput, PromptedOutput
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelTimeoutError,
)
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import InlineDefsJsonSchemaTransformer
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.usage import RunUsage

from lionrock.net.model_endpoint.wire import TooLong, narrow
from lionrock.net.model_endpoint.words import (
    Answered,
    Endpoint,
    Outcome,
    Question,
    T,
    Trouble,
    Unanswered,
    Used,
    check,
)

TRIES: Final = 3
"""Requests for one question where the server is busy or does not answer."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 20.0
"""Seconds between two tries: doubled each time, or what the server asks for. Longer is for another day."""
MOST_USED: Final = 10**7
"""Tokens of one answer that are believed: the server counts them, and a server may lie."""
_BUSY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})

Pause = Callable[[float], Awaitable[None]]


def ask_all(
    questions: Sequence[Question[T]],
    *,
    endpoint: Endpoint,
    tries: int = TRIES,
    pause: Pause = asyncio.sleep,
    model: Model | None = None,
) -> list[Outcome[T]]:
    """Ask each question, at most ``endpoint.at_once`` at a time; return the outcomes in their order.

    A busy or unreachable server is asked again, ``tries`` requests for a question at most; a slow one
    and one that answers out of the schema are not: the same question would cost the same again.
    Raise GiveUp where the endpoint must not be used at all. ``model`` stands in for the endpoint's.
    """
    check(endpoint)

    def asked() -> list[Outcome[T]]:
        return asyncio.run(_all(questions, endpoint, max(1, tries), pause, model))

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asked()
    # Whoever calls has a loop of its own running in this thread: it waits, the asking is done in another.
    with ThreadPoolExecutor(1) as other:
        return other.submit(asked).result()


async def _all(
    questions: Sequence[Question[T]],
    endpoint: Endpoint,
    tries: int,
    pause: Pause,
    model: Model | None,
) -> list[Outcome[T]]:
    room = asyncio.Semaphore(max(1, endpoint.at_once))
    async with narrow(endpoint.seconds) as http:
        asked = model or _model(endpoint, http)

        async def one(question: Question[T]) -> Outcome[T]:
            async with room:
                return await _patiently(question, asked, endpoint, tries, pause)

        return list(await asyncio.gather(*(one(question) for question in questions)))


async def _patiently(
    question: Question[T], model: Model, endpoint: Endpoint, tries: int, pause: Pause
) -> Outcome[T]:
    """Ask until there is an outcome that asking again would not change."""
    calls = prompt = completion = 0
    wait = FIRST_PAUSE
    for left in range(tries - 1, -1, -1):
        outcome = await _once(question, model, endpoint)
        calls += outcome.used.calls
        prompt += outcome.used.prompt_tokens
        completion += outcome.used.completion_tokens
        if not left or not _worth_another(outcome):
            break
        asked_for = outcome.wait if isinstance(outcome, Unanswered) else None
        await pause(max(wait, asked_for or 0.0))
        wait = min(wait * 2, LONGEST_PAUSE)
    used = Used(calls=calls, prompt_tokens=prompt, completion_tokens=completion)
    if isinstance(outcome, Answered):
        return Answered(answer=outcome.answer, used=used)
    return Unanswered(trouble=outcome.trouble, words=outcome.words, used=used, wait=outcome.wait)


def _worth_another(outcome: Outcome[T]) -> bool:
    if isinstance(outcome, Answered):
        return False
    # What may have cost tokens is not paid for twice: a budget counts on one such request a question.
    paid = outcome.used.prompt_tokens + outcome.used.completion_tokens
    again = outcome.trouble in {Trouble.BUSY, Trouble.UNREACHABLE} and not paid
    return again and (outcome.wait or 0.0) <= LONGEST_PAUSE


async def _once(question: Question[T], model: Model, endpoint: Endpoint) -> Outcome[T]:
    """Make one request."""
    usage = RunUsage()
    output = (
        NativeOutput(question.schema, name="answer", strict=True)
        if endpoint.schemas
        else PromptedOutput(question.schema)
    )
    agent: Agent[None, T] = Agent(
        model, output_type=output, instructions=question.instructions, retries=0
    )
    try:
        async with asyncio.timeout(endpoint.seconds):
            done = await agent.run(
                question.data,
                model_settings={"temperature": 0.0, "max_tokens": question.most_tokens},
                usage=usage,
            )
    except (TimeoutError, AgentRunError) as error:
        return _named(error, question, usage)
    return Answered(answer=done.output, used=_used(question, usage))


def _named(error: Exception, question: Question[T], usage: RunUsage) -> Unanswered:
    """Say what an error means; what a server wrote with it is left out, for it may repeat the data."""
    match error:
        case ModelHTTPError(status_code=status):
            busy = status in _BUSY
            return Unanswered(
                trouble=Trouble.BUSY if busy else Trouble.REFUSED,
                words=f"it answers {status}",
                used=Used(calls=1),
                wait=_seconds(error.retry_after) if busy else None,
            )
        case TimeoutError() | ModelTimeoutError():
            words, trouble = "it did not answer in time", Trouble.SLOW
        case _ if _caused_by(error, TooLong):
            words, trouble = "its answer is too long, or packed", Trouble.UNREADABLE
        case _ if _caused_by(error, httpx2.ConnectError, httpx2.ConnectTimeout):
            return Unanswered(
                trouble=Trouble.UNREACHABLE, words="no server takes the request", used=Used()
            )
        case ModelConnectionError():
            words, trouble = "the connection broke off", Trouble.BUSY
        case ModelAPIError() if _caused_by(error, APIStatusError):
            # A redirect, most of all: where it leads is nobody's whom an administrator named.
            return Unanswered(
                trouble=Trouble.REFUSED, words="it does not answer as it should", used=Used(calls=1)
            )
        case _:
            words, trouble = "what it answered is not in the schema", Trouble.UNREADABLE
    return Unanswered(trouble=trouble, words=words, used=_used(question, usage))


def _used(question: Question[T], usage: RunUsage) -> Used:
    """Return what a request cost; where the server does not say, all that it can have cost."""
    prompt, completion = usage.input_tokens, usage.output_tokens
    if prompt <= 0 and completion <= 0:
        prompt, completion = question.at_most - question.most_tokens, question.most_tokens
    return Used(
        calls=1,
        prompt_tokens=min(max(prompt, 0), MOST_USED),
        completion_tokens=min(max(completion, 0), MOST_USED),
    )


def _seconds(wait: Any) -> float | None:  # Any: a number, a span of time or nothing, by version
    if wait is None:
        return None
    seconds = wait.total_seconds() if hasattr(wait, "total_seconds") else float(wait)
    return max(0.0, seconds)


def _caused_by(error: BaseException | None, *kinds: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kinds):
            return True
        error = error.__cause__ or error.__context__
    return False


def _model(endpoint: Endpoint, http: httpx2.AsyncClient) -> OpenAIChatModel:
    client = AsyncOpenAI(
        base_url=endpoint.url,
        # The client insists on one; a server of one's own ignores it.
        api_key=endpoint.key or "none",
        max_retries=0,  # ours count against the day's budget, and so must all there are
        timeout=endpoint.seconds,
        http_client=http,
    )
    return OpenAIChatModel(
        endpoint.model,
        provider=OpenAICompatibleProvider("endpoint", openai_client=client),
        profile=OpenAIModelProfile(
            supports_json_schema_output=endpoint.schemas,
            supports_json_object_output=False,
            # Limits of length are part of the schema, and some transformers drop them.
            json_schema_transformer=InlineDefsJsonSchemaTransformer,
            # Some templates take one system message, and the servers one runs oneself max_tokens.
            openai_chat_supports_multiple_system_messages=False,
            openai_chat_supports_max_completion_tokens=False,
        ),
    )
