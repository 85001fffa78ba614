"""Where hosts divide."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from lionrock.names.blocks import hosts_of
from lionrock.names.suffixes import (
    HOSTING,
    ICANN,
    PRIVATE,
    Split,
    Suffixes,
    hosting_rules,
    list_rules,
)

BUNDLED = Suffixes.bundled()
LIST_TEXT = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
LIST_RULES = list_rules(LIST_TEXT)
LIST_ALONE = Suffixes(LIST_RULES)
REFERENCE = PublicSuffixList()
HOSTING_TABLE = tomllib.loads(
    files("lionrock.names").joinpath("data/hosting.toml").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("host", "suffix", "registrable", "kind"),
    [
        ("www.example.com.hk", "com.hk", "example.com.hk", ICANN),
        ("a.evil.pages.dev", "pages.dev", "evil.pages.dev", PRIVATE),
        ("pages.dev", "pages.dev", None, PRIVATE),
        ("login.evil.weebly.com", "weebly.com", "evil.weebly.com", HOSTING),
        ("weebly.com", "weebly.com", None, HOSTING),
        ("evil.z13.web.core.windows.net", "z13.web.core.windows.net",
         "evil.z13.web.core.windows.net", HOSTING),
        ("evil.s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com",
         "evil.s3.eu-west-1.amazonaws.com", PRIVATE),
        ("a.b.ck", "b.ck", "a.b.ck", ICANN),
        ("a.www.ck", "ck", "www.ck", ICANN),
        ("a.b.nosuchending", "nosuchending", "b.nosuchending", ICANN),
        ("hk", "hk", None, ICANN),
    ],
)  # fmt: skip
def test_a_host_divides_where_somebody_registered_it(
    host: str, suffix: str, registrable: str | None, kind: int
) -> None:
    split = Split(suffix=suffix, registrable=registrable, kind=kind)
    assert BUNDLED.split_one(host) == split
    assert BUNDLED.is_suffix(host) == (registrable is None)


RULES = st.sampled_from(LIST_RULES).map(lambda rule: rule.suffix)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?", fullmatch=True)


@given(st.lists(st.tuples(st.lists(LABELS, max_size=3), RULES | LABELS), min_size=1, max_size=30))
def test_without_our_own_list_the_public_suffix_list_is_followed_to_the_letter(
    parts: list[tuple[list[str], str]],
) -> None:
    _same_as_reference([".".join((*front, suffix)) for front, suffix in parts])


def test_every_rule_of_the_public_suffix_list_is_followed_to_the_letter() -> None:
    names = [f"{front}{rule.suffix}" for rule in LIST_RULES for front in ("", "a.", "b.a.")]
    _same_as_reference(names)


def _same_as_reference(names: list[str]) -> None:
    splits = LIST_ALONE.split(hosts_of(names))
    for i, name in enumerate(names):
        begin = int(splits.registrable[i])
        assert name[splits.suffix[i] :] == REFERENCE.publicsuffix(name), name
        assert (None if begin < 0 else name[begin:]) == REFERENCE.privatesuffix(name), name


def test_our_own_list_says_whose_every_suffix_is() -> None:
    entries = [entry for group in HOSTING_TABLE.values() for entry in group.items()]
    assert len(entries) == len(dict(entries)) >= 150
    assert all(whose.strip() for _, whose in entries)


def test_our_own_list_holds_no_whole_top_level_domain() -> None:
    assert all("." in rule.suffix for rule in hosting_rules(HOSTING_TABLE))


def test_no_rules_at_all_leave_the_last_label_as_suffix() -> None:
    split = Split(suffix="com", registrable="example.com", kind=ICANN)
    assert Suffixes([]).split_one("www.example.com") == split
