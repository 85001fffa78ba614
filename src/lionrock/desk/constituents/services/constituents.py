"""Adding a constituent, changing what is known of it and what it wishes, letting it rest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.core.tlp import Tlp
from lionrock.desk.audit.services import record
from lionrock.desk.constituents.models import (
    Constituent,
    ConstituentKind,
    Format,
    Frequency,
    Mode,
)
from lionrock.desk.constituents.reading import Unfit, Why, one_line
from lionrock.desk.constituents.services.stale import locked
from lionrock.desk.people.models import Person

LANGUAGES: Final = ("en", "zh-hant")
"""The languages letters are written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a constituent is."""

    name: str
    name_local: str = ""
    kind: ConstituentKind = ConstituentKind.ORGANISATION
    sector: str = ""
    critical: bool = False
    upstream_id: int | None = None
    note: str = ""
    ceiling: Tlp = Tlp.GREEN
    """The narrowest label under which something is passed on to it; of partners alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a constituent wants to be told."""

    language: str = "en"
    format: Format = Format.CSV
    frequency: Frequency = Frequency.DAILY
    digest_hour: int = 9
    per_hour: int = 20


@transaction.atomic
def add_constituent(
    *,
    identity: Identity,
    wishes: Wishes | None = None,
    source: str,
    by: Person | None,
    now: datetime,
) -> Constituent:
    """Add a constituent whose letters a person approves; raise Unfit when the name is taken."""
    constituent = Constituent(
        source=source, made_at=now, mode=Mode.APPROVED, **asdict(wishes or Wishes())
    )
    _identify(constituent, identity)
    constituent.save(force_insert=True)
    record(
        by=by,
        action="constituent.added",
        subject=constituent.name,
        details={"kind": constituent.kind, "from": source},
        now=now,
    )
    return constituent


@transaction.atomic
def change_identity(
    *, constituent_id: int, seen_version: int, identity: Identity, by: Person | None, now: datetime
) -> Constituent:
    """Change who it is; raise Stale, or Unfit when another has the name or stands above itself."""
    constituent = locked(constituent_id=constituent_id, seen_version=seen_version)
    before = asdict(identity_of(constituent))
    _identify(constituent, identity)
    return _changed(
        constituent, before, asdict(identity_of(constituent)), "constituent.changed", by, now
    )


@transaction.atomic
def change_wishes(
    *,
    constituent_id: int,
    wishes: Wishes,
    seen_version: int | None,
    by: Person | None,
    now: datetime,
) -> Constituent:
    """Change how it is told; raise Stale, or Unfit for an hour or a language there is not."""
    constituent = locked(constituent_id=constituent_id, seen_version=seen_version)
    if not 0 <= wishes.digest_hour <= 23 or wishes.language not in LANGUAGES:
        raise Unfit(Why.CHOICE, f"{wishes.digest_hour} {wishes.language}")
    before = asdict(wishes_of(constituent))
    for name, value in asdict(wishes).items():
        setattr(constituent, name, value)
    return _changed(constituent, before, asdict(wishes), "constituent.wishes", by, now)


@transaction.atomic
def set_mode(
    *, constituent_id: int, seen_version: int, mode: Mode, by: Person, now: datetime
) -> Constituent:
    """Let its letters leave by themselves, or not without a person; raise Stale."""
    constituent = locked(constituent_id=constituent_id, seen_version=seen_version)
    before = {"mode": constituent.mode}
    constituent.mode = mode
    return _changed(constituent, before, {"mode": mode.value}, "constituent.mode", by, now)


@transaction.atomic
def set_active(
    *, constituent_id: int, seen_version: int, active: bool, by: Person, now: datetime
) -> Constituent:
    """Count it among those who are told, or no longer; what was told stays on record. May be Stale."""
    constituent = locked(constituent_id=constituent_id, seen_version=seen_version)
    before = {"active": constituent.active}
    constituent.active = active
    action = "constituent.activated" if active else "constituent.deactivated"
    return _changed(constituent, before, {"active": active}, action, by, now)


def wishes_of(constituent: Constituent) -> Wishes:
    """Return how it wants to be told."""
    return Wishes(
        language=constituent.language,
        format=Format(constituent.format),
        frequency=Frequency(constituent.frequency),
        digest_hour=constituent.digest_hour,
        per_hour=constituent.per_hour,
    )


def identity_of(constituent: Constituent) -> Identity:
    """Return who it is."""
    return Identity(
        name=constituent.name,
        name_local=constituent.name_local,
        kind=ConstituentKind(constituent.kind),
        sector=constituent.sector,
        critical=constituent.critical,
        upstream_id=constituent.upstream_id,
        note=constituent.note,
        ceiling=Tlp(constituent.ceiling),
    )


def _identify(constituent: Constituent, identity: Identity) -> None:
    name = one_line(identity.name)
    if not name:
        raise Unfit(Why.NAME)
    if len(name) > 200 or len(identity.name_local) > 200:
        raise Unfit(Why.TOO_LONG, name)
    if Constituent.objects.filter(name__iexact=name).exclude(pk=constituent.pk).exists():
        raise Unfit(Why.TAKEN, name)
    _refuse_circle(constituent, identity.upstream_id)
    constituent.name = name
    constituent.name_local = one_line(identity.name_local)
    constituent.kind = identity.kind
    constituent.sector = identity.sector
    constituent.critical = identity.critical
    constituent.upstream_id = identity.upstream_id
    constituent.note = identity.note.strip()
    constituent.ceiling = identity.ceiling


def _refuse_circle(constituent: Constituent, upstream_id: int | None) -> None:
    """Refuse an upstream that stands below: escalating would turn in a circle."""
    seen = {constituent.pk}
    while upstream_id is not None:
        if upstream_id in seen:
            raise Unfit(Why.CONTRADICTS, constituent.name)
        seen.add(upstream_id)
        above = Constituent.objects.filter(pk=upstream_id).values_list("upstream_id", flat=True)
        upstream_id = above.first()


def _changed(
    constituent: Constituent,
    before: Mapping[str, object],
    after: Mapping[str, object],
    action: str,
    by: Person | None,
    now: datetime,
) -> Constituent:
    differing = sorted(name for name in after if before[name] != after[name])
    if not differing:
        return constituent
    constituent.version += 1
    constituent.save()
    record(
        by=by,
        action=action,
        subject=constituent.name,
        details={
            "before": {name: before[name] for name in differing},
            "after": {name: after[name] for name in differing},
        },
        now=now,
    )
    return constituent
