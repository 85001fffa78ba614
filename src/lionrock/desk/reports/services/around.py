"""Gathers what a report tells beside its figures: who we are, which feeds are on, which tables locate."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Min

from lionrock import regions
from lionrock.briefing.counting.period import feeds_by_kind
from lionrock.briefing.definitions import Definitions
from lionrock.briefing.report.assembled import Surroundings
from lionrock.briefing.report.content import Article, Located, Publisher, Source
from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Period
from lionrock.core.hosts import unicode_form
from lionrock.core.region import Region
from lionrock.core.tlp import Tlp
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.models import Source as Running
from lionrock.desk.notices.models import Mailing
from lionrock.enrich.tables import Tables
from lionrock.feeds import feed_of

SECRET: Final = frozenset({Tlp.RED, Tlp.AMBER_STRICT, Tlp.AMBER})
"""Labels of feeds that are counted among the sources, and not named: a report is for everybody."""
_LOCATES: Final = "geolocation"


def surroundings(
    quarter: Period,
    definitions: Definitions,
    *,
    articles: tuple[Article, ...],
    version: int,
    now: datetime,
) -> Surroundings:
    """Return what is told of this installation as of the quarter."""
    region = regions.load(settings.LIONROCK_REGION)
    return Surroundings(
        issued=now.astimezone(ZoneInfo(region.timezone)).date(),
        publisher=publisher(region),
        sources=sources(quarter, definitions),
        located=located(region, quarter.last),
        articles=articles,
        version=version,
    )


def publisher(region: Region) -> Publisher:
    """Return how the team speaks of itself: the administrator's name and address, the pack's words."""
    row = Mailing.objects.first() or Mailing()
    team = {
        language: row.sender_name or region.team.names.get(language, "") for language in LANGUAGES
    }
    named = {language: name for language, name in team.items() if name}
    return Publisher(
        team=named or dict(region.names),
        region=dict(region.names),
        endings=tuple(f".{unicode_form(tld)}" for tld in region.tlds),
        mail=row.sender,
        phone=region.team.phone,
        site=region.team.site,
    )


def sources(quarter: Period, definitions: Definitions) -> tuple[Source, ...]:
    """Return the feeds that are switched on, and those that told something of the quarter, by title."""
    told: dict[str, set[str]] = defaultdict(set)
    by_kind = feeds_by_kind(connection, quarter, quarter.last)
    for category in definitions.published:
        for kind in category.kinds:
            for feed in by_kind.get(kind.value, ()):
                told[feed].add(category.id)
    on = dict(Running.objects.filter(enabled=True).values_list("feed", "enabled_at"))
    labels = dict(Running.objects.exclude(tlp="").values_list("feed", "tlp"))
    began = dict(
        Blob.objects.filter(feed__in={*on, *told})
        .values_list("feed")
        .annotate(first=Min("received_at"))
    )
    order = [category.id for category in definitions.published]
    found = []
    for name in {*on, *told}:
        since = min((at for at in (on.get(name), began.get(name)) if at), default=None)
        if (
            since is not None
            and since.date() > quarter.last + timedelta(days=1)
            and name not in told
        ):
            continue
        title, provider, tlp = _called(name)
        found.append(
            Source(
                id=name,
                title=title,
                provider=provider,
                kinds=tuple(sorted(told[name], key=order.index)),
                since=since.astimezone(ZoneInfo(settings.TIME_ZONE)).date() if since else None,
                named=Tlp(labels.get(name, tlp)) not in SECRET,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.title.lower(), one.id)))


def located(region: Region, day: date) -> tuple[Located, ...]:
    """Return the data sets that say where addresses are, the newest of each source on that day."""
    tables = Tables.load(settings.LIONROCK_DATA / "tables", region)
    found: dict[str, date] = {}
    for age in tables.ages():
        if age.fact == _LOCATES and age.day <= day:
            found[age.source] = max(age.day, found.get(age.source, age.day))
    return tuple(Located(title=source, day=at) for source, at in sorted(found.items()))


def _called(name: str) -> tuple[str, str, Tlp]:
    """Return a feed's title, provider and label; its id where its module is no longer installed, which
    nobody can label any more."""
    try:
        feed = feed_of(name)
    except GiveUp:
        return name, "", Tlp.RED
    return feed.title, feed.provider, feed.tlp
