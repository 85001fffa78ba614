"""What is recorded is told in words, not in the codes of programs."""

import re
from itertools import chain
from pathlib import Path

import lionrock
from lionrock.desk.audit.views import readable
from lionrock.desk.audit.words import WORDS
from lionrock.desk.suspects.models import Kind, ProposalState


def test_every_action_that_is_recorded_has_a_word_on_the_page() -> None:
    sources = [p.read_text(encoding="utf-8") for p in Path(lionrock.__file__).parent.rglob("*.py")]
    literal = chain.from_iterable(
        re.findall(r'action="([a-z-]+\.[a-z-]+)"', source) for source in sources
    )
    made = {f"series.{kind.value}" for kind in (Kind.CONFIRM, Kind.DISMISS)}
    made |= {f"proposal.{s.value}" for s in (ProposalState.ACCEPTED, ProposalState.REJECTED)}

    assert (set(literal) | made) - set(WORDS) == set()


def test_details_are_told_as_a_person_would_write_them() -> None:
    details = {"after": {"daily_budget": 40}, "roles": ["analyst", "partner"], "note": ""}

    assert readable(details) == {
        "after": "Rows of the queue per day: 40",
        "roles": "analyst, partner",
    }
