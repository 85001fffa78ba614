"""Looks up whom to tell where no constituent is responsible, and keeps what was found."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from django.db.models import Q

from lionrock.core.documentation import HOLDERS, SAMPLE
from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.core.facts import Why
from lionrock.desk.constituents.models import Constituent, Contact, Found
from lionrock.desk.constituents.selectors.responsible import keys_of
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.models import Aid
from lionrock.enrich.contact import Contact as Named
from lionrock.enrich.contact import first_contact
from lionrock.enrich.tables import Tables
from lionrock.feeds.own import FEED as OWN
from lionrock.net.rdap import REGISTRIES, Ask, Rdap, Servers, registries

FRESH: Final = timedelta(days=30)
"""How long a contact that was found counts before it is looked up again."""
FAILED: Final = timedelta(days=3)
"""How long a lookup that found nobody rests."""
RECENT: Final = timedelta(days=3)
"""Only episodes seen within so long before now are worth a question."""

REGISTRIES_FRESH: Final = timedelta(days=7)
READ: Final = 2000
_AID: Final = "rdap-"
_INVENTED: Final = frozenset(
    {f"AS{holder.asn}" for holder in HOLDERS}
    | {network for holder in HOLDERS for network in holder.networks}
)
_NOBODYS: Final = (".example", ".test", ".invalid", ".localhost", ".local")


def look_up(*, rdap: Rdap, tables: Tables, now: datetime, most: int = 50) -> int:
    """Look up at most ``most`` contacts that open episodes wait for; return how many were found.

    Short and idempotent: what is known and fresh is not asked again, a server that asks for peace
    is left alone and its key stays due.
    """
    count = 0
    for key in due(now=now)[:most]:
        count += bool(find(key, rdap=rdap, tables=tables, now=now))
    return count


def servers(*, ask: Ask, now: datetime) -> Servers:
    """Return which server answers for what; IANA's registries are fetched again when a week old.

    Old ones serve on while new ones cannot be had. Raise TryLater when there are none at all.
    """
    kept = {
        aid.name.removeprefix(_AID): aid
        for aid in Aid.objects.filter(name__in=[f"{_AID}{name}" for name in REGISTRIES])
    }
    if len(kept) < len(REGISTRIES) or any(
        now - aid.fetched_at > REGISTRIES_FRESH for aid in kept.values()
    ):
        try:
            fetched = registries(ask)
        except LionrockError:
            if not kept:
                raise
        else:
            for name, content in fetched.items():
                kept[name], _ = Aid.objects.update_or_create(
                    name=f"{_AID}{name}",
                    defaults={
                        "content": content,
                        "sha256": hashlib.sha256(content).hexdigest(),
                        "origin": REGISTRIES[name],
                        "fetched_at": now,
                    },
                )
    return Servers({name: bytes(aid.content) for name, aid in kept.items()})


def due(*, now: datetime, within: int = READ) -> list[str]:
    """Return the keys without a fresh answer that open episodes of nobody's would be told under.

    Looked at are the ``within`` episodes that were seen last.
    """
    reached = Contact.objects.filter(dead_since=None).values("constituent_id")
    named = Found.objects.filter(failure="", found_at__gt=now - FRESH)
    served = Constituent.objects.filter(active=True, pk__in=reached).values("pk")
    episodes = (
        Episode.objects.filter(standing=Standing.OPEN, last_seen__gte=now - RECENT)
        .exclude(why__in=[Why.ELSEWHERE, Why.UNKNOWN])
        .filter(Q(constituent_id=None) | ~Q(constituent_id__in=served))
        .exclude(network__in=named.values("key"))  # so that the many of one network hide no other
        .order_by("-last_seen")
        .values_list("network", "asn", "host", "feeds")[:within]
    )
    chains = [
        [key for key in chain if _may_be_asked(key)]
        for network, asn, host, feeds in episodes
        for chain in _chains(network, asn, host, own=OWN.id in feeds)
    ]
    wanted = {key for chain in chains for key in chain}
    known = {
        found.key: bool(found.emails)
        for found in Found.objects.filter(key__in=wanted).filter(
            Q(failure="", found_at__gt=now - FRESH) | ~Q(failure="") & Q(found_at__gt=now - FAILED)
        )
    }
    return list(dict.fromkeys(key for chain in chains for key in _next(chain, known)))


def _chains(network: str, asn: int | None, host: str, *, own: bool) -> list[list[str]]:
    """Return what is asked in turn: of a finding of our own, the network and the registrar each."""
    if own and network and host:
        return [
            keys_of(network=network, asn=asn, host=""),
            keys_of(network="", asn=None, host=host),
        ]
    return [keys_of(network=network, asn=asn, host=host)]


def _next(chain: Sequence[str], known: Mapping[str, bool]) -> Iterator[str]:
    """Yield the first key that is worth a question: none where a narrower one names somebody."""
    for key in chain:
        if known.get(key):
            return
        if key not in known:
            yield key
            return


def find(key: str, *, rdap: Rdap, tables: Tables, now: datetime) -> Found | None:
    """Look one key up (a network, ``AS64496``, a domain) and keep the answer.

    RDAP first, then the registries' data at hand. Return None, keeping nothing, where it should be
    tried later; where nobody is named keep that, so that it is not asked again at once.
    """
    try:
        named = first_contact((lambda: _by_rdap(key, rdap), lambda: _by_registry(key, tables, now)))
    except TryLater:
        return None
    except GiveUp as error:
        return _kept(key, Named(mails=(), source="rdap"), failure=str(error), now=now)
    return _kept(key, named, failure="", now=now)


def _by_rdap(key: str, rdap: Rdap) -> Named:
    if key.startswith("AS") and key[2:].isdecimal():
        answer = rdap.asn(int(key[2:]))
    elif _is_network(key):
        answer = rdap.network(key)
    else:
        answer = rdap.domain(key)
    return Named(mails=answer.mails, source=f"rdap {answer.url}", holder=answer.holder)


def _by_registry(key: str, tables: Tables, now: datetime) -> Named | None:
    if not _is_network(key):
        return None
    found = tables.abuse(key, now.date())
    return None if found is None else Named(mails=(found[0],), source=f"registry {found[1]}")


def _kept(key: str, named: Named, *, failure: str, now: datetime) -> Found:
    found, _ = Found.objects.update_or_create(
        key=key,
        defaults={
            "holder": named.holder[:200],
            "emails": list(named.mails),
            "source": named.source[:200],
            "found_at": now,
            "failure": failure[:300],
        },
    )
    return found


def _is_network(key: str) -> bool:
    try:
        ip_address(key.partition("/")[0])
    except ValueError:
        return False
    return True


def _may_be_asked(key: str) -> bool:
    """Keep questions about what nobody holds from the registries."""
    invented = key in _INVENTED or SAMPLE in key or key.endswith(_NOBODYS)
    return len(key) <= 253 and not invented
