"""What counts as an imitation of a brand in a host name, and what is an accident of letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.reasons import WORDS
from lionrock.names.blocks import hosts_of
from lionrock.names.findings import Finding
from lionrock.names.lookalikes import examine, examine_block
from lionrock.names.suffixes import Suffixes
from tests.names.packs import CATALOGUE

SUFFIXES = Suffixes.bundled()


def found(host: str) -> list[Finding]:
    """Return what is found in ``host``, by the road that a whole block takes."""
    block = hosts_of([host])
    splits = SUFFIXES.split(block)
    examined = examine_block(block, splits, splits.registrable >= 0, CATALOGUE)
    return list(examined[0].findings) if examined else []


@pytest.mark.parametrize(
    ("host", "brand", "code"),
    [
        ("harborbank.top", "harborbank", "brand-tld"),
        ("harbor-bank-login.com", "harborbank", "brand-word"),
        ("harborbank24.com", "harborbank", "brand-word"),
        ("harborbanklogin.com", "harborbank", "brand-joined"),
        ("harborbank.com.xx.verify-id.top", "harborbank", "brand-host"),
        ("www-harborbank-com-xx.top", "harborbank", "brand-host"),
        ("harborbank.evil.com", "harborbank", "brand-subdomain"),
        ("harb0rbank.com", "harborbank", "ascii-trick"),
        ("paypa1.com", "paypal", "ascii-trick"),
        ("rnicrosoft.com", "microsoft", "ascii-trick"),
        ("micr0soft-login.com", "microsoft", "ascii-trick"),
        ("harborbamk.com", "harborbank", "typo"),
        ("habrorbank.com", "harborbank", "typo"),
        ("micrsoft-verify.net", "microsoft", "typo"),
        ("harborbajk.com", "harborbank", "typo"),
        ("harborbaok.com", "harborbank", "bit-flip"),
        ("haroborbamk.com", "harborbank", "near"),
        ("xn--pypal-4ve.com", "paypal", "confusable"),
        ("xn--stam-w4d.com", "steam", "confusable"),
        ("xn--bay-login-f0h.com", "ebay", "confusable"),
        ("xn--90w6o306drkj.com", "harborbank", "brand-tld"),
        ("steam-login.com", "steam", "brand-word"),
        ("e-bay-login.com", "ebay", "brand-word"),
        ("harborbank.pages.dev", "harborbank", "brand-tld"),
    ],
)
def test_an_imitation_is_found_and_said_how(host: str, brand: str, code: str) -> None:
    first = found(host)[0]
    assert (first.brand.id, first.code) == (brand, code)


@pytest.mark.parametrize(
    "host",
    [
        "health.com",
        "payments.com",
        "onlinepayments.net",
        "posthouse.com",
        "steam.com",
        "steamcooking.com",
        "cooking-with-steam.net",
        "steam-shop.com",
        "revolution.com",
        "micro-soft.shop.com",
        "allpay.com",
        "xn--mnchen-3ya.com",
        "code-bayone.com",
    ],
)
def test_an_accident_of_letters_is_no_finding(host: str) -> None:
    assert found(host) == []


def test_an_ordinary_alias_before_a_copied_ending_counts() -> None:
    first = found("steam.co.jp.greenstone.top")[0]
    assert (first.brand.id, first.code) == ("steam", "brand-subdomain")


def test_an_ordinary_alias_alone_is_a_hint_and_no_finding() -> None:
    block = hosts_of(["steam.greenstone.com"])
    splits = SUFFIXES.split(block)
    examined = examine_block(block, splits, splits.registrable >= 0, CATALOGUE)[0]
    assert examined.findings == ()
    assert [hint.brand.id for hint in examined.hints] == ["steam"]


def test_a_hint_does_not_hide_a_trick_in_the_same_label() -> None:
    first = found("my-steam-micr0soft.com")[0]
    assert (first.brand.id, first.code) == ("microsoft", "ascii-trick")


def test_the_brands_own_company_word_makes_an_ordinary_alias_count() -> None:
    assert found("steam-community.top")[0].brand.id == "steam"


def test_an_encoded_label_is_read_decoded() -> None:
    first = found(f"{'官網paypal'.encode('idna').decode()}.com")[0]
    assert (first.brand.id, first.code) == ("paypal", "brand-word")
    assert found("xn--revolut-harborbank.com") == []


def test_the_place_of_a_finding_is_where_its_letters_stand() -> None:
    host = "secure-paypal.com"
    first = found(host)[0]
    assert host[first.start : first.end] == "paypal"


def test_lures_beside_the_brand_are_told() -> None:
    host = "paypal-secure-login.com"
    split = SUFFIXES.split_one(host)
    block = SUFFIXES.split(hosts_of([host]))
    examined = examine(host, int(block.suffix[0]), int(block.registrable[0]), CATALOGUE)
    assert split is not None
    assert [lure.lure.word for lure in examined.lures] == ["secure", "login"]


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", min_size=1, max_size=60))
def test_whatever_the_host_findings_lie_inside_it_and_have_words(text: str) -> None:
    host = ".".join(part.strip("-") for part in text.split(".") if part.strip("-")) + ".com"
    for finding in found(host):
        assert 0 <= finding.start < finding.end <= len(host)
        assert finding.code in WORDS
        assert 0 <= finding.cover <= 1


@given(st.binary(max_size=40))
def test_broken_punycode_is_no_crash(raw: bytes) -> None:
    label = "xn--" + "".join(chr(97 + byte % 26) for byte in raw)
    found(f"{label}.com")
