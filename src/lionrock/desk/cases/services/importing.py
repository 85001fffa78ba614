"""Takes cases from a file: each once, known again by its reference, and nothing of it lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.cases.models import (
    Case,
    CaseChange,
    CaseImport,
    CaseReject,
    CaseUrl,
    RejectState,
)
from lionrock.desk.cases.reading import (
    NoCases,
    Row,
    Told,
    Unfit,
    Unreadable,
    Vocabulary,
    Why,
    digest_of,
    read_again,
    read_file,
    read_row,
    reference_of,
)
from lionrock.desk.people.models import Person
from lionrock.regions import load

AT_ONCE: Final = 500
"""Rows of one statement."""

FIELDS: Final = (
    *("opened_at", "opened_on", "closed_at", "category", "channel", "sector"),
    *("brand", "brand_named", "urls", "urls_listed"),
)
"""What an import may change of a case."""


class ImportMode(StrEnum):
    """Whether an import writes, or only says what it would do."""

    TRY = "try"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that was kept as a reject: its line, its reference, and what is wrong."""

    line: int
    reference: str
    why: Why
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of an import, or would come of it."""

    rows: int
    added: int
    changed: int
    unchanged: int
    repeated: int
    """Rows that say once more what another row of the file says."""
    refused: tuple[Refused, ...]
    settled: int
    """Rejects of earlier imports whose case came this time."""
    passed_over: tuple[str, ...]
    applied: bool


@dataclass(slots=True)
class _Sorted:
    """The rows of a file by what becomes of them."""

    told: dict[str, Told] = field(default_factory=dict)
    refused: list[tuple[Row, Unfit]] = field(default_factory=list)
    repeated: int = 0


@dataclass(slots=True)
class _Put:
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def import_cases(
    content: bytes,
    *,
    name: str,
    origin: str = "",
    by: Person | None,
    now: datetime,
    mode: ImportMode = ImportMode.APPLY,
) -> Report:
    """Take the cases of a CSV table or of JSON lines; a row that is none is kept as a reject.

    ``origin`` names the ticket system, within which a reference is one case: the same row again
    changes nothing, another row of that reference changes the case, and what it said before is kept.
    ``by`` is None on the command line. Raises NoCases for what is no file of cases.
    """
    words = _vocabulary()
    file = read_file(content)
    rows = _sorted(file.rows, words, now=now)
    with transaction.atomic():
        made = CaseImport.objects.create(
            at=now,
            by=by,
            name=name[:200],
            sha256=sha256(content).hexdigest(),
            origin=origin,
            rows=len(file.rows),
            rejected=len(rows.refused),
            passed_over=list(file.passed_over),
        )
        put = _put_all(rows.told.values(), made)
        _keep_rejects(rows.refused, made)
        settled = _settle(rows.told, made)
        made.added, made.changed, made.unchanged = put.added, put.changed, put.unchanged
        made.save(update_fields=["added", "changed", "unchanged"])
        record(
            by=by,
            action="case.imported",
            subject=made.name,
            details={
                "rows": len(file.rows),
                "added": put.added,
                "changed": put.changed,
                "rejects": len(rows.refused),
                "digest": made.sha256,
            },
            now=now,
        )
        if mode is ImportMode.TRY:
            # What a trial says is what happened: it is done, and then undone.
            transaction.set_rollback(True)
    return Report(
        rows=len(file.rows),
        added=put.added,
        changed=put.changed,
        unchanged=put.unchanged,
        repeated=rows.repeated,
        refused=tuple(_refused(row, unfit) for row, unfit in rows.refused),
        settled=settled,
        passed_over=file.passed_over,
        applied=mode is ImportMode.APPLY,
    )


def replay(*, by: Person | None, now: datetime) -> Report:
    """Read every open reject again; those that are cases now become cases.

    A row that contradicted another one of its file still does: a corrected file, or a person who
    sets it aside, settles that.
    """
    words = _vocabulary()
    with transaction.atomic():
        waiting = list(
            CaseReject.objects.select_for_update()
            .filter(state=RejectState.OPEN)
            .exclude(why=Why.CONTRADICTS)
            .order_by("id")
        )
        made = CaseImport.objects.create(at=now, by=by, name="", rows=len(waiting))
        put = _Put()
        refused = []
        for reject in waiting:
            row = read_again(reject.text, line=reject.line)
            try:
                told = read_row(row, words, now=now)
            except Unfit as unfit:
                refused.append(_refused(row, unfit))
                _say_why(reject, unfit.why, unfit.value)
                continue
            if Case.objects.filter(origin=reject.origin, reference=told.reference).exists():
                # Another row brought it since, as this one or otherwise: that is for a person.
                refused.append(_refused(row, Unfit(Why.CONTRADICTS, told.reference)))
                _say_why(reject, Why.CONTRADICTS, told.reference)
                continue
            _put_some([told], made, origin=reject.origin, put=put)
            reject.state, reject.settled_at = RejectState.READ, now
            reject.settled_by = by
            reject.save(update_fields=["state", "settled_at", "settled_by"])
        made.added, made.rejected = put.added, len(refused)
        made.save(update_fields=["added", "rejected"])
        record(
            by=by,
            action="case.replayed",
            subject="",
            details={"rows": len(waiting), "added": put.added, "rejects": len(refused)},
            now=now,
        )
    return Report(
        rows=len(waiting),
        added=put.added,
        changed=0,
        unchanged=0,
        repeated=0,
        refused=tuple(refused),
        settled=put.added,
        passed_over=(),
        applied=True,
    )


@transaction.atomic
def set_aside(*, reject_id: int, note: str, by: Person, now: datetime) -> CaseReject | None:
    """Say that a reject will never be a case, and why; None when it is not open any more."""
    reject = (
        CaseReject.objects.select_for_update().filter(pk=reject_id, state=RejectState.OPEN).first()
    )
    if reject is None:
        return None
    reject.state, reject.settled_at, reject.settled_by = RejectState.ASIDE, now, by
    reject.note = note[:500]
    reject.save(update_fields=["state", "settled_at", "settled_by", "note"])
    record(
        by=by,
        action="case.set-aside",
        subject=reject.reference or f"#{reject.pk}",
        details={"note": reject.note, "reason": reject.why},
        now=now,
    )
    return reject


def _vocabulary() -> Vocabulary:
    region = load(settings.LIONROCK_REGION)
    if not region.cases.categories:
        raise NoCases(Unreadable.NO_CATEGORIES)
    return Vocabulary.of(region)


def _sorted(rows: Iterable[Row], words: Vocabulary, *, now: datetime) -> _Sorted:
    found = _Sorted()
    for row in rows:
        try:
            told = read_row(row, words, now=now)
            before = found.told.setdefault(told.reference, told)
            if before is told:
                continue
        except Unfit as unfit:
            found.refused.append((row, unfit))
            continue
        if before == told:
            found.repeated += 1
        else:
            found.refused.append((row, Unfit(Why.CONTRADICTS, told.reference)))
    return found


def _put_all(told: Iterable[Told], made: CaseImport) -> _Put:
    put = _Put()
    for some in _portions(told):
        _put_some(some, made, origin=made.origin, put=put)
    return put


def _portions(told: Iterable[Told]) -> Iterator[list[Told]]:
    every = iter(told)
    while some := list(islice(every, AT_ONCE)):
        yield some


def _put_some(some: list[Told], made: CaseImport, *, origin: str, put: _Put) -> None:
    references = [told.reference for told in some]
    here = {
        case.reference: case
        for case in Case.objects.select_for_update().filter(origin=origin, reference__in=references)
    }
    listed = _listed(here.values())
    fresh: list[tuple[Case, Told]] = []
    changed: list[tuple[Case, Told]] = []
    for told in some:
        case = here.get(told.reference)
        if case is None:
            case = Case(origin=origin, reference=told.reference, imported=made, added_at=made.at)
            _write(case, told, made)
            fresh.append((case, told))
            continue
        before = _before(case, told, listed.get(case.pk, ()))
        if before:
            CaseChange.objects.create(case=case, imported=made, before=before)
            _write(case, told, made)
            changed.append((case, told))
        else:
            put.unchanged += 1
    Case.objects.bulk_create([case for case, _told in fresh])
    Case.objects.bulk_update([case for case, _told in changed], (*FIELDS, "imported", "changed_at"))
    CaseUrl.objects.filter(case__in=[case for case, _told in changed]).delete()
    CaseUrl.objects.bulk_create(
        [
            CaseUrl(case=case, url=url, digest=digest_of(url))
            for case, told in (*fresh, *changed)
            for url in told.listed
        ],
        batch_size=AT_ONCE,
    )
    put.added += len(fresh)
    put.changed += len(changed)


def _write(case: Case, told: Told, made: CaseImport) -> None:
    for name in FIELDS:
        setattr(case, name, _value(told, name))
    case.imported, case.changed_at = made, made.at


def _value(told: Told, name: str) -> object:
    return bool(told.listed) if name == "urls_listed" else getattr(told, name)


def _before(case: Case, told: Told, listed: tuple[str, ...]) -> dict[str, object]:
    """Return the former values of what a row changes."""
    before: dict[str, object] = {}
    for name in FIELDS:
        old = getattr(case, name)
        if old != _value(told, name):
            before[name] = old if isinstance(old, (str, int, bool, type(None))) else old.isoformat()
    if listed != told.listed:
        before["listed"] = list(listed)
    return before


def _listed(cases: Iterable[Case]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    wanted = [case.pk for case in cases if case.urls_listed]
    for case_id, url in CaseUrl.objects.filter(case_id__in=wanted).values_list("case_id", "url"):
        found.setdefault(case_id, []).append(url)
    return {case_id: tuple(sorted(urls)) for case_id, urls in found.items()}


def _keep_rejects(refused: list[tuple[Row, Unfit]], made: CaseImport) -> None:
    """Keep rows that could not be read; one that was met before is kept once, and is open again."""
    rows = {
        digest: CaseReject(
            imported=made,
            at=made.at,
            origin=made.origin,
            line=row.line,
            reference=reference_of(row),
            why=unfit.why,
            value=unfit.value,
            text=row.text.encode("utf-8", "replace").decode("utf-8"),
            digest=digest,
        )
        for row, unfit in refused
        for digest in (digest_of(row.text),)
    }
    CaseReject.objects.bulk_create(
        rows.values(),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["origin", "digest"],
        update_fields=["imported", "line", "reference", "why", "value"],
    )
    # What was read after all and is none again is open again; what a person set aside stays aside.
    CaseReject.objects.filter(imported=made, state=RejectState.READ).update(
        state=RejectState.OPEN, settled_at=None, settled_by=None
    )


def _settle(told: dict[str, Told], made: CaseImport) -> int:
    """Close the rejects of earlier imports whose case came this time."""
    waiting = CaseReject.objects.filter(origin=made.origin, state=RejectState.OPEN).exclude(
        imported=made
    )
    mine = [
        pk
        for pk, reference in waiting.exclude(reference="").values_list("pk", "reference")
        if reference in told
    ]
    for start in range(0, len(mine), AT_ONCE):
        CaseReject.objects.filter(pk__in=mine[start : start + AT_ONCE]).update(
            state=RejectState.READ, settled_at=made.at, settled_by=made.by
        )
    return len(mine)


def _say_why(reject: CaseReject, why: Why, value: str) -> None:
    if (reject.why, reject.value) != (why, value):
        reject.why, reject.value = why, value
        reject.save(update_fields=["why", "value"])


def _refused(row: Row, unfit: Unfit) -> Refused:
    return Refused(line=row.line, reference=reference_of(row), why=unfit.why, value=unfit.value)
