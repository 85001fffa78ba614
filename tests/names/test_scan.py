"""The road of a stream: order kept, nothing lost, what was read before an error handed on."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Lines, lines_of
from lionrock.names.scan import scan
from lionrock.names.seen import SeenSet
from tests.names.test_triage import SUFFIXES, TRIAGE


def blocks(count: int, *, size: int = 50) -> Iterator[Lines]:
    """Yield blocks of numbered names, one in ten an imitation and one in ten no name."""
    for block in range(count):
        names = []
        for i in range(size):
            number = block * size + i
            names.append(
                b"paypal-login%d.com" % number
                if number % 10 == 0
                else b"no name %d" % number
                if number % 10 == 1
                else b"greenstone%d.com" % number
            )
        yield lines_of(names, first_number=block * size + 1)


def test_outcomes_come_in_input_order_and_add_up() -> None:
    outcomes = list(scan(blocks(20), TRIAGE, SUFFIXES, everything=True))
    names = [j.name for outcome in outcomes for j in outcome.judgements]
    numbers = [int("".join(c for c in name if c.isdigit())) for name in names]
    assert numbers == sorted(numbers)
    assert sum(o.judged + len(o.rejects) for o in outcomes) == 1000
    assert [o.last_line for o in outcomes] == list(range(50, 1001, 50))


def test_what_was_read_before_an_error_is_handed_on_and_then_the_error() -> None:
    def broken() -> Iterator[Lines]:
        yield from blocks(7)
        raise GiveUp("the file ends in the middle")

    outcomes = scan(broken(), TRIAGE, SUFFIXES)
    assert sum(outcome.judged for outcome in islice(outcomes, 7)) == 7 * 45
    with pytest.raises(GiveUp, match="in the middle"):
        next(outcomes)


def test_names_in_the_set_are_left_out_and_counted(tmp_path: Path) -> None:
    with SeenSet.open(tmp_path / "seen") as seen:
        first = list(scan(blocks(2), TRIAGE, SUFFIXES, seen=seen))
        for outcome in first:
            seen.add(outcome.hosts)
        second = list(scan(blocks(3), TRIAGE, SUFFIXES, seen=seen))
    assert sum(o.judged for o in first) == 90
    assert (sum(o.judged for o in second), sum(o.repeated for o in second)) == (45, 90)
