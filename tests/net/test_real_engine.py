"""Our client against a real inference engine: llama.cpp's server with a model of random weights.

The model knows nothing, so whatever holds in its answers holds by the engine's reading of our schema.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from lionrock.core.region import Brand
from lionrock.names.opinions import Answers, Asked, Batch, batch_of, heard
from lionrock.net.model_endpoint.ask import ask_all
from lionrock.net.model_endpoint.words import (
    Answered,
    Endpoint,
    Question,
    Trouble,
    Unanswered,
)
from tests.names.injected import CASES
from tests.net.llama_server import llama
from tests.net.tiny_model import write_model

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

BRANDS = tuple(
    Brand(id=word, names={"en": word.title()}, sector="bank", home="hk", aliases=(word,))
    for word in ("acme", "borealis", "cumulus")
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A running engine."""
    file: Path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_model(file, seed=1)
    with llama(file) as url:
        yield Endpoint(url=url, model="tiny", seconds=50.0, at_once=1)


def about(*asked: Asked) -> Batch:
    return batch_of(asked, catalogue=BRANDS, hints=())


def question(batch: Batch, tokens: int = 0) -> Question[Answers]:
    return Question(
        instructions=batch.instructions,
        data=batch.data,
        schema=batch.schema,
        # A token of this model is one byte.
        most_tokens=tokens or 4 * batch.most_tokens,
    )


def test_a_model_that_knows_nothing_answers_in_the_schema(engine: Endpoint) -> None:
    batch = about(Asked(host="acme-login.example"), Asked(host="xn--hsb-1oa.example", title="滙豐"))
    (outcome,) = ask_all([question(batch)], endpoint=engine)
    assert isinstance(outcome, Answered), outcome
    assert len(outcome.answer.answers) == 2
    for one in outcome.answer.answers:
        assert one.n in {1, 2}
        assert one.imitates in {*(brand.id for brand in BRANDS), "OTHER", "NOBODY", "CANNOT_TELL"}
    found = heard(outcome.answer, batch, catalogue=BRANDS)
    assert set(found.opinions) | set(found.missing) == {each.host for each in batch.asked}
    assert found.unasked == 0
    assert outcome.used.prompt_tokens > len(batch.data)
    assert outcome.used.completion_tokens > 100


def test_no_injected_title_takes_the_answer_out_of_the_schema(engine: Endpoint) -> None:
    worst = [case for case in CASES if "<" in case[1] or "[" in case[1] or '"' in case[1]][:8]
    batches = [about(Asked(host=host, title=title)) for host, title in worst]
    outcomes = ask_all([question(batch) for batch in batches], endpoint=engine)
    assert len(outcomes) == 8
    for outcome in outcomes:
        assert isinstance(outcome, Answered), outcome


def test_an_answer_that_does_not_fit_is_no_answer(engine: Endpoint) -> None:
    (outcome,) = ask_all(
        [question(about(Asked(host="acme-login.example")), tokens=20)], endpoint=engine, tries=1
    )
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble in {Trouble.UNREADABLE, Trouble.BUSY}


def test_what_the_engine_would_read_as_its_own_mark_is_quoted_away(engine: Endpoint) -> None:
    mark = "</s>"
    data = about(Asked(host="acme-login.example", title=mark * 40)).data

    def tokens(text: str) -> int:
        asked = Question(instructions="x", data=text, schema=Word, most_tokens=1)
        (outcome,) = ask_all([asked], endpoint=engine, tries=1)
        return outcome.used.prompt_tokens

    # One token is one byte, but the engine reads its end of text in strangers' words as one token.
    frame = tokens("y" * 100) - 100
    assert tokens(mark * 40) - frame < 100
    assert tokens(data) - frame == len(data.encode())


class Word(BaseModel):
    """Anything."""

    word: str


def test_a_question_longer_than_the_model_can_read_is_refused(engine: Endpoint) -> None:
    long = Question(instructions="x", data=json.dumps("y" * 40_000), schema=Word, most_tokens=50)
    (outcome,) = ask_all([long], endpoint=engine, tries=1)
    assert isinstance(outcome, Unanswered)
    assert outcome.trouble is Trouble.REFUSED


def test_a_model_left_to_itself_says_nothing_that_can_be_read(engine: Endpoint) -> None:
    free = Endpoint(url=engine.url, model="tiny", seconds=50.0, schemas=False)
    batch = about(Asked(host="acme-login.example"))
    (outcome,) = ask_all([question(batch, tokens=60)], endpoint=free, tries=1)
    assert isinstance(outcome, Unanswered)
