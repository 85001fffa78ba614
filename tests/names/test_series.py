"""Series are found among a day's names by pattern, fact or resemblance; ordinary words are not one."""

import itertools
import random
import re
from datetime import date, timedelta
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.resemblance import Embedder, HashedNgrams, embedder_of, find_alike
from lionrock.names.series import By, Series, Together, find_series, series_score
from lionrock.names.series_rates import bundled, unlike_words
from lionrock.names.suffixes import Suffixes

SUFFIXES = Suffixes.bundled()
WORDS = sorted(
    set(
        re.findall(
            r"\b[a-z]{4,9}\b",
            (resources.files("lionrock.names") / "data" / "sample_words.toml").read_text("utf-8"),
        )
    )
)


ENDINGS = [
    *("com", "com", "com", "com", "top", "top", "top", "xyz", "xyz", "net", "shop", "vip"),
    *("info", "sbs", "org", "cc", "icu"),
]
"""As often as among new names at large."""


def ordinary(count: int = 3000) -> list[str]:
    """Return names of two words, as anybody registers them, in the endings everybody uses."""
    draw = random.Random(3)
    found: dict[str, None] = {}
    while len(found) < count:
        joint = draw.choice(["", "", "", "-"])
        last = draw.choice(["", "", "", "s", "1", "24"])
        found[f"{draw.choice(WORDS)}{joint}{draw.choice(WORDS)}{last}.{draw.choice(ENDINGS)}"] = (
            None
        )
    return list(found)


ORDINARY = ordinary()


def block(names: list[str]) -> tuple[Hosts, Splits]:
    hosts = hosts_of(names)
    return hosts, SUFFIXES.split(hosts)


def found_in(names: list[str]) -> dict[str, set[str]]:
    """Return the members of each series by its name."""
    return {
        series.name: {names[row] for row in series.rows} for series in find_series(*block(names))
    }


CAMPAIGNS = {
    "parking-pcn??.vip": [f"parking-pcn{x}.vip" for x in ("fc", "gc", "gf", "gn", "gz", "hp")],
    "com-????.top": [f"com-{x}.top" for x in ("abxz", "qwer", "plom", "zzta", "ryjk", "ghtt")],
    "wsdgov?.cc": [f"wsdgov{x}.cc" for x in "uvwxyz"],
    "87251###.xyz": [f"87251{x}.xyz" for x in (565, 592, 621, 630, 646, 654)],
    "x##?.xyz": [f"x{n}{x}.xyz" for n, x in zip(range(80, 95), "abcdefghijklmno", strict=True)],
    "?????.icu": [
        f"{x}.icu"
        for x in (
            *("dvjur", "dyktu", "exumf", "fbazv", "fwuib", "fxeqv", "gxlac", "jronr", "nlzpx"),
            *("bklju", "dyubi", "imktg", "ivliu", "jiytp", "plqgm", "slnko", "tukqv", "wvaxq"),
        )
    ],
}


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_campaign_is_found_among_ordinary_names(name: str) -> None:
    campaign = CAMPAIGNS[name]
    found = found_in(ORDINARY + campaign)
    assert found[name] >= set(campaign)
    assert len(found[name] - set(campaign)) <= 1
    assert set(found) == {name}


def test_ordinary_names_are_no_series() -> None:
    assert found_in(ORDINARY) == {}


def test_a_word_that_many_names_begin_with_makes_no_series() -> None:
    draw = random.Random(11)
    more = [
        f"{word}{draw.choice(WORDS)}.{draw.choice(ENDINGS)}"
        for word in WORDS[::100]
        for _ in "x" * 25
    ]
    more += [
        f"{draw.choice(WORDS)}{word}.{draw.choice(ENDINGS)}"
        for word in WORDS[50::100]
        for _ in "x" * 25
    ]
    assert found_in(ORDINARY + more) == {}


def test_a_campaign_over_two_endings_is_one_series() -> None:
    names = [f"wsdgov{x}.{ending}" for x in "1234" for ending in ("cc", "top")]
    found = found_in(ORDINARY + names)
    assert found == {"wsdgov#.cc/.top": set(names)}


def test_stragglers_of_other_lengths_join_their_series() -> None:
    names = [*CAMPAIGNS["parking-pcn??.vip"], "parking-pcnfyi.vip", "parking-pcnfyj.vip"]
    assert found_in(ORDINARY + names) == {"parking-pcn*.vip": set(names)}


def test_what_stands_behind_the_varying_part_tells_too() -> None:
    names = [f"{x}-kraken.com" for x in ("076261", "118823", "551823", "910022", "333019")]
    (members,) = found_in(ORDINARY + names).values()
    assert members == set(names)


def test_a_small_batch_is_compared_with_all_new_names() -> None:
    names = CAMPAIGNS["parking-pcn??.vip"]
    assert found_in([*names, "garden-house.com", "lemoncraft.org"]) == {
        "parking-pcn??.vip": set(names)
    }


def test_a_name_is_in_one_series_at_most() -> None:
    names = ORDINARY + list(itertools.chain.from_iterable(CAMPAIGNS.values()))
    found = find_series(*block(names))
    rows = [row for series in found for row in series.rows]
    assert len(rows) == len(set(rows))
    assert len(found) == len(CAMPAIGNS)


def test_the_order_of_names_changes_nothing() -> None:
    names = ORDINARY + list(itertools.chain.from_iterable(CAMPAIGNS.values()))
    mixed = list(names)
    random.Random(5).shuffle(mixed)
    assert found_in(mixed) == found_in(names)


@given(
    st.lists(
        st.from_regex(r"(pcn|bank-)?[a-c0-1-]{0,4}x[a-c]{0,2}\.(com|top|co\.uk)", fullmatch=True),
        unique=True,
        max_size=60,
    )
)
def test_whatever_the_names_series_are_disjoint_and_named(names: list[str]) -> None:
    rows: list[int] = []
    for series in find_series(*block(names), scores=np.full(len(names), 0.2)):
        assert len(series.rows) >= 4
        assert series.name
        assert series.score == pytest.approx(0.2)
        assert all(names[row].endswith(series.endings) for row in series.rows)
        rows += series.rows
    assert len(rows) == len(set(rows))
    assert set(rows) <= set(range(len(names)))


def test_a_series_tells_its_days_its_score_and_what_chance_gives() -> None:
    names = CAMPAIGNS["wsdgov?.cc"]
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(len(names))]
    scores = np.linspace(0.2, 0.8, len(names))
    (series,) = find_series(*block(names), seen=days, scores=scores)
    assert (series.first_seen, series.last_seen) == (days[0], days[-1])
    assert series.score == pytest.approx(series_score(scores.tolist()))
    assert series.expected is not None
    assert series.expected < 0.1
    assert (series.constant, series.endings, series.by) == ("wsdgov", ("cc",), By.PATTERN)


def test_a_series_scores_like_the_better_half_of_its_names() -> None:
    assert series_score([0.9, 0.9, 0.1, 0.1]) == pytest.approx(0.9)
    assert series_score([0.99] + [0.1] * 9) < 0.5
    assert series_score([0.0, 1.0, 1.0]) > 0.99


def test_names_on_one_certificate_are_a_series() -> None:
    names = [*ORDINARY[:50], "first-name.com", "other-thing.net", "third.org", "www.third.org"]
    together = Together(by=By.CERTIFICATE, key="ab12", rows=(50, 51, 52, 53))
    (series,) = find_series(*block(names), together=[together])
    assert (series.by, series.rows) == (By.CERTIFICATE, (50, 51, 52, 53))


def test_a_hosting_companys_certificate_is_no_series() -> None:
    for rows in (tuple(range(101)), (0, 1)):
        together = Together(by=By.CERTIFICATE, key="ab12", rows=rows)
        assert find_series(*block(ORDINARY[:200]), together=[together]) == []


def test_of_one_registrar_on_one_day_three_names_tell() -> None:
    names = [*ORDINARY, "kabtrex11.com", "kabtrex17.com", "kabtrex23.com"]
    rows = (5, 9, 77, len(names) - 3, len(names) - 2, len(names) - 1)
    assert find_series(*block(names)) == []
    together = Together(by=By.REGISTRATION, key="a registrar 2026-01-02", rows=rows)
    (series,) = find_series(*block(names), together=[together])
    assert (series.name, series.by) == ("kabtrex##.com", By.REGISTRATION)


def test_bare_suffixes_other_scripts_and_nothing_break_nothing() -> None:
    assert (
        find_series(*block(["com", "co.uk", "xn--bcher-kva.com", "a.com", f"{'a' * 63}.com"])) == []
    )
    assert find_series(*block([])) == []


def test_drawn_letters_read_like_no_word() -> None:
    labels = np.zeros((4, 32), dtype=np.uint8)
    for i, label in enumerate(("xqufa", "bread", "ykclf", "abc")):
        labels[i, : len(label)] = np.frombuffer(label.encode(), dtype=np.uint8)
    assert unlike_words(labels, bundled()).tolist() == [True, False, True, False]


class ByFirstWord:
    """Places names by what stands before their first hyphen."""

    near = 0.99

    def embed(self, hosts: Hosts, splits: Splits) -> NDArray[np.float32]:
        words = [hosts.host(i).partition("-")[0] for i in range(len(hosts))]
        order = sorted(set(words))
        return np.eye(len(order), dtype=np.float32)[[order.index(word) for word in words]]


def alike(names: list[str], embedder: Embedder) -> list[set[str]]:
    found: list[Series] = find_alike(*block(names), range(len(names)), embedder)
    return [{names[row] for row in series.rows} for series in found]


def test_what_an_embedder_puts_together_is_a_series() -> None:
    names = ["workshop-a.com", "post-b.com", "workshop-c.net", "workshop-d.org", "post-e.com"]
    assert alike(names, ByFirstWord()) == [{"workshop-a.com", "workshop-c.net", "workshop-d.org"}]


def test_runs_of_letters_tell_names_alike_without_a_model() -> None:
    names = [
        *("secureparcelfee-uk.com", "secureparcelfees-uk.com", "secure-parcelfee-uk.net"),
        *ORDINARY[:300],
    ]
    assert {*names[:3]} in alike(names, HashedNgrams())


def test_neighbours_of_neighbours_are_one_series_and_crowds_are_none() -> None:
    class InARow:
        near = 0.9

        def embed(self, hosts: Hosts, splits: Splits) -> NDArray[np.float32]:
            angles = 0.4 * np.arange(len(hosts)) + 9 * (np.arange(len(hosts)) > 3)
            return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    names = ["a1.com", "b2.com", "c3.com", "d4.com", "e5.com", "f6.com"]
    assert alike(names, InARow()) == [set(names[:4])]
    crowd = [f"workshop-{number}.com" for number in range(201)]
    assert alike(crowd, ByFirstWord()) == []


def test_names_without_a_registered_part_are_alike_to_nothing() -> None:
    assert alike(["com", "net", "org", "co.uk"], HashedNgrams()) == []
    assert alike([], HashedNgrams()) == []


def test_a_model_that_gives_names_a_place_is_asked_for_it() -> None:
    reader = ByFirstWord()
    assert embedder_of(reader) is reader
    assert isinstance(embedder_of(object()), HashedNgrams)
