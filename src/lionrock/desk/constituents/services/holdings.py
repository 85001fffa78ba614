"""What a constituent holds: networks, ASNs and domains, each in one spelling."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import AssetKind, Constituent, Holding
from lionrock.desk.constituents.reading import read_holding
from lionrock.desk.constituents.services.stale import locked
from lionrock.desk.people.models import Person


@transaction.atomic
def add_holdings(
    *,
    constituent_id: int,
    kind: AssetKind,
    written: Sequence[str],
    source: str,
    by: Person | None,
    now: datetime,
) -> list[Holding]:
    """Add what is not held yet and return it; raise Unfit, and add nothing, at the first wrong one."""
    constituent = locked(constituent_id=constituent_id)
    values = [value for text in written for value in read_holding(kind, text)]
    return put_holdings(
        constituent, [(kind, value) for value in values], source=source, by=by, now=now
    )


def put_holdings(
    constituent: Constituent,
    wanted: Sequence[tuple[AssetKind, str]],
    *,
    source: str,
    by: Person | None,
    now: datetime,
) -> list[Holding]:
    """Add canonical values that are not held yet, to a constituent that the caller holds locked."""
    have = set(constituent.holdings.values_list("kind", "value"))
    fresh = [
        Holding(constituent=constituent, kind=kind.value, value=value, source=source)
        for kind, value in dict.fromkeys(wanted)
        if (kind.value, value) not in have
    ]
    if fresh:
        Holding.objects.bulk_create(fresh)
        record(
            by=by,
            action="constituent.holdings",
            subject=constituent.name,
            details={"added": [holding.value for holding in fresh], "from": source},
            now=now,
        )
    return fresh


@transaction.atomic
def remove_holding(*, constituent_id: int, holding_id: int, by: Person, now: datetime) -> None:
    """Take an asset away from its constituent; one that is gone already changes nothing."""
    constituent = locked(constituent_id=constituent_id)
    holding = constituent.holdings.filter(pk=holding_id).first()
    if holding is None:
        return
    holding.delete()
    record(
        by=by,
        action="constituent.holdings",
        subject=constituent.name,
        details={"removed": [holding.value]},
        now=now,
    )
