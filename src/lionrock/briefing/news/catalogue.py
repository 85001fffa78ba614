"""The sources of news that Lionrock knows: data, with the terms on which each may be used."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from lionrock.briefing.facts import Origin
from lionrock.briefing.news.items import NewsSource, SourceKind, safe_link
from lionrock.core.errors import GiveUp

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_TEXTS: Final = (
    *("name", "title", "kind", "address", "page", "publisher", "origin", "language", "terms"),
)


class BadSources(GiveUp):
    """A list of sources is wrong; the text says where."""


@cache
def shipped() -> Mapping[str, NewsSource]:
    """Return the sources that are shipped, by name."""
    content = files("lionrock.briefing.news").joinpath("sources.toml").read_bytes()
    return {source.name: source for source in read_sources(content)}


def read_sources(content: bytes) -> tuple[NewsSource, ...]:
    """Return the sources of a TOML list ``[[source]]``; raise BadSources for the first that is wrong."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSources(f"the list of sources is no TOML in UTF-8: {error}") from None
    entries = table.pop("source", [])
    if table or not isinstance(entries, list):
        raise BadSources("a list of sources holds tables [[source]] and nothing else")
    sources = tuple(_source(number, entry) for number, entry in enumerate(entries, start=1))
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise BadSources("two sources bear the same name")
    return sources


def _source(number: int, entry: object) -> NewsSource:
    if not isinstance(entry, dict):
        raise BadSources(f"source {number} is no table")
    said = dict(entry)
    hours = said.pop("every_hours", 2)
    if set(said) != set(_TEXTS) or not all(isinstance(v, str) and v.strip() for v in said.values()):
        raise BadSources(f"source {number} must say {', '.join(_TEXTS)}, and nothing else")
    if not _NAME.fullmatch(said["name"]):
        raise BadSources(f"“{said['name']}” is no name: small letters, digits, hyphens, at most 60")
    if not isinstance(hours, int) or not 1 <= hours <= 168:
        raise BadSources(f"{said['name']}: every_hours is a number from 1 to 168")
    for key in ("address", "page"):
        if not safe_link(said[key]):
            raise BadSources(f"{said['name']}: {key} is no https address")
    try:
        kind, origin = SourceKind(said["kind"]), Origin(said["origin"])
    except ValueError as error:
        raise BadSources(f"{said['name']}: {error}") from None
    return NewsSource(
        name=said["name"],
        title=said["title"],
        kind=kind,
        address=said["address"],
        page=said["page"],
        publisher=said["publisher"],
        origin=origin,
        language=said["language"],
        terms=said["terms"],
        every_hours=hours,
    )
