"""A registry's database, split by class (RPSL): which network names whom for abuse.

RIPE NCC and AFRINIC: a network or its organisation names a role (``abuse-c``), the role an address
(``abuse-mailbox``). APNIC: a network names a response team (``mnt-irt``) or a role. The classes
come in files of their own, so that they are joined when all are read.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lionrock.enrich.files.draft import Draft, Handles, Head, prefix, span
from lionrock.enrich.files.opening import lines

_CLASSES: Final = frozenset({"inetnum", "inet6num", "organisation", "role", "irt"})
_MAIL: Final = re.compile(r"[A-Za-z0-9._%+=/-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_MOST_ATTRIBUTES: Final = 500
_OURS: Final = frozenset(
    {"abuse-c", "mnt-irt", "org", "abuse-mailbox", "e-mail", "nic-hdl", "source"}
)


def recognises(head: Head) -> bool:
    """Tell by the first attribute: the class of the first object."""
    rows = head.rows("#%")
    return bool(rows) and rows[0].partition(":")[0] in _CLASSES


def read(path: Path) -> Iterator[Draft]:
    """Yield what the file contributes; ``handles`` is joined once every file is in."""
    handles = Handles()
    source = "database"
    for kind, key, found in _objects(path):
        source = next(iter(found.get("source", ())), source).lower()
        if kind in {"inetnum", "inet6num"}:
            _network(handles, key, found)
        elif kind == "organisation":
            for handle in found.get("abuse-c", ())[:1]:
                handles.organisations[key.upper()] = handle.upper()
        else:
            _party(handles, kind, key, found)
    yield Draft(fact="abuse", source=source.split()[0], handles=handles)


Attributes = dict[str, list[str]]


def _objects(path: Path) -> Iterator[tuple[str, str, Attributes]]:
    kind, key = "", ""
    found: Attributes = {}
    count = 0
    for line in lines(path):
        if not line.strip():
            if kind in _CLASSES:
                yield kind, key, found
            kind, key, found, count = "", "", {}, 0
            continue
        if line[0] in "#%+ \t":
            continue
        name, _, value = line.partition(":")
        value = value.partition("#")[0].strip()
        count += 1
        if not kind:
            kind, key = name, value
        elif name in _OURS and count < _MOST_ATTRIBUTES:
            found.setdefault(name, []).append(value)
    if kind in _CLASSES:
        yield kind, key, found


def _network(handles: Handles, key: str, found: Attributes) -> None:
    first, dash, last = key.partition("-")
    read_one = span(first, last, 1) if dash else prefix(key, 1)
    named = tuple(
        value.upper() for name in ("abuse-c", "mnt-irt", "org") for value in found.get(name, ())[:2]
    )
    if read_one is not None and named:
        handles.networks.append((read_one[0], read_one[1].first, read_one[1].last, named))


def _party(handles: Handles, kind: str, key: str, found: Attributes) -> None:
    names = [key] if kind == "irt" else found.get("nic-hdl", [])
    mails = [*found.get("abuse-mailbox", ()), *(found.get("e-mail", ()) if kind == "irt" else ())]
    mail = next((mail for mail in mails if _MAIL.fullmatch(mail)), None)
    if mail is not None:
        for name in names:
            handles.mails[name.upper()] = mail
