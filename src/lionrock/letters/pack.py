"""Writes accepted proposals as text for the region pack, which a person copies into its files."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

CONTENT_TYPE: Final = "application/toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A domain accepted as a brand's own, and when."""

    brand: str
    domain: str
    accepted: date


def pack_snippet(proposals: Iterable[Accepted]) -> Iterator[bytes]:
    """Yield TOML: per brand's id the entries for its ``official``; in order of brand and domain."""
    in_order = sorted(proposals, key=lambda p: (p.brand, p.domain))
    for brand, domains in groupby(in_order, key=lambda p: p.brand):
        key = json.dumps(brand or "unknown")
        yield f"# add to `official` of the entry whose id is {key}\n[{key}]\nofficial = [\n".encode()
        for one in domains:
            domain = json.dumps(one.domain)
            yield (
                f'  {{ domain = {domain}, source = "an analyst\'s decision", '
                f'checked = "{one.accepted.isoformat()}" }},\n'
            ).encode()
        yield b"]\n\n"
