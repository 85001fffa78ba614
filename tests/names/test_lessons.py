"""What the network is taught: imitations, letters that nobody chose, what names lure with."""

from dataclasses import replace

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from lionrock.names.blocks import hosts_of
from lionrock.names.catalogue import Catalogue
from lionrock.names.lessons import LURES, Imitator, lures_of, noise
from lionrock.names.suffixes import Suffixes
from lionrock.names.training_rows import assemble
from tests.names.packs import REGION


def test_an_imitation_keeps_most_of_what_it_imitates() -> None:
    imitator = Imitator(REGION.brands, REGION.lures)
    likes, originals = imitator.pairs(np.random.default_rng(1), 300)
    near = 0
    for like, original in zip(likes, originals, strict=True):
        alias, label = original.removesuffix(".com").replace("-", ""), like.partition(".")[0]
        label = label.replace("-", "")
        spans = (label[i : i + len(alias) + d] for i in range(len(label)) for d in (-1, 0, 1, 2))
        near += min(DamerauLevenshtein.distance(span, alias) for span in spans) <= 4
    assert near >= 295
    assert len(set(likes)) > 200
    assert (
        sum(
            a.partition(".")[0] == b.partition(".")[0]
            for a, b in zip(likes, originals, strict=True)
        )
        < 150
    )


def test_the_same_seed_makes_the_same_names() -> None:
    imitator = Imitator(REGION.brands, REGION.lures)
    one = (imitator.pairs(np.random.default_rng(5), 20), noise(np.random.default_rng(5), 20))
    other = (imitator.pairs(np.random.default_rng(5), 20), noise(np.random.default_rng(5), 20))
    assert one == other


def test_everything_made_up_is_a_name_with_a_suffix() -> None:
    rng = np.random.default_rng(2)
    names = [*Imitator(REGION.brands, REGION.lures).pairs(rng, 200)[0], *noise(rng, 200)]
    block = hosts_of(names)
    assert (Suffixes.bundled().split(block).registrable == 0).all()


def test_a_report_s_brand_says_what_a_name_is_after_and_else_its_words_do() -> None:
    paypal = next(brand for brand in REGION.brands if brand.id == "paypal")
    sample = assemble(
        [("quietname.com", 1.0), ("crypto-airdrop-now.com", 1.0), ("quietother.com", 1.0)],
        [("login-fresh.com", 1.0)],
        [],
        [],
    )
    catalogue = Catalogue(REGION, {})
    found = lures_of(sample, catalogue, {"quietname.com": replace(paypal, sector="payment")})
    by_name = {sample.hosts.host(i): found[i] for i in range(4)}
    assert LURES[by_name["quietname.com"]] == "payment"
    assert by_name["quietother.com"] == -1
    assert by_name["login-fresh.com"] == -1, "of a new name nobody knows what it is after"
