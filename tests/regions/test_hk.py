"""The shipped pack for Hong Kong is sound, broad, and the only place that knows Hong Kong."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import lionrock
from lionrock.core.region import Brand, Region, check_region
from lionrock.names.suffixes import Suffixes
from lionrock.regions import load

PACKAGE = Path(lionrock.__file__).parent

KNOWLEDGE = re.compile(r"\bhk\b|hong ?kong|香港|hsbc|hang ?-?seng|hketoll|j6w193g", re.IGNORECASE)

MAY_KNOW = {
    "web/declared.py": {"hk"},  # the region a fresh installation watches; a setting changes it
    "web/static/web/lionrock.css": {"hk"},  # names of fonts
    "desk/alerts/static/alerts/site.css": {"hk"},  # names of fonts
    "names/data/hosting.toml": {"hk", "hongkong"},  # hosts of strangers' names all over the world
}


@pytest.fixture(scope="module")
def hk() -> Region:
    return load("hk")


@pytest.fixture(scope="module")
def brands(hk: Region) -> dict[str, Brand]:
    return {brand.id: brand for brand in hk.brands}


def test_the_pack_is_sound_and_calls_no_host_of_strangers_official(hk: Region) -> None:
    found = check_region(hk, is_suffix=Suffixes.bundled().is_suffix)
    assert [str(problem) for problem in found] == []


def test_the_pack_holds_at_least_250_brands_in_every_sector(hk: Region) -> None:
    assert len(hk.brands) >= 250
    assert set(Counter(brand.sector for brand in hk.brands)) == set(hk.sectors)


def test_a_fact_about_a_domain_has_a_source_and_a_date_or_neither(hk: Region) -> None:
    checked = [d for brand in hk.brands for d in brand.official if d.checked is not None]
    assert len(checked) >= 250
    assert all(domain.source for domain in checked)


@pytest.mark.parametrize(
    ("alias", "brand"),
    [
        ("hsbc", "hsbc"),
        ("hang-seng", "hang-seng"),
        ("bochk", "bochk"),
        ("moxbank", "mox"),
        ("zabank", "za-bank"),
        ("alipayhk", "alipay"),
        ("octopus", "octopus"),
        ("轉數快", "fps"),
        ("hketoll", "hketoll"),
        ("wsdgov", "wsd"),
        ("hongkongpost", "hongkong-post"),
        ("智方便", "iam-smart"),
        ("clp", "clp"),
        ("smartone", "smartone"),
        ("mtr", "mtr"),
        ("hktvmall", "hktvmall"),
        ("sf-express", "sf-express"),
        ("whatsapp", "whatsapp"),
        ("hashkey", "hashkey"),
    ],
)
def test_a_name_people_know_is_an_alias_of_its_brand(
    alias: str, brand: str, brands: dict[str, Brand]
) -> None:
    assert alias in brands[brand].aliases


@pytest.mark.parametrize(
    "word",
    [
        "steam",
        "apple",
        "chase",
        "line",
        "signal",
        "mox",
        "aia",
        "ups",
        "ird",
        "mtr",
        "dbs",
        "sf",
        "wise",
        "csl",
        "clp",
        "bea",
        "axa",
        "octopus",
    ],
)
def test_a_word_that_stands_by_accident_counts_only_in_company(word: str, hk: Region) -> None:
    (brand,) = [brand for brand in hk.brands if word in brand.aliases]
    assert word in brand.ordinary
    assert brand.company


def test_a_brand_known_only_by_ordinary_words_says_what_company_makes_it_the_brand(
    hk: Region,
) -> None:
    assert [b.id for b in hk.brands if b.ordinary == set(b.aliases) and not b.company] == []


def test_the_words_that_lure_are_known_in_every_language_of_the_streets(hk: Region) -> None:
    kinds = {lure.word: lure.kind for lure in hk.lures}
    assert [
        kinds[word] for word in ("login", "etoll", "積分", "积分", "jifen", "退稅", "再配達")
    ] == [
        "login",
        "toll",
        "prize",
        "prize",
        "prize",
        "tax",
        "parcel",
    ]


def test_nothing_outside_the_pack_knows_hong_kong() -> None:
    found = {
        (path, text)
        for path, said in _texts()
        for text in {match.group().lower() for match in KNOWLEDGE.finditer(said)}
        if text not in MAY_KNOW.get(path, set())
    }
    assert found == set()


def test_what_looks_for_knowledge_would_find_it() -> None:
    tree = ast.parse('"""About hsbc."""\nHOME = "www.hsbc.com.hk"\n')
    assert list(_spoken(tree)) == ["HOME", "www.hsbc.com.hk"]
    assert KNOWLEDGE.search("www.example.com.hk")
    assert not KNOWLEDGE.search("www.hkust-like.example")


def _texts() -> Iterator[tuple[str, str]]:
    """Yield what the package's files say, by path: a program's words without its documentation."""
    for path in sorted(PACKAGE.rglob("*")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] == "regions" or "__pycache__" in place.parts:
            continue
        if place.parts[:2] == ("names", "model"):
            continue  # weights and words learned from what was read, written by nobody
        if path.suffix == ".py":
            for text in _spoken(ast.parse(path.read_text(encoding="utf-8"))):
                yield place.as_posix(), text
        elif path.suffix in {".toml", ".html", ".txt", ".js", ".css", ".po"}:
            yield place.as_posix(), path.read_text(encoding="utf-8")


def _spoken(tree: ast.AST) -> Iterator[str]:
    """Yield names and text constants of a program, leaving docstrings and comments out."""
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                yield text
            case ast.Constant(value=bytes(raw)):
                yield raw.decode("utf-8", "replace")
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                yield name
