"""Reads which versions an advisory calls affected, so that each language can say it in its own words."""

import re
from typing import Final

_VERSIONS: Final = (
    ("affected.before", re.compile(r"(?:<|before|prior to|earlier than) ?(?P<version>\S{1,40})")),
    (
        "affected.upto",
        re.compile(
            r"(?:<=|up to|through) ?(?P<version>\S{1,40})"
            r"|(?P<version_>\S{1,40}) and (?:earlier|below|prior)(?: versions)?"
        ),
    ),
    (
        "affected.range",
        re.compile(r"(?P<version>\S{1,40}) ?(?:-|to|through|–) ?(?P<last>\S{1,40})"),
    ),
    ("affected.exact", re.compile(r"=? ?(?P<version>\S{1,40})")),
)


def read(text: str) -> tuple[str, dict[str, str]] | None:
    """Return which sentence tells of these versions, and what fills it; None for any other wording."""
    for key, pattern in _VERSIONS:
        if found := pattern.fullmatch(text):
            return key, {
                name.strip("_"): value for name, value in found.groupdict().items() if value
            }
    return None
