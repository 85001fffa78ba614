"""Reads a table of constituents as people keep it in a spreadsheet, and adds what is new in it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from django.conf import settings
from django.db import transaction

from lionrock.core.errors import GiveUp
from lionrock.core.saved import text_of
from lionrock.desk.constituents.models import (
    AssetKind,
    Constituent,
    ConstituentKind,
    ContactRole,
    Format,
    Frequency,
)
from lionrock.desk.constituents.reading import Unfit, Why, one_line, read_holding
from lionrock.desk.constituents.services.constituents import (
    Identity,
    Wishes,
    add_constituent,
    change_identity,
    change_wishes,
    identity_of,
    wishes_of,
)
from lionrock.desk.constituents.services.contacts import (
    Card,
    card_of,
    checked,
    put_contact,
    rewrite_contact,
)
from lionrock.desk.constituents.services.holdings import put_holdings
from lionrock.desk.people.models import Person
from lionrock.regions import load

Choice = TypeVar("Choice", ConstituentKind, ContactRole, Format, Frequency)

COLUMNS: Final = (
    *("name", "name_local", "kind", "sector", "critical", "language", "format", "frequency"),
    *("networks", "asns", "domains"),
    *("contact_role", "contact_name", "contact_email", "contact_phone", "pgp"),
)
"""The columns in the order we write them; a table may have them in any, and leave out all but name."""

LARGEST: Final = 16 * 2**20
"""Bytes of a table."""
MOST_ROWS: Final = 50_000

_HELD: Final = {
    "networks": AssetKind.NETWORK,
    "asns": AssetKind.ASN,
    "domains": AssetKind.DOMAIN,
}
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "是"})
_NO: Final = frozenset({"no", "n", "false", "0", "否"})
_BETWEEN: Final = re.compile(r"[\s,;，；、]+")  # Chinese commas, as people type them
_LANGUAGES: Final = {
    **dict.fromkeys(("en", "english"), "en"),
    **dict.fromkeys(("zh", "繁體中文", "chinese"), "zh-hant"),
}
_SIMPLIFIED: Final = frozenset({"hans", "cn", "my", "sg"})
"""Scripts and countries by which a tag means Chinese as we do not write it."""


class NoTable(GiveUp):
    """The bytes are no table of constituents; ``why`` tells a person what to do about it."""

    def __init__(self, why: "Unreadable") -> None:
        super().__init__(why.value)
        self.why = why


class Unreadable(StrEnum):
    """Why a file is no table; ``words.UNREADABLE`` says it in words."""

    TOO_LARGE = "too-large"
    ENCODING = "encoding"
    NO_NAME = "no-name"
    TOO_MANY_ROWS = "too-many-rows"
    BROKEN = "broken"


class ImportMode(StrEnum):
    """Whether an import writes, or only says what it would do."""

    TRY = "try"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row of which nothing was taken: its line in the file, whose it is, and what is wrong."""

    line: int
    name: str
    why: Why
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an import does to one constituent."""

    name: str
    constituent_id: int
    fields: tuple[str, ...] = ()
    holdings: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing about it is new."""
        return not (self.fields or self.holdings or self.contacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of an import, or would come of it."""

    rows: int
    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    unchanged: tuple[Change, ...]
    refused: tuple[Refused, ...]
    unknown_columns: tuple[str, ...]
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the rows of one name say together; ``None`` where they say nothing."""

    name: str
    name_local: str | None = None
    kind: ConstituentKind | None = None
    sector: str | None = None
    critical: bool | None = None
    language: str | None = None
    format: Format | None = None
    frequency: Frequency | None = None
    holdings: tuple[tuple[AssetKind, str], ...] = ()
    cards: tuple[Card, ...] = ()


@dataclass(slots=True)
class _Rows:
    said: dict[str, _Said] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    count: int = 0
    unknown: tuple[str, ...] = ()


def import_csv(content: bytes, *, by: Person | None, now: datetime, mode: ImportMode) -> Report:
    """Add to the constituents what a CSV table says; several rows of one name add to each other.

    Nothing is ever taken away, an empty cell changes nothing, and the same table twice changes
    nothing the second time. A row with anything wrong in it is refused whole. New constituents start
    with a person approving their letters. ``by`` is None when an administrator imports from the
    command line. Raises NoTable.
    """
    rows = _read(content, now=now)
    added: list[Change] = []
    changed: list[Change] = []
    unchanged: list[Change] = []
    with transaction.atomic():
        for said in rows.said.values():
            here = Constituent.objects.select_for_update().filter(name__iexact=said.name).first()
            change = _put(here, said, by=by, now=now)
            if here is None:
                added.append(change)
            else:
                (unchanged if change.empty else changed).append(change)
        if mode is ImportMode.TRY:
            # What a trial says is what happened: it is done, and then undone.
            transaction.set_rollback(True)
    return Report(
        rows=rows.count,
        added=tuple(added),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        refused=tuple(sorted(rows.refused, key=lambda refused: refused.line)),
        unknown_columns=rows.unknown,
        applied=mode is ImportMode.APPLY,
    )


def _put(here: Constituent | None, said: _Said, *, by: Person | None, now: datetime) -> Change:
    if here is None:
        here = add_constituent(
            identity=_identity(said, Identity(name=said.name)),
            wishes=_wishes(said, Wishes()),
            source="csv",
            by=by,
            now=now,
        )
        changed: list[str] = []
    else:
        changed = _change(here, said, by=by, now=now)
    fresh = put_holdings(here, said.holdings, source="csv", by=by, now=now)
    return Change(
        name=here.name,
        constituent_id=here.pk,
        fields=tuple(changed),
        holdings=tuple(holding.value for holding in fresh),
        contacts=tuple(_put_contacts(here, said.cards, by=by, now=now)),
    )


def _change(here: Constituent, said: _Said, *, by: Person | None, now: datetime) -> list[str]:
    old = identity_of(here)
    old_wishes, version = wishes_of(here), here.version
    identity, wishes = _identity(said, old), _wishes(said, old_wishes)
    if identity != old:
        version = change_identity(
            constituent_id=here.pk, seen_version=version, identity=identity, by=by, now=now
        ).version
    if wishes != old_wishes:
        change_wishes(constituent_id=here.pk, seen_version=version, wishes=wishes, by=by, now=now)
    return [
        *(f.name for f in fields(Identity) if getattr(old, f.name) != getattr(identity, f.name)),
        *(f.name for f in fields(Wishes) if getattr(old_wishes, f.name) != getattr(wishes, f.name)),
    ]


def _put_contacts(
    here: Constituent, cards: tuple[Card, ...], *, by: Person | None, now: datetime
) -> Iterator[str]:
    known = {(c.email.lower(), c.role): c for c in here.contacts.all()}
    for card in cards:
        contact = known.get((card.email.lower(), card.role.value))
        if contact is None:
            known[card.email.lower(), card.role.value] = put_contact(
                here, card, source="csv", by=by, now=now
            )
            yield card.email
            continue
        old = card_of(contact)
        new = replace(
            old,
            name=card.name or old.name,
            phone=card.phone or old.phone,
            pgp_key=card.pgp_key or old.pgp_key,
        )
        if new != old:
            rewrite_contact(contact, new, by=by, now=now)
            yield card.email


def _identity(said: _Said, old: Identity) -> Identity:
    return replace(
        old,
        name_local=said.name_local or old.name_local,
        kind=said.kind or old.kind,
        sector=said.sector or old.sector,
        critical=old.critical if said.critical is None else said.critical,
    )


def _wishes(said: _Said, old: Wishes) -> Wishes:
    return replace(
        old,
        language=said.language or old.language,
        format=said.format or old.format,
        frequency=said.frequency or old.frequency,
    )


# Reading ------------------------------------------------------------------------------------


def _read(content: bytes, *, now: datetime) -> _Rows:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [_column(cell) for cell in next(reader, [])]
    except csv.Error as error:
        raise NoTable(Unreadable.BROKEN) from error
    if "name" not in header:
        raise NoTable(Unreadable.NO_NAME)
    rows = _Rows(unknown=tuple(c for c in header if c and c not in COLUMNS))
    sectors = _sectors()
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise NoTable(Unreadable.BROKEN) from error
        if cells is None:
            return rows
        if not any(cell.strip() for cell in cells):
            continue
        rows.count += 1
        if rows.count > MOST_ROWS:
            raise NoTable(Unreadable.TOO_MANY_ROWS)
        row = {column: _cell(cell) for column, cell in zip(header, cells, strict=False) if column}
        try:
            _refuse_more(cells[len(header) :])
            said = _row(row, sectors, now=now)
            rows.said[said.name.casefold()] = _together(rows.said.get(said.name.casefold()), said)
        except Unfit as unfit:
            rows.refused.append(
                Refused(
                    line=line, name=one_line(row.get("name", "")), why=unfit.why, value=unfit.value
                )
            )


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise NoTable(Unreadable.TOO_LARGE)
    try:
        return text_of(content)
    except UnicodeError as error:
        raise NoTable(Unreadable.ENCODING) from error


def _refuse_more(cells: list[str]) -> None:
    for cell in cells:
        if cell.strip():
            raise Unfit(Why.CELLS, cell)


def _column(cell: str) -> str:
    return "_".join(cell.strip().lower().replace("-", " ").split())


def _cell(cell: str) -> str:
    cell = cell.strip()
    # What our own tables guard against formulas with.
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def _row(row: Mapping[str, str], sectors: Mapping[str, str], *, now: datetime) -> _Said:
    name = one_line(row.get("name", ""))
    if not name:
        raise Unfit(Why.NAME)
    if len(name) > 200:
        raise Unfit(Why.TOO_LONG, name)
    return _Said(
        name=name,
        name_local=one_line(row.get("name_local", "")) or None,
        kind=_member(ConstituentKind, row.get("kind", "")),
        sector=_named(sectors, row.get("sector", "")),
        critical=_truth(row.get("critical", "")),
        language=_language(row.get("language", "")),
        format=_member(Format, row.get("format", "")),
        frequency=_member(Frequency, row.get("frequency", "")),
        holdings=tuple(_holdings(row)),
        cards=tuple(_cards(row, now=now)),
    )


def _holdings(row: Mapping[str, str]) -> Iterator[tuple[AssetKind, str]]:
    for column, kind in _HELD.items():
        written = row.get(column, "")
        if kind is AssetKind.NETWORK:
            written = "-".join(part.strip() for part in written.replace("–", "-").split("-"))
        for text in _BETWEEN.split(written):
            if text:
                yield from ((kind, value) for value in read_holding(kind, text))


def _cards(row: Mapping[str, str], *, now: datetime) -> Iterator[Card]:
    email = row.get("contact_email", "")
    if not email:
        if any(row.get(column) for column in ("contact_name", "contact_phone", "pgp")):
            raise Unfit(Why.WITHOUT_ADDRESS, row.get("contact_name", ""))
        return
    card = Card(
        email=email,
        role=_member(ContactRole, row.get("contact_role", "")) or ContactRole.ABUSE,
        name=row.get("contact_name", ""),
        phone=row.get("contact_phone", ""),
        pgp_key=row.get("pgp", ""),
    )
    yield checked(card, now=now)


def _together(before: _Said | None, said: _Said) -> _Said:
    if before is None:
        return said
    for column in ("name_local", "kind", "sector", "critical", "language", "format", "frequency"):
        one, other = getattr(before, column), getattr(said, column)
        if one is not None and other is not None and one != other:
            raise Unfit(Why.CONTRADICTS, str(other))
    return _Said(
        name=before.name,
        name_local=before.name_local or said.name_local,
        kind=before.kind or said.kind,
        sector=before.sector or said.sector,
        critical=said.critical if before.critical is None else before.critical,
        language=before.language or said.language,
        format=before.format or said.format,
        frequency=before.frequency or said.frequency,
        holdings=(*before.holdings, *said.holdings),
        cards=(*before.cards, *said.cards),
    )


def _member(choices: type[Choice], text: str) -> Choice | None:
    if not text:
        return None
    try:
        return choices(_column(text))
    except ValueError as error:
        raise Unfit(Why.CHOICE, text) from error


def _language(text: str) -> str | None:
    """Return the language of a name or a tag (RFC 5646): where it is spoken makes no difference to us."""
    main, _, parts = text.casefold().replace("_", "-").partition("-")
    if _SIMPLIFIED.intersection(parts.split("-")):
        raise Unfit(Why.CHOICE, text)
    return _named(_LANGUAGES, main)


def _named(names: Mapping[str, str], text: str) -> str | None:
    if not text:
        return None
    found = names.get(text.casefold())
    if found is None:
        raise Unfit(Why.CHOICE, text)
    return found


def _truth(text: str) -> bool | None:
    if not text:
        return None
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise Unfit(Why.CHOICE, text)


def _sectors() -> dict[str, str]:
    """Return the region's sectors by everything they are called, in small letters."""
    return {
        called.casefold(): sector
        for sector, names in load(settings.LIONROCK_REGION).sectors.items()
        for called in (sector, *names.values())
    }
