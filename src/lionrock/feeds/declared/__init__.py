"""Feeds that a site describes in a TOML file: a list, CSV or JSON, read without any code.

``docs/how-to/declare-a-feed.md`` shows the file; ``terms`` says what may stand in it.
"""

import tomllib
from pathlib import Path

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Feed
from lionrock.feeds.declared.reader import feed_of_terms
from lionrock.feeds.declared.terms import Faults, terms_of

__all__ = ["load", "load_file", "survey"]

LONGEST = 1 << 20
"""Bytes of a declaration that are read."""


def load(folder: Path) -> list[Feed]:
    """Return the feeds that the folder's TOML files declare; raise GiveUp naming every fault."""
    feeds, faults = survey(folder)
    if faults:
        raise GiveUp("; ".join(faults))
    return feeds


def survey(folder: Path) -> tuple[list[Feed], list[str]]:
    """Return the feeds that can be used, and what is wrong with the others' files, in words."""
    feeds: dict[str, Feed] = {}
    faults: list[str] = []
    for file in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        try:
            feed = load_file(file)
        except GiveUp as error:
            faults.append(str(error))
            continue
        if feed.id in feeds:
            faults.append(f"{file}: another file declares “{feed.id}” too")
        else:
            feeds[feed.id] = feed
    return list(feeds.values()), faults


def load_file(file: Path) -> Feed:
    """Return the feed that one file declares; raise GiveUp naming every fault."""
    try:
        content = file.read_bytes()
        if len(content) > LONGEST:
            raise GiveUp(f"{file}: is longer than {LONGEST:,} bytes")
        document = tomllib.loads(content.decode("utf-8-sig"))
        return feed_of_terms(terms_of(document, file.stem))
    except OSError as error:
        raise GiveUp(f"{file}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise GiveUp(f"{file}: is no TOML: {error}") from error
    except Faults as faults:
        raise GiveUp("; ".join(f"{file}: {fault}" for fault in faults.all)) from faults
