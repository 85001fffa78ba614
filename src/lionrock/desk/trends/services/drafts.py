"""Drafts alerts from trends, because a person asks for it."""

from datetime import datetime, timedelta

from django.conf import settings

from lionrock.briefing.drafting.composing import House
from lionrock.briefing.drafting.trending import with_traits
from lionrock.briefing.trends.facts import sheet_of
from lionrock.desk.alerts.models import Alert
from lionrock.desk.alerts.services.drafting import draft_from
from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.trends.models import Trend
from lionrock.desk.trends.selectors.rows import facts_of
from lionrock.regions import load


def draft(*, trend: Trend, by: Person, now: datetime) -> Alert | None:
    """Return the draft of a trend, the one there is or a new one; ``None`` where it needs more facts."""
    there = Alert.objects.filter(origin=trend.ref).order_by("-pk").first()
    if there is not None:
        return there
    facts = facts_of(trend)
    brands = {brand.id for brand in load(settings.LIONROCK_REGION).brands}
    sheet = sheet_of(facts, brands=brands, now=now)
    if sheet is None:
        return None
    sheet = with_traits(sheet, House.shipped(settings.LIONROCK_REGION))
    first = trend.last_day - timedelta(days=len(trend.course) - 1)
    course = [
        ((first + timedelta(days=place)).isoformat(), count)
        for place, count in enumerate(trend.course)
    ]
    made = draft_from(sheet, origin=trend.ref, series={facts.now.id: course}, now=now)
    record(
        by=by,
        action="trend.drafted",
        subject=trend.ref,
        details={"alert": made.pk, "key": trend.key},
        now=now,
    )
    return made
