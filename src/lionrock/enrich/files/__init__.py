"""Table files as others publish them: which kind one is, told by its content, and what stands in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lionrock.enrich.files import (
    caida,
    cidrs,
    delegated,
    dumped,
    hexdelta,
    mmdb,
    names,
    pyasn,
    ranges,
    ris,
    rpsl,
)
from lionrock.enrich.files.draft import Draft, Head
from lionrock.enrich.files.opening import head_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file: how its beginning is recognised, and how the whole is read."""

    title: str
    recognises: Callable[[Head], bool]
    read: Callable[[Path], Iterator[Draft]]


KINDS: Final = (
    Kind(title="MaxMind DB", recognises=mmdb.recognises, read=mmdb.read),
    Kind(title="registry's delegated file", recognises=delegated.recognises, read=delegated.read),
    Kind(title="routing table of pyasn", recognises=pyasn.recognises, read=pyasn.read),
    Kind(title="RIS whois dump", recognises=ris.recognises, read=ris.read),
    Kind(title="routing table of bgpdump", recognises=dumped.recognises, read=dumped.read),
    Kind(title="pfx2as of CAIDA", recognises=caida.recognises, read=caida.read),
    Kind(title="names of ASNs", recognises=names.recognises, read=names.read),
    Kind(title="prefixes of a country", recognises=cidrs.recognises, read=cidrs.read),
    Kind(title="ranges in steps", recognises=hexdelta.recognises, read=hexdelta.read),
    Kind(title="database objects of a registry", recognises=rpsl.recognises, read=rpsl.read),
    Kind(title="ranges from first to last", recognises=ranges.recognises, read=ranges.read),
)
"""In the order in which they are tried; the last ones are told by less."""


def kind_of(path: Path) -> Kind | None:
    """Return the kind of a file, or None when it is none of them; raise GiveUp when it is broken."""
    head = head_of(path)
    return next((kind for kind in KINDS if kind.recognises(head)), None)
