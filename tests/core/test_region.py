"""Every mistake that a pack can hold is reported by name, at its file and entry."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.region import (
    PackError,
    check_region,
    draft_region,
    parse_region,
)

HEAD = """
code = "xx"
timezone = "UTC"
languages = ["en"]
tlds = ["xx"]
countries = ["XX"]
closed = ["state.xx"]
home_languages = { jp = "ja" }
[names]
en = "Examplia"
[sectors]
bank = { en = "Banks" }
"""

BRAND = """
[[brand]]
id = "marbluna"
names = { en = "Marbluna" }
home = "xx"
aliases = ["marbluna"]
official = [{ domain = "marbluna.xx", source = "its branch", checked = "2026-11-20" }]
labels = ["MARBLUNA"]
"""

OTHER = BRAND.replace("marbluna", "quorvale").replace("MARBLUNA", "QUORVALE")


SOUND = BRAND.replace("marbluna", "tresdunas").replace("MARBLUNA", "TRESDUNAS")


def pack(
    brands: str = BRAND,
    *,
    head: str = HEAD,
    top: str = 'sector = "bank"',
    lures: str = 'lure = [{ word = "login", kind = "login" }]',
    words: str = 'ordinary = ["harbour"]',
) -> Mapping[str, bytes]:
    return {
        "region.toml": head.encode(),
        "brands/bank.toml": f"{top}\n{brands}".encode(),
        "lures.toml": lures.encode(),
        "words.toml": words.encode(),
    }


def problems(files: Mapping[str, bytes]) -> list[str]:
    with pytest.raises(PackError) as caught:
        parse_region(files)
    return [str(problem) for problem in caught.value.problems]


def test_a_sound_pack_is_parsed_without_complaint() -> None:
    region = parse_region(pack(BRAND + OTHER))
    assert [brand.id for brand in region.brands] == ["marbluna", "quorvale"]
    assert region.brands[0].sector == "bank"
    assert region.brands[0].file == "brands/bank.toml"


BRAND_MISTAKES = {
    "a missing value": (
        BRAND.replace('home = "xx"\n', ""),
        "marbluna: “home” is missing",
    ),
    "a value of the wrong kind": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = "marbluna"'),
        "marbluna: “aliases” is not a list of texts",
    ),
    "an unknown key": (BRAND + 'nickname = "m"', "marbluna: unknown key “nickname”"),
    "an unknown key of a domain": (
        BRAND.replace("checked =", "seen = 1, checked ="),
        "marbluna: marbluna.xx: unknown key “seen”",
    ),
    "an empty name": (
        BRAND.replace('en = "Marbluna"', 'en = " "'),
        "marbluna: “en” is not a text",
    ),
    "a name missing in a language of the region": (
        BRAND.replace("en =", "pt ="),
        "marbluna: no name in en",
    ),
    "a name missing in the language of its home": (
        BRAND.replace('home = "xx"', 'home = "jp"'),
        "marbluna: no name in ja",
    ),
    "an id used twice": (
        BRAND + OTHER.replace('id = "quorvale"', 'id = "marbluna"'),
        "marbluna: id is already used in brands/bank.toml",
    ),
    "an id that cannot stand in an address": (
        BRAND.replace('id = "marbluna"', 'id = "Marbluna Bank"'),
        "Marbluna Bank: id “Marbluna Bank” is not made of a-z, 0-9 and hyphens",
    ),
    "a home that is no country": (
        BRAND.replace('home = "xx"', 'home = "Examplia"'),
        "marbluna: home “Examplia” is neither a two-letter country nor “global”",
    ),
    "a parent nobody knows": (
        BRAND + 'parent = "quorvale"',
        "marbluna: unknown parent “quorvale”",
    ),
    "a brand that is its own parent": (
        BRAND + 'parent = "marbluna"',
        "marbluna: is its own parent",
    ),
    "no alias": (BRAND.replace('["marbluna"]', "[]", 1), "marbluna: no alias"),
    "an alias claimed by two brands": (
        BRAND + OTHER.replace('aliases = ["quorvale"]', 'aliases = ["mar-bluna"]'),
        "quorvale: alias “marbluna” is also claimed by marbluna",
    ),
    "an alias that stands twice": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = ["marbluna", "marbluna"]'),
        "marbluna: alias “marbluna” stands 2 times",
    ),
    "an alias no domain could hold": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = ["Mar Bluna"]'),
        "marbluna: alias “Mar Bluna” is not lower-case letters, digits and single hyphens",
    ),
    "an alias in another script that is not in its normal form": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = ["ﾏﾙ"]'),
        "marbluna: alias “ﾏﾙ” is not lower-case letters, digits and single hyphens",
    ),
    "a short alias nobody looked at": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = ["marb"]'),
        "marbluna: alias “marb” has only 4 letters and is marked neither ordinary nor distinct",
    ),
    "an ordinary word that is not marked": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = ["harbour"]'),
        "marbluna: alias “harbour” is an ordinary word but not marked ordinary",
    ),
    "an ordinary word called distinct": (
        BRAND.replace('aliases = ["marbluna"]', 'aliases = ["harbour"]\ndistinct = ["harbour"]'),
        "marbluna: alias “harbour” is an ordinary word but not marked ordinary",
    ),
    "an alias both ordinary and distinct": (
        BRAND + 'ordinary = ["marbluna"]\ndistinct = ["marbluna"]',
        "marbluna: alias “marbluna” is called both ordinary and distinct",
    ),
    "a mark on what is no alias": (
        BRAND + 'ordinary = ["luna"]',
        "marbluna: “luna” is marked ordinary but is no alias",
    ),
    "a company word with a space": (
        BRAND + 'company = ["Savings Bank"]',
        "marbluna: company word “Savings Bank” is not lower-case letters, digits and single hyphens",
    ),
    "a domain claimed by two brands": (
        BRAND + OTHER.replace('"quorvale.xx"', '"marbluna.xx"'),
        "quorvale: domain marbluna.xx is also claimed by marbluna, "
        "and neither is the other's parent",
    ),
    "a domain that stands twice": (
        BRAND.replace("official = [", 'official = [{ domain = "marbluna.xx" }, '),
        "marbluna: official domain marbluna.xx stands 2 times",
    ),
    "a domain that is no host": (
        BRAND.replace('"marbluna.xx"', '"https://marbluna.xx/"'),
        "marbluna: official domain “https://marbluna.xx/” is no host in lower-case A-labels",
    ),
    "a domain that is not in A-labels": (
        BRAND.replace('"marbluna.xx"', '"márbluna.xx"'),
        "marbluna: official domain “márbluna.xx” is no host in lower-case A-labels",
    ),
    "an address for a domain": (
        BRAND.replace('"marbluna.xx"', '"192.0.2.1"'),
        "marbluna: official domain “192.0.2.1” is no host in lower-case A-labels",
    ),
    "a source without a date": (
        BRAND.replace(', checked = "2026-11-20"', ""),
        "marbluna: official domain marbluna.xx has only one of source and checked",
    ),
    "a date that is not ISO": (
        BRAND.replace("2026-11-20", "20.11.2026"),
        "marbluna: official domain marbluna.xx: “20.11.2026” is no ISO date",
    ),
    "a label claimed by two brands": (
        BRAND + OTHER.replace("QUORVALE", "MARBLUNA"),
        "quorvale: label “MARBLUNA” is also claimed by marbluna",
    ),
}


@pytest.mark.parametrize(("brands", "said"), BRAND_MISTAKES.values(), ids=BRAND_MISTAKES)
def test_a_mistake_in_a_brand_is_reported_where_it_stands(brands: str, said: str) -> None:
    assert problems(pack(brands + SOUND)) == [f"brands/bank.toml: {said}"]


OTHER_MISTAKES = {
    "an unknown sector": (
        pack(top='sector = "fishery"'),
        ["brands/bank.toml: marbluna: unknown sector “fishery”"],
    ),
    "no brand": (pack(brands=""), ["brands/bank.toml: -: “brand” is missing"]),
    "a code that is none": (
        pack(head=HEAD.replace('"xx"', '"X X"', 1)),
        ["region.toml: code: “X X” is not made of a-z, 0-9 and hyphens"],
    ),
    "a time zone that is none": (
        pack(head=HEAD.replace("UTC", "half past nine")),
        ["region.toml: timezone: “half past nine” is no time zone such as Asia/Tokyo"],
    ),
    "an ending with a dot in front": (
        pack(head=HEAD.replace('tlds = ["xx"]', 'tlds = [".xx"]')),
        ["region.toml: tlds: “.xx” is no ending in lower-case A-labels without a first dot"],
    ),
    "a country in small letters": (
        pack(head=HEAD.replace('countries = ["XX"]', 'countries = ["xx"]')),
        ["region.toml: countries: “xx” is no country in two capital letters"],
    ),
    "a sector without a name": (
        pack(head=HEAD.replace('bank = { en = "Banks" }', 'bank = { pt = "Bancos" }')),
        ["region.toml: sectors.bank: no name in en"],
    ),
    "a sector that is a text": (
        pack(head=HEAD.replace('bank = { en = "Banks" }', 'bank = "Banks"')),
        ["region.toml: -: “sectors.bank” is not a table"],
    ),
    "an unknown key of the region": (
        pack(head='colour = "red"\n' + HEAD),
        ["region.toml: -: unknown key “colour”"],
    ),
    "a lure that stands twice": (
        pack(lures='lure = [{ word = "a", kind = "tax" }, { word = "a", kind = "job" }]'),
        ["lures.toml: a: stands 2 times"],
    ),
    "a lure of an unknown kind": (
        pack(lures='lure = [{ word = "bait", kind = "fishing" }]'),
        ["lures.toml: bait: unknown kind “fishing”"],
    ),
    "a lure with a space": (
        pack(lures='lure = [{ word = "log in", kind = "login" }]'),
        ["lures.toml: log in: a lure is lower-case, without separators"],
    ),
    "a lure without a word": (
        pack(lures='lure = [{ kind = "login" }]'),
        ["lures.toml: lure number 1: “word” is missing"],
    ),
    "a file that is no TOML": (
        pack(words="ordinary = ["),
        ["words.toml: -: is no TOML in UTF-8: Invalid value (at end of document)"],
    ),
    "a file that belongs to no pack": (
        {**pack(), "notes.toml": b""},
        ["notes.toml: -: a pack holds no such file"],
    ),
}


@pytest.mark.parametrize(("files", "said"), OTHER_MISTAKES.values(), ids=OTHER_MISTAKES)
def test_a_mistake_beside_the_brands_is_reported_where_it_stands(
    files: Mapping[str, bytes], said: list[str]
) -> None:
    found = problems(files)
    assert found[: len(said)] == said


def test_a_pack_without_its_head_says_so() -> None:
    files = {name: data for name, data in pack().items() if name != "region.toml"}
    assert "region.toml: -: the file is missing" in problems(files)


def test_two_mistakes_are_both_reported() -> None:
    both = pack(BRAND.replace('"marbluna.xx"', '"nowhere"'), lures='lure = [{ word = "x" }]')
    assert problems(both) == [
        "lures.toml: x: “kind” is missing",
        "brands/bank.toml: marbluna: official domain “nowhere” is no host in lower-case A-labels",
    ]


def test_parent_and_child_may_share_a_domain() -> None:
    child = OTHER.replace('"quorvale.xx"', '"marbluna.xx"') + 'parent = "marbluna"'
    assert len(parse_region(pack(BRAND + child)).brands) == 2


def test_a_short_alias_somebody_looked_at_is_fine() -> None:
    brand = BRAND.replace('["marbluna"]', '["mblu", "ml"]', 1)
    parse_region(pack(brand + 'distinct = ["mblu"]\nordinary = ["ml"]'))


def test_an_official_domain_may_be_no_suffix_of_strangers_names() -> None:
    region = parse_region(pack(BRAND.replace('"marbluna.xx"', '"pages.example"')))
    found = check_region(region, is_suffix=lambda host: host == "pages.example")
    assert [str(problem) for problem in found] == [
        "brands/bank.toml: marbluna: official domain pages.example is a public suffix "
        "or a host of strangers' names"
    ]


def test_an_ending_for_verified_bodies_may_be_official() -> None:
    region = parse_region(pack(BRAND.replace('"marbluna.xx"', '"state.xx"')))
    assert check_region(region, is_suffix=lambda host: host == "state.xx") == []


@given(st.dictionaries(st.sampled_from(sorted(pack())), st.binary(max_size=200)))
def test_any_bytes_end_in_problems_never_in_a_crash(files: Mapping[str, bytes]) -> None:
    region, found = draft_region(files)
    assert found or region.brands == () or check_region(region) == []


toml_values = st.recursive(
    st.one_of(st.booleans(), st.integers(0, 9), st.sampled_from(["", "x", "bank"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["id", "en", "domain", "word", "names"]), inner, max_size=2
        ),
    ),
    max_leaves=6,
)


def as_toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return f'"{value}"'
        case list():
            return "[" + ", ".join(as_toml(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
        case _:
            raise TypeError(value)


@given(
    st.sampled_from(["brand", "sector", "lure", "ordinary", "names", "code", "sectors", "tlds"]),
    toml_values,
    st.sampled_from(sorted(pack())),
)
def test_values_of_any_kind_end_in_problems_never_in_a_crash(
    key: str, value: object, file: str
) -> None:
    files = {**pack(), file: f"{key} = {as_toml(value)}".encode()}
    region, found = draft_region(files)
    found += check_region(region)
    for problem in found:
        assert problem.file
        assert problem.entry
        assert problem.what


TEAM = """
[team]
phone = "+00 555 0100"
site = "https://cert.example/"
names = { en = "CERT", pt = "CERT" }
about = { en = "We tell.", pt = "Dizemos." }
"""


def test_a_team_says_who_it_is_in_each_language() -> None:
    team = parse_region(pack(head=HEAD + TEAM)).team

    assert (team.names["pt"], team.about["pt"]) == ("CERT", "Dizemos.")
    assert (team.phone, team.site) == ("+00 555 0100", "https://cert.example/")
    assert parse_region(pack()).team.names == {}


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (', pt = "Dizemos."', "", "names and about both speak “pt”, or neither does"),
        ("en =", "fr =", "names and about both speak “en”, or neither does"),
        ("https://", "http://", "“http://cert.example/” is no https:// address"),
        ("+00 555 0100", "555", "“555” is no number such as +00 1234 5678"),
        ("site", "sight", "unknown key “sight”"),
    ],
)
def test_what_is_wrong_with_a_team_is_reported(before: str, after: str, what: str) -> None:
    with pytest.raises(PackError) as caught:
        parse_region(pack(head=HEAD + TEAM.replace(before, after)))

    assert what in [problem.what for problem in caught.value.problems]
