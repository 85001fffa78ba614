"""Shared ways of reading lists of addresses, hosts, URLs and files that somebody keeps."""

from lionrock.feeds.listed.lists import (
    Claim,
    assets,
    attackers,
    beginning,
    completed,
    event,
    from_archive,
    heading,
    moment_of,
    plain,
    text_of,
)

__all__ = [
    "Claim",
    "assets",
    "attackers",
    "beginning",
    "completed",
    "event",
    "from_archive",
    "heading",
    "moment_of",
    "plain",
    "text_of",
]
