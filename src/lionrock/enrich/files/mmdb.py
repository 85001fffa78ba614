"""MaxMind DB files of any provider: countries in which networks are used, origins, holders."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import maxminddb

from lionrock.core.errors import GiveUp
from lionrock.enrich.countries import code_number
from lionrock.enrich.files.draft import LONGEST_NAME, Draft, asn_number
from lionrock.enrich.files.licences import licence_of
from lionrock.enrich.files.opening import is_mmdb, opened
from lionrock.enrich.intervals import Range

recognises = is_mmdb

_LOOKED_AT: Final = 2000
"""Records by which it is told what a file holds; providers leave fields out where they know nothing."""


def read(path: Path) -> Iterator[Draft]:
    """Yield a draft of each fact the file holds; ``read`` is done with the file when all are consumed."""
    with tempfile.NamedTemporaryFile(prefix="lionrock-", suffix=".mmdb") as plain:
        with opened(path) as file:
            while chunk := file.read(1 << 20):
                plain.write(chunk)
        plain.flush()
        try:
            with maxminddb.open_database(plain.name, maxminddb.MODE_MMAP) as database:
                yield from _drafts(database)
        except (maxminddb.InvalidDatabaseError, ValueError) as error:
            raise GiveUp(f"{path.name} is a broken MaxMind DB: {error}") from error


def _drafts(database: maxminddb.Reader) -> Iterator[Draft]:
    about = database.metadata()
    source = re.sub(r"[^a-z0-9]+", "-", about.database_type.lower()).strip("-") or "mmdb"
    day = datetime.fromtimestamp(about.build_epoch, tz=UTC).date()
    licence = licence_of(source)
    places, origins = False, False
    for number, (_, record) in enumerate(database):
        places = places or bool(_country(record))
        origins = origins or bool(_origin(record)[0])
        if number > _LOOKED_AT or (places and origins):
            break
    if places:
        yield Draft(
            fact="geolocation",
            source=source,
            day=day,
            licence=licence,
            joins=True,
            orderly=True,
            v4=_countries(database, 4),
            v6=_countries(database, 6),
        )
    if origins:
        names: dict[int, str] = {}
        rows: dict[int, list[Range]] = {4: [], 6: []}
        for network, record in database:
            asn, name = _origin(record)
            if asn:
                first = int(network.network_address)
                last = int(network.broadcast_address)
                rows[network.version].append(Range(first, last, asn, network.prefixlen))
                if name:
                    names.setdefault(asn, name[:LONGEST_NAME])
        yield Draft(
            fact="routing",
            source=source,
            day=day,
            licence=licence,
            v4=iter(rows[4]),
            v6=iter(rows[6]),
        )
        if names:
            yield Draft(fact="holder", source=source, day=day, licence=licence, names=names)


def _countries(database: maxminddb.Reader, version: int) -> Iterator[Range]:
    for network, record in database:
        if network.version == version and (country := _country(record)):
            yield Range(int(network.network_address), int(network.broadcast_address), country)


def _country(record: object) -> int:
    """Return where a record says that the network is used; providers name the field differently."""
    if not isinstance(record, Mapping):
        return 0
    found = record.get("country_code", record.get("country"))
    if isinstance(found, Mapping):
        found = found.get("iso_code")
    return code_number(found) if isinstance(found, str) else 0


def _origin(record: object) -> tuple[int, str]:
    if not isinstance(record, Mapping):
        return 0, ""
    found = record.get("autonomous_system_number", record.get("asn", record.get("as_number")))
    name = record.get(
        "autonomous_system_organization", record.get("as_name", record.get("name", ""))
    )
    asn = asn_number(str(found)) if isinstance(found, str | int) else 0
    return asn, name if isinstance(name, str) else ""
