"""Everything the page of models shows: which judges, which could, how they compare, who switched."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from lionrock.desk.models.current import current_choice
from lionrock.desk.models.files import folder_of
from lionrock.desk.models.models import Choice, Exam, KeptModel
from lionrock.desk.models.selectors.gates import gate_of, latest_exam
from lionrock.names.gate import Gate
from lionrock.names.scorer import shipped

CHANGES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One model: ``kept`` is None for the shipped one, ``gate`` None where exams cannot be compared."""

    version: str
    kept: KeptModel | None
    is_current: bool
    is_here: bool
    exam: Exam | None
    gate: Gate | None

    @property
    def may_switch(self) -> bool:
        """Whether it may take over now."""
        return not self.is_current and self.is_here and self.gate is not None and self.gate.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The current model, all others (the shipped one first, then the latest added), the switches."""

    current: Standing
    others: tuple[Standing, ...]
    choice: Choice | None
    changes: tuple[Choice, ...]
    shipped: str

    @property
    def back_to(self) -> str | None:
        """The version that going back leads to, None where nobody switched from anything."""
        if self.choice is None or (not self.choice.version and self.choice.back_to is None):
            return None
        goal = self.choice.back_to
        return goal.version or self.shipped if goal else self.shipped


def overview() -> Overview:
    """Return the state of the registry."""
    own = shipped().version
    choice = current_choice()
    current = (choice.version if choice else "") or own
    kept = {
        each.version: each
        for each in KeptModel.objects.select_related("added_by").order_by("-added_at", "-id")
    }
    versions = [own, *(version for version in kept if version != own)]
    standing = {version: _standing(version, kept.get(version), current) for version in versions}
    if current not in standing:
        standing[current] = _standing(current, None, current)
    changes = Choice.objects.select_related("by").order_by("-id")[:CHANGES]
    return Overview(
        current=standing[current],
        others=tuple(each for each in standing.values() if not each.is_current),
        choice=choice,
        changes=tuple(changes),
        shipped=own,
    )


def _standing(version: str, kept: KeptModel | None, current: str) -> Standing:
    region = settings.LIONROCK_REGION
    is_here = version == shipped().version
    if not is_here and kept is not None:
        is_here = folder_of(settings.LIONROCK_DATA, version).is_dir()
    return Standing(
        version=version,
        kept=kept,
        is_current=version == current,
        is_here=is_here,
        exam=latest_exam(version, region=region),
        gate=None if version == current else gate_of(version, current, region=region),
    )
