"""Turns rows into the events that exports write."""

from collections.abc import Iterable, Iterator

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.events.models import Event
from lionrock.letters.reported import ReportedEvent


def reported(events: Iterable[Event]) -> Iterator[ReportedEvent]:
    """Yield each event as it leaves the house, constituents by their names."""
    names: dict[int, str] | None = None
    for event in events:
        if names is None:
            names = dict(Constituent.objects.values_list("pk", "name"))
        yield ReportedEvent(
            id=event.pk,
            at=event.at,
            feed=event.feed,
            report=event.report,
            kind=event.kind,
            severity=event.severity,
            asset_kind=event.asset_kind,
            asset=event.asset,
            part=event.part,
            tlp=event.tlp,
            episode=event.episode_id,
            variant=event.variant,
            address=event.address,
            host=event.host,
            url=event.url,
            port=event.port,
            transport=event.transport,
            service=event.service,
            family=event.family,
            cves=tuple(event.cves.split(",")) if event.cves else (),
            network=event.network,
            asn=event.asn,
            located=event.located,
            registered=event.registered,
            why=event.why,
            constituent=names.get(event.constituent_id or 0, ""),
            other_kind=event.other_kind,
            other=event.other,
            other_port=event.other_port,
            other_asn=event.other_asn,
            other_country=event.other_country,
            count=event.count,
            ref=event.ref,
            details=event.details if isinstance(event.details, dict) else {},
        )
