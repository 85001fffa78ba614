"""Who would be told about an asset, in which order, and why: the same answer for page, command and road."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final

from django.conf import settings
from django.db.models import Prefetch

from lionrock import regions
from lionrock.core.errors import GiveUp
from lionrock.core.events import AssetKind
from lionrock.core.hosts import as_host
from lionrock.desk.constituents.models import (
    Constituent,
    Contact,
    ContactRole,
    Found,
    Holding,
    Mode,
)
from lionrock.desk.constituents.selectors.passing import Hearer, hearers
from lionrock.enrich.directory import Directory, Held, Kind
from lionrock.enrich.suffixes import registrable
from lionrock.enrich.tables import Tables

_ROLES: Final = {role.value: place for place, role in enumerate(ContactRole)}
_HIGHEST: Final = 8
"""Providers above providers that are asked; the last one of a circle is not asked twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One rung of the ladder: who is told, if those before were told without effect.

    ``reason`` is a code: ``holding`` (they hold ``kind`` ``value``), ``contact`` (the same
    organisation's next contact), ``upstream`` (the provider of the rung before), ``found`` (an
    abuse contact from ``source``), ``person`` (nobody is left: a person decides).
    """

    rung: int
    reason: str
    constituent: int | None = None
    name: str = ""
    contact: int | None = None
    email: str = ""
    role: str = ""
    kind: str = ""
    value: str = ""
    source: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladders:
    """Everybody who can be told, read once, for asking about many assets."""

    directory: Directory
    constituents: Mapping[int, Constituent]

    def of(
        self,
        *,
        address: str | None,
        asn: int | None,
        host: str | None,
        sought: Iterable[str] = (),
    ) -> list[Told]:
        """Return the ladder of one asset: the most specific holder's contacts, then the next
        holder's, then their providers'; where nobody is registered, contacts found under ``sought``;
        at last a person."""
        rungs: list[Told] = []
        asked: set[int] = set()
        for match in self.directory.responsible(address, asn, host):
            constituent = self.constituents.get(match.constituent)
            if constituent is None or constituent.pk in asked:
                continue
            asked.add(constituent.pk)
            self._climb(rungs, constituent, "holding", kind=match.kind, value=match.value)
        for pk in list(asked):
            above = self.constituents.get(self.constituents[pk].upstream_id or 0)
            for _ in range(_HIGHEST):
                if above is None or above.pk in asked:
                    break
                asked.add(above.pk)
                self._climb(rungs, above, "upstream")
                above = self.constituents.get(above.upstream_id or 0)
        if not asked:
            for found in _found(sought):
                for email in found.emails:
                    rungs.append(
                        Told(
                            rung=len(rungs),
                            reason="found",
                            name=found.holder,
                            email=email,
                            kind="found",
                            value=found.key,
                            source=found.source,
                        )
                    )
        rungs.append(Told(rung=len(rungs), reason="person"))
        return rungs

    def _climb(
        self,
        rungs: list[Told],
        constituent: Constituent,
        reason: str,
        *,
        kind: str = "",
        value: str = "",
    ) -> None:
        contacts = living(constituent)
        for place, contact in enumerate(contacts):
            rungs.append(
                Told(
                    rung=len(rungs),
                    reason=reason if place == 0 else "contact",
                    constituent=constituent.pk,
                    name=constituent.name,
                    contact=contact.pk,
                    email=contact.email,
                    role=contact.role,
                    kind=kind,
                    value=value,
                    source=contact.source,
                    automatic=constituent.mode == Mode.AUTOMATIC,
                )
            )


def ladders() -> Ladders:
    """Read the directory: every active constituent with its holdings and contacts."""
    constituents = {
        one.pk: one
        for one in Constituent.objects.filter(active=True).prefetch_related(
            Prefetch("contacts", queryset=Contact.objects.order_by("order", "id"))
        )
    }
    kinds: dict[str, Kind] = {"network": "network", "asn": "asn", "domain": "domain"}
    held = (
        Held(constituent=pk, kind=kinds[kind], value=value)
        for pk, kind, value in Holding.objects.filter(constituent__active=True)
        .order_by("id")
        .values_list("constituent_id", "kind", "value")
    )
    return Ladders(directory=Directory(held), constituents=constituents)


def living(constituent: Constituent) -> list[Contact]:
    """Return the contacts that mail still reaches, in the order they are asked; each address once."""
    ordered = sorted(
        (one for one in constituent.contacts.all() if one.dead_since is None),
        key=lambda one: (_ROLES.get(one.role, len(_ROLES)), one.order, one.pk),
    )
    seen: set[str] = set()
    return [
        one
        for one in ordered
        if not (one.email.lower() in seen or seen.add(one.email.lower()))  # type: ignore[func-returns-value]  # add() is what remembers
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What becomes of events about an asset that nobody registered and that is not in the region.

    ``country`` is where it is used, empty where no table knows; ``hearers`` the partners that rules
    pass such events on to. Whatever they do not get is counted and dropped; what we found ourselves
    is told all the same.
    """

    country: str
    hearers: tuple[Hearer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Who would be told, the first first; ``outside`` where events about it are not the region's."""

    ladder: list[Told]
    outside: Outside | None


def who_would_be_told(asset: str, *, at: datetime) -> list[Told]:
    """Return who would be told about an address, network, ASN, host name or link, and why.

    ``at`` chooses the tables of that day. Raise GiveUp for a text that is none of these.
    """
    return who_hears(asset, at=at).ladder


def who_hears(asset: str, *, at: datetime) -> Answered:
    """Return the same, and what becomes of it where it is outside the region."""
    address, asn, host = _read(asset)
    network: str | None = None
    country = ""
    region = regions.load(settings.LIONROCK_REGION)
    if address is not None:
        tables = Tables.load(settings.LIONROCK_DATA / "tables", region)
        (facts,) = tables.facts([address], at.date())
        asn, network, country = facts.asn, facts.network, facts.located or ""
    sought = keys_of(network=network or "", asn=asn, host=host or "")
    ladder = ladders().of(address=address, asn=asn, host=host, sought=sought)
    ours = (
        ladder[0].constituent is not None
        or country in region.countries
        or (host or "").endswith(tuple(f".{tld}" for tld in region.tlds))
        or (address is None and host is None)  # an ASN alone stands nowhere
    )
    outside = None if ours else Outside(country=country, hearers=tuple(hearers(country)))
    return Answered(ladder=ladder, outside=outside)


def keys_of(*, network: str, asn: int | None, host: str) -> list[str]:
    """Return under what a contact outside the directory is looked up (``Found.key``), narrow first."""
    keys = [network] if network else []
    if asn:
        keys.append(f"AS{asn}")
    if host and (domain := registrable(host)):
        keys.append(domain)
    return keys


def _found(keys: Iterable[str]) -> list[Found]:
    """Return what was found under the first of the keys that has an address."""
    wanted = list(keys)
    by_key = {one.key: one for one in Found.objects.filter(key__in=wanted)}
    for key in wanted:
        if (found := by_key.get(key)) and found.emails:
            return [found]
    return []


def _read(asset: str) -> tuple[str | None, int | None, str | None]:
    text = asset.strip()
    digits = text.upper().removeprefix(AssetKind.ASN.value.upper()).removeprefix("AS")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 10:
        return None, int(digits), None
    try:
        return str(ip_address(text)), None, None
    except ValueError:
        pass
    try:
        return str(ip_network(text, strict=False)), None, None
    except ValueError:
        pass
    inner = text.partition("://")[2].partition("/")[0].rpartition("@")[2]
    try:
        return str(ip_address(inner.partition(":")[0])), None, None
    except ValueError:
        pass
    host = as_host(text)
    if host is None:
        raise GiveUp(f"“{asset[:80]}” is no address, network, ASN, host name or link")
    return None, None, host
