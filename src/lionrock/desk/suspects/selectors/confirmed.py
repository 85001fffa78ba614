"""Confirmed names as the letters' values: what leaves the house."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from lionrock.desk.suspects.brands import BrandBook
from lionrock.desk.suspects.models import State, Suspect
from lionrock.letters.confirmed import ConfirmedName
from lionrock.letters.guard import Never

SHOWN: Final = 100


def confirmed_names(
    *, book: BrandBook, since: datetime | None = None, brand: str = ""
) -> Iterator[ConfirmedName]:
    """Yield confirmed names in order of host, narrowed to decisions since a time and one brand."""
    found = Suspect.objects.filter(state=State.CONFIRMED)
    if since is not None:
        found = found.filter(decided_at__gte=since)
    if brand:
        found = found.filter(brand=brand)
    for suspect in found.order_by("host").iterator(chunk_size=2000):
        if suspect.decided_at is not None:
            yield ConfirmedName(
                host=suspect.host,
                unicode=suspect.unicode,
                registrable=suspect.registrable,
                tenant_of=suspect.tenant_of,
                brand=suspect.brand,
                brand_name=book.name(suspect.brand),
                sector=suspect.sector,
                score=suspect.score,
                reasons=tuple(reason.code for reason in suspect.seen_reasons()),
                first_read_at=suspect.first_read_at,
                confirmed_at=suspect.decided_at,
            )


def held_back_hosts(never: Never) -> list[str]:
    """Return confirmed hosts that block lists leave out, some of them when there are many."""
    hosts = Suspect.objects.filter(state=State.CONFIRMED).values_list("host", flat=True)
    refused = (host for host in hosts.iterator(chunk_size=2000) if never.refusal(host))
    return list(islice(refused, SHOWN))
