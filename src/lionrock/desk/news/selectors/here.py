"""What is known of the region lately, as stories are held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Sum

from lionrock.core.facts import Why
from lionrock.core.region import Region
from lionrock.desk.events.models import DayCount, Episode, Standing
from lionrock.desk.suspects.models import Suspect

LATELY: Final = timedelta(days=90)
MOST: Final = 5_000
"""Different problems that are looked at."""
_OURS: Final = (Why.LOCATED.value, Why.REPORTED.value, Why.DOMAIN.value)
_TOO_COMMON: Final = frozenset(
    {"http", "https", "ssl", "tcp", "udp", "open", "accessible", "vulnerable", "server", "service"}
)
"""What sources call a service and news call everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskHere:
    """The episodes, counts and suspects of the desk, as ``briefing.news.matching.Here``."""

    region: Region
    now: datetime

    def cves(self) -> Mapping[str, int]:
        """Return the vulnerabilities that open episodes are about."""
        found: dict[str, int] = {}
        for problem, number in self._vulnerable():
            for cve in problem.rpartition("|")[2].split(","):
                if cve.startswith("CVE-"):
                    found[cve] = found.get(cve, 0) + number
        return found

    def families(self) -> Mapping[str, int]:
        """Return the families seen here lately, with how many episodes they opened."""
        counted = (
            DayCount.objects.filter(day__gte=(self.now - LATELY).date(), why__in=_OURS)
            .exclude(family="")
            .values_list("family")
            .annotate(number=Sum("episodes"))
            .order_by("-number")
        )
        return {str(family): int(number or 0) for family, number in counted[:MOST]}

    def products(self) -> Mapping[str, int]:
        """Return the products and services of open episodes that are vulnerable or stand open."""
        found: dict[str, int] = {}
        for problem, number in self._vulnerable():
            _kind, *rest = problem.split("|")
            for name in {part.replace("-", " ") for part in rest[:2] if part}:
                if name not in _TOO_COMMON and not name.isdigit():
                    found[name] = found.get(name, 0) + number
        return found

    def brands(self) -> Mapping[str, tuple[tuple[str, ...], int]]:
        """Return the brands that suspects imitated lately, and how many did."""
        counted = dict(
            Suspect.objects.filter(first_read_at__gte=self.now - LATELY)
            .exclude(brand="")
            .order_by()
            .values_list("brand")
            .annotate(Count("id"))
        )
        return {
            brand.id: (tuple(dict.fromkeys(brand.names.values())), counted[brand.id])
            for brand in self.region.brands
            if brand.id in counted
        }

    def _vulnerable(self) -> list[tuple[str, int]]:
        counted = (
            Episode.objects.filter(
                standing=Standing.OPEN,
                kind__startswith="vulnerable.",
                last_seen__gte=self.now - LATELY,
            )
            .values_list("problem")
            .annotate(number=Count("id"))
            .order_by("-number")
        )
        return list(counted[:MOST])
