"""Gathers what block lists must spare: the Public Suffix List, our hosting suffixes, official domains."""

import tomllib
from functools import lru_cache
from importlib.resources import files

from lionrock.desk.suspects import brands
from lionrock.desk.suspects.brands import BrandBook
from lionrock.letters.guard import Never


@lru_cache(maxsize=1)
def spared_here() -> Never:
    """Return what no block list of this installation may hold."""
    return spared(brands.current())


def spared(book: BrandBook) -> Never:
    """Return what no block list of this region may hold."""
    official = {domain.domain for brand in book.region.brands for domain in brand.official}
    return Never.of(suffix_rules=_suffix_rules(), official=official)


@lru_cache(maxsize=1)
def _suffix_rules() -> tuple[str, ...]:
    # Read here and not through names.suffixes, whose compiled code a page does not need.
    public = (files("publicsuffixlist") / "public_suffix_list.dat").read_text("utf-8")
    own = (files("lionrock.names") / "data" / "hosting.toml").read_text("utf-8")
    rules = [line.split("//")[0].strip() for line in public.splitlines()]
    rules += [suffix for group in tomllib.loads(own).values() for suffix in group]
    return tuple(_a_labels(rule) for rule in rules if rule)


def _a_labels(rule: str) -> str:
    return ".".join(
        part if part.isascii() else "xn--" + part.encode("punycode").decode("ascii")
        for part in rule.lower().split(".")
    )
