"""Adds a model beside the shipped one."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lionrock.core.errors import GiveUp
from lionrock.desk.audit.services import record
from lionrock.desk.models.files import digest_of, size_of, take_in
from lionrock.desk.models.models import KeptModel
from lionrock.desk.people.models import Person
from lionrock.names.scorer import load, shipped


def add_model(*, folder: Path, note: str = "", by: Person | None, now: datetime) -> KeptModel:
    """Copy the model in ``folder`` into the data folder and register it.

    Raises TryLater when there is no model in the folder, GiveUp when its version is here already
    (the same files again are no error) or when it is too large to be one.
    """
    digest = digest_of(folder)
    version = load(folder).version
    known = KeptModel.objects.filter(version=version).first()
    if known is not None and known.digest == digest:
        return known
    if known is not None or version == shipped().version:
        raise GiveUp(f"another model called {version} is here already; train it under another name")
    place = take_in(folder, settings.LIONROCK_DATA, version)
    with transaction.atomic():
        kept = KeptModel.objects.create(
            version=version,
            digest=digest_of(place),
            size=size_of(place),
            note=note,
            added_at=now,
            added_by=by,
        )
        record(
            by=by,
            action="model.add",
            subject=version,
            details={"digest": kept.digest, "size": kept.size, "note": note},
            now=now,
        )
    return kept
