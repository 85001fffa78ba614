"""Takes holders that registries and routing name over as constituents, once a person picked them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lionrock.desk.constituents.models import AssetKind, Constituent, ConstituentKind
from lionrock.desk.constituents.registries import Holder
from lionrock.desk.constituents.services.constituents import Identity, add_constituent
from lionrock.desk.constituents.services.holdings import put_holdings
from lionrock.desk.constituents.services.stale import locked
from lionrock.desk.people.models import Person


@transaction.atomic
def take_over(
    *, holders: Sequence[Holder], kind: ConstituentKind, by: Person, now: datetime
) -> list[Constituent]:
    """Add each holder with its ASN, or the ASN to the constituent of that name; return them.

    The ASN alone: whose a network is follows from the routing table of the day, and a copy of it
    would be wrong tomorrow. A person approves their letters.
    """
    taken = []
    for holder in holders:
        name = (holder.name or f"AS{holder.asn}")[:200]
        here = Constituent.objects.filter(name__iexact=name).first()
        constituent = (
            locked(constituent_id=here.pk)
            if here
            else add_constituent(
                identity=Identity(name=name, kind=kind), source="registry", by=by, now=now
            )
        )
        put_holdings(
            constituent, [(AssetKind.ASN, str(holder.asn))], source="registry", by=by, now=now
        )
        taken.append(constituent)
    return taken
