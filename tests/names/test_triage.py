"""From hosts to verdicts: one score, official domains never suspects, tenants judged."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.judgement import Judgement, Verdict
from lionrock.names.blocks import lines_of
from lionrock.names.ngrams import NgramModel
from lionrock.names.normalise import normalise
from lionrock.names.scorer import NameModel
from lionrock.names.suffixes import Suffixes
from lionrock.names.traits import TRAITS
from lionrock.names.triage import Triage
from tests.names.packs import REGION, WORDS

SUFFIXES = Suffixes.bundled()


def made_model() -> NameModel:
    """Return a model that rates every look-alike high and tells other names by their letters."""
    weights = np.random.default_rng(1).integers(-20, 20, 1 << 12).astype(np.int8)
    reader = NgramModel(weights=weights, scale=0.01, intercept=-3.0, version="made-1")
    blend = dict.fromkeys(TRAITS, 0.0) | {"found": 2.0, "letters": 0.1}
    return NameModel(
        reader=reader,
        novelty=reader,
        words=WORDS,
        letters={"slope": 1.0, "intercept": -2.0},
        blend=blend,
        record={},
        read={},
        endings={"top": 1.2},
        threshold=0.5,
    )


TRIAGE = Triage(REGION, made_model())


def judge(*names: str, everything: bool = True, known: tuple[str, ...] = ()) -> list[Judgement]:
    """Judge names by the road a stream takes."""
    lines = lines_of([name.encode() for name in names])
    hosts, _ = normalise(lines)
    return TRIAGE.judge(lines, hosts, SUFFIXES.split(hosts), everything=everything, known=known)


def test_a_brand_in_its_own_official_domain_is_no_suspect() -> None:
    for name in ("paypal.com", "login.paypal.com", "harborbank.com.xx"):
        (verdict,) = judge(name)
        assert (verdict.verdict, verdict.score) == (Verdict.OFFICIAL, 0.0)


def test_an_official_domain_is_named_with_its_brand() -> None:
    assert judge("www.paypal.com")[0].brand == "paypal"


def test_a_tenant_under_an_official_hosting_suffix_is_judged() -> None:
    (verdict,) = judge("paypal-login.azurewebsites.net")
    assert verdict.verdict is Verdict.SUSPECT
    assert verdict.tenant_of == "azurewebsites.net"
    assert verdict.registrable == "paypal-login.azurewebsites.net"


@pytest.mark.parametrize("apex", ["azurewebsites.net", "pages.dev", "com.hk", "github.io"])
def test_a_suffix_itself_is_never_a_suspect(apex: str) -> None:
    assert judge(apex)[0].verdict is Verdict.UNREMARKABLE


def test_the_hosting_company_itself_is_no_tenant() -> None:
    assert judge("www.weebly.com")[0].verdict is Verdict.UNREMARKABLE


def test_nothing_under_an_ending_of_verified_bodies_is_a_suspect() -> None:
    assert judge("paypal-login.gov.xx")[0].verdict is Verdict.UNREMARKABLE


def test_a_name_decided_before_is_known() -> None:
    assert judge("paypal-login.com", known=("paypal-login.com",))[0].verdict is Verdict.KNOWN


def test_suspects_only_unless_everything_is_asked_for() -> None:
    names = ("greenstone.com", "paypal-login.com", "riverhouse.org")
    assert [j.name for j in judge(*names, everything=False)] == ["paypal-login.com"]
    assert [j.name for j in judge(*names)] == list(names)


def test_the_name_repeats_the_input_and_spans_point_into_it() -> None:
    name = "HTTPS://Secure.PayPal-Login.com/index.php"
    (verdict,) = judge(name)
    assert verdict.name == name
    spans = {reason.code: verdict.span(reason) for reason in verdict.reasons}
    start, end = spans["brand-word"] or (0, 0)
    assert name[start:end] == "PayPal"


def test_a_name_in_international_characters_is_told_as_a_whole() -> None:
    (verdict,) = judge("海港銀行.com")
    assert verdict.brand == "harborbank"
    assert all(verdict.span(reason) is None for reason in verdict.reasons)
    assert "海港銀行.com" in {r.about for r in verdict.reasons if r.code == "punycode"}


def test_a_favoured_ending_is_given_as_a_reason() -> None:
    assert "ending" in {r.code for r in judge("paypal-login.top")[0].reasons}


def test_a_region_without_brands_still_scores_every_name() -> None:
    triage = Triage(replace(REGION, brands=()), made_model())
    lines = lines_of([b"greenstone.com"])
    hosts, _ = normalise(lines)
    (verdict,) = triage.judge(lines, hosts, SUFFIXES.split(hosts), everything=True)
    assert 0 < verdict.score < 1


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=20))
def test_whatever_the_bytes_every_host_gets_one_verdict_with_a_score(values: list[bytes]) -> None:
    lines = lines_of(values)
    hosts, rejects = normalise(lines)
    judged = TRIAGE.judge(lines, hosts, SUFFIXES.split(hosts), everything=True)
    assert len(judged) == len(hosts)
    assert len(hosts) + len(rejects) <= len(values)
    assert all(0 <= j.score <= 1 for j in judged)
