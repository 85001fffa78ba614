"""What is generally known of the larger botnet families, for the long form's appendix."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A family: its name, what else it is called, and by language what it is, how it spreads, what it
    does."""

    name: str
    aliases: tuple[str, ...]
    nature: Mapping[str, str]
    spread: Mapping[str, str]
    effect: Mapping[str, str]


def known(names: Iterable[str]) -> list[Known]:
    """Return what is known of those families of which something is, in the order given."""
    return [found for name in names if (found := catalogue().get(name.lower()))]


@cache
def catalogue() -> Mapping[str, Known]:
    """Return every family by its name and other names in lower case."""
    place = files("lionrock.briefing.report") / "words" / "families.toml"
    found: dict[str, Known] = {}
    for entry in tomllib.loads(place.read_text(encoding="utf-8"))["family"]:
        one = Known(
            name=entry["name"],
            aliases=tuple(entry["aliases"]),
            nature=entry["nature"],
            spread=entry["spread"],
            effect=entry["effect"],
        )
        for called in (one.name, *one.aliases):
            found[called.lower()] = one
    return found
