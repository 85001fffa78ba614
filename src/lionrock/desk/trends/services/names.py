"""Gathers the names that campaigns are looked for among: suspects, phishing hosts, found series."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from lionrock.briefing.trends.campaigns import Name
from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Episode
from lionrock.desk.suspects.found import FoundSeries, name_in
from lionrock.desk.suspects.models import State, Suspect
from lionrock.names.blocks import lines_of
from lionrock.names.normalise import normalise
from lionrock.names.suffixes import Suffixes

MOST: Final = 20_000
"""Names at most, the latest first."""


def names_seen(*, since: datetime, until: datetime, zone: ZoneInfo) -> list[Name]:
    """Return the names that were first seen from ``since`` on and before ``until``.

    Dismissed suspects are left out: somebody looked at them and found nothing.
    """
    found: dict[str, Name] = {}
    certificates = set(
        FoundSeries.objects.filter(by="certificate", updated_at__gte=since).values_list(
            "name", flat=True
        )
    )
    suspects = (
        Suspect.objects.filter(first_read_at__gte=since, first_read_at__lt=until)
        .exclude(state=State.DISMISSED)
        .order_by("-first_read_at")
        .values_list("pk", "host", "brand", "tenant_of", "series", "first_read_at")[:MOST]
    )
    for pk, host, brand, tenant, series, at in suspects:
        of = name_in(series)
        found[host] = Name(
            host=host,
            chosen=host,
            day=_day(at, zone),
            ref=f"suspect:{pk}",
            brand=brand,
            tenant_of=tenant or "",
            series=series if of and of not in certificates else "",
            certificate=of if of in certificates else "",
        )
    for one in FoundSeries.objects.filter(
        by="certificate", found_at__gte=since, found_at__lt=until
    ):
        for host in one.others:
            found.setdefault(
                host,
                Name(
                    host=host,
                    chosen=host,
                    day=_day(one.found_at, zone),
                    ref="",
                    certificate=one.name,
                ),
            )
    episodes = (
        Episode.objects.filter(
            kind=Rsit.PHISHING.value, first_seen__gte=since, first_seen__lt=until
        )
        .exclude(host="")
        .order_by("-first_seen")
        .values_list("pk", "host", "brand", "address", "first_seen")[:MOST]
    )
    for pk, host, brand, address, at in episodes:
        found.setdefault(
            host,
            Name(
                host=host,
                chosen=host,
                day=_day(at, zone),
                ref=f"episode:{pk}",
                brand=brand,
                address=address,
            ),
        )
    return _chosen(list(found.values()))


def _chosen(names: list[Name]) -> list[Name]:
    """Give each name the part that somebody chose, and the suffix of free hosting it stands under."""
    if not names:
        return []
    hosts, _rejects = normalise(lines_of([name.host.encode() for name in names]))
    suffixes = Suffixes.bundled()
    splits = suffixes.split(hosts)
    by_host = {name.host: name for name in names}
    found = []
    for row in range(len(hosts)):
        host = hosts.host(row)
        name = by_host.get(host)
        if name is None or int(splits.registrable[row]) < 0:
            continue
        suffix = host[int(splits.suffix[row]) :]
        found.append(
            Name(
                host=host,
                chosen=host.removesuffix(f".{suffix}"),
                day=name.day,
                ref=name.ref,
                brand=name.brand,
                tenant_of=name.tenant_of or (suffix if int(splits.kind[row]) else ""),
                series=name.series,
                certificate=name.certificate,
                address=name.address,
            )
        )
    return found


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
