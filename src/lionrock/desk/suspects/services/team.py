"""What the team sets for itself."""

from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.models import TeamSettings, Tlp


@transaction.atomic
def set_team(*, daily_budget: int, export_tlp: Tlp, by: Person, now: datetime) -> TeamSettings:
    """Set how many rows of the queue a day holds, and the label exports carry."""
    TeamSettings.objects.get_or_create(pk=1)
    team = TeamSettings.objects.select_for_update().get(pk=1)
    before = {"daily_budget": team.daily_budget, "export_tlp": team.export_tlp}
    team.daily_budget = daily_budget
    team.export_tlp = export_tlp
    team.save()
    record(
        by=by,
        action="team.set",
        subject="team settings",
        details={
            "before": before,
            "after": {"daily_budget": daily_budget, "export_tlp": export_tlp.value},
        },
        now=now,
    )
    return team
