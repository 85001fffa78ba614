"""Which names count as one series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.desk.suspects.series import LONGEST_KEY, long_enough, series_key, vocabulary

LURES = long_enough(["verify", "login", "secure", "gov", "redeem", "toll", "積分"])
WORDS = {
    "wsd": vocabulary(aliases=["wsd", "water-supplies"], words=LURES),
    "hsbc": vocabulary(aliases=["hsbc", "滙豐"], words=LURES),
    "": vocabulary(words=LURES),
}


def key(label: str, brand: str = "hsbc") -> str:
    """Return the series key of a label."""
    return series_key(label, brand=brand, words=WORDS[brand])


@pytest.mark.parametrize(
    ("brand", "labels"),
    [
        ("wsd", ["wsdgov1", "wsdgovu", "wsdgov2", "wsd-gov", "wsdgov-hk", "wsdgov"]),
        ("hsbc", ["hsbc-verify1", "hsbc-verify2", "hsbcverify", "hsbc-verify-x", "hsbc-verify07"]),
        ("hsbc", ["hsbc1", "hsbc2", "hsbc9"]),
        ("hsbc", ["loginhsbc1", "login-hsbc-2", "loginhsbcqq"]),
        ("hsbc", ["滙豐積分1", "滙豐積分2"]),
        ("", ["parcel-redeem1", "parcel-redeem22"]),
    ],
)
def test_names_that_differ_in_digits_hyphens_or_a_loose_letter_are_one_series(
    brand: str, labels: list[str]
) -> None:
    assert len({key(label, brand) for label in labels}) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hsbc-verify", "hsbc-login"),
        ("hsbc", "hsbc-verify"),
        ("hsbc1", "hsbc-hk"),
        ("hsbc88", "hsbc8"),
        ("hsbc-alpha", "hsbc-gamma"),
        ("hsbc-kowloonbranch", "hsbc-kowloonoffice"),
        ("verify-hsbc", "hsbc-verify"),
        ("滙豐積分", "滙豐登入"),
    ],
)
def test_names_that_share_only_the_brand_are_no_series(first: str, second: str) -> None:
    assert key(first) != key(second)


def test_the_same_label_imitating_two_brands_is_two_series() -> None:
    assert key("secure-login1", "hsbc") != key("secure-login1", "wsd")


@given(st.text(min_size=1, max_size=300))
def test_every_label_has_a_key_that_fits_its_column(label: str) -> None:
    assert 0 < len(key(label)) <= LONGEST_KEY
    assert key(label) == key(label)
