"""Gives everybody who judges the same model: the one an administrator switched to.

The table says which; it is asked at every call, so that a switch holds in every process from its next
batch on. The model itself is loaded once per process and version.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from lionrock import regions
from lionrock.core.errors import TryLater
from lionrock.desk.models.files import digest_of, folder_of
from lionrock.desk.models.models import Choice, Chosen, KeptModel
from lionrock.names.scorer import NameModel, load, shipped
from lionrock.names.triage import Triage


def current_choice() -> Choice | None:
    """Return the switch that stands; none while nobody switched."""
    chosen = Chosen.objects.select_related("choice__by").filter(pk=1).first()
    return chosen.choice if chosen else None


def current_version() -> str:
    """Return the version of the model that judges now."""
    choice = current_choice()
    return choice.version if choice and choice.version else shipped().version


def current_model() -> NameModel:
    """Return the model that judges now; raise TryLater when its files are not on this machine."""
    return model_of(current_version())


def current_triage(region: str | None = None) -> Triage:
    """Return triage with the current model, for the region this installation serves by default."""
    return _triage(region or settings.LIONROCK_REGION, current_version())


def model_of(version: str) -> NameModel:
    """Return a model by its version, the shipped one or one that was added."""
    if version == shipped().version:
        return shipped()
    kept = KeptModel.objects.filter(version=version).first()
    if kept is None:
        raise TryLater(f"no model {version} is registered: run `lionrock models add`")
    return _loaded(folder_of(settings.LIONROCK_DATA, version), kept.digest)


# Two of each: the one that judges, and the one before it while a reading still ends.
@lru_cache(maxsize=2)
def _loaded(folder: Path, digest: str) -> NameModel:
    if digest_of(folder) != digest:
        raise TryLater(f"the model in {folder} is not the one that was added; add it again")
    return load(folder)


@lru_cache(maxsize=2)
def _triage(region: str, version: str) -> Triage:
    return Triage(regions.load(region), model_of(version))
