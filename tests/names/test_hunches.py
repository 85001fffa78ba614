"""What the network makes of names no rule explains, and how triage tells it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lionrock.core.judgement import Judgement
from lionrock.names.blocks import Hosts, Splits, lines_of
from lionrock.names.lessons import LURES
from lionrock.names.ngrams import NgramModel
from lionrock.names.normalise import normalise
from lionrock.names.reader import Cascade, Net, Read
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage
from tests.names.packs import REGION
from tests.names.test_triage import made_model


class Told(Net):
    """A network that says of each name what the test says of its label."""

    def __init__(self, said: Mapping[str, tuple[str, float, tuple[float, ...]]]) -> None:
        super().__init__(b"")
        self.said = said

    def read(self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]) -> Read:
        """Return log-odds of 3 for abuse, and what was told."""
        lure = np.zeros((len(rows), len(LURES)), dtype=np.float32)
        made = np.zeros(len(rows), dtype=np.float32)
        place = np.zeros((len(rows), 2), dtype=np.float32)
        for i, row in enumerate(rows.tolist()):
            kind, chosen_by_nobody, at = self.said.get(
                hosts.host(row).partition(".")[0], ("", -5.0, (1.0, 0.0))
            )
            if kind:
                lure[i, LURES.index(kind)] = 8.0
            made[i], place[i] = chosen_by_nobody, at
        return Read(abuse=np.full(len(rows), 3.0), lure=lure, made=made, place=place)


def judge(said: Mapping[str, tuple[str, float, tuple[float, ...]]], *names: str) -> list[Judgement]:
    """Judge names with a model whose network says what the test tells it."""
    ngrams = NgramModel(
        weights=np.zeros(1 << 12, dtype=np.int8), scale=0.01, intercept=3.0, version="made-1"
    )
    reader = Cascade(
        sieve=ngrams,
        net=Told(said),
        reported=ngrams,
        met=ngrams,
        weights=(1.0, 0.0, 0.0, 0.0),
        passes=0.0,
        version="told-1",
    )
    model = replace(made_model(), reader=reader, novelty=ngrams, threshold=0.5)
    lines = lines_of([name.encode() for name in names])
    hosts, _ = normalise(lines)
    return Triage(REGION, model).judge(
        lines, hosts, Suffixes.bundled().split(hosts), everything=True
    )


def told(judgement: Judgement) -> dict[str, str]:
    """Return the reasons' codes and what they are about."""
    return {reason.code: reason.about for reason in judgement.reasons}


def test_the_kind_of_lure_is_told_where_no_lure_word_stands() -> None:
    said = {"yourbox": ("parcel", -5.0, (1.0, 0.0)), "login-yourbox": ("parcel", -5.0, (1.0, 0.0))}
    plain, worded = judge(said, "yourbox.top", "login-yourbox.top")
    assert told(plain)["lure-kind"] == "parcel"
    assert "lure-kind" not in told(worded)


def test_letters_that_nobody_chose_are_told() -> None:
    one, other = judge({"xkqzv": ("", 4.0, (1.0, 0.0))}, "xkqzv.top", "greenstone.top")
    assert "made" in told(one)
    assert "made" not in told(other)


def test_a_name_that_lies_near_a_brand_is_said_to_be_like_it() -> None:
    said = {
        "paypal": ("", -5.0, (0.0, 1.0)),
        "peyball": ("", -5.0, (0.0, 1.0)),
        "greenstone": ("", -5.0, (0.7, 0.7)),
    }
    near, far = judge(said, "peyball.top", "greenstone.top")
    assert told(near)["resembles"] == "paypal"
    assert "resembles" not in told(far)


@pytest.mark.parametrize("name", ["paypal.com", "www.pages.dev"])
def test_no_hunch_stands_beside_a_name_that_is_no_suspect(name: str) -> None:
    (judgement,) = judge({"paypal": ("bank", 9.0, (0.0, 1.0))}, name)
    assert not {"made", "lure-kind", "resembles"} & set(told(judgement))
