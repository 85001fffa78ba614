"""Remembers which list a reader came from, so that a decision leads to its next row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.forms import QueueForm
from lionrock.desk.suspects.models import State, Suspect
from lionrock.desk.suspects.selectors.queue import (
    Budget,
    Filters,
    Position,
    following,
    neighbours,
    todays_budget,
)
from lionrock.desk.suspects.views.here import midnight

TODAY: Final = "today"
ALL: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The list a reader walks along: today's work or all that waits, and what narrows it."""

    scope: str
    form: QueueForm
    filters: Filters
    budget: Budget

    @classmethod
    def of(
        cls, request: HttpRequest, data: QueryDict, *, now: datetime, scope: str | None = None
    ) -> Self:
        """Read the trail from an address's query, or from what a form carried of it."""
        form = QueueForm(data, book=brands.current())
        if scope is None:
            scope = ALL if data.get("scope") == ALL else TODAY
        return cls(
            scope=scope,
            form=form,
            filters=form.filters(state=State.WAITING, person=person_of(request), now=now),
            budget=todays_budget(midnight=midnight(now)),
        )

    @property
    def cut(self) -> Position | None:
        """The last place that belongs to the list; None when it has no end but its own."""
        return self.budget.cut if self.scope == TODAY else None

    @property
    def query(self) -> str:
        """The trail as the query of an address."""
        return urlencode({"scope": self.scope, **self.form.query()})

    @property
    def list_url(self) -> str:
        """Where the list stands."""
        page = "suspects:queue" if self.scope == TODAY else "suspects:list"
        query = urlencode(self.form.query())
        return f"{reverse(page)}?{query}" if query else reverse(page)

    def url_of(self, suspect: Suspect) -> str:
        """Return the address of a suspect's page that keeps to this trail."""
        return f"{reverse('suspects:suspect', args=[suspect.pk])}?{self.query}"

    def around(self, suspect: Suspect) -> tuple[Suspect | None, Suspect | None]:
        """Return the rows before and after the suspect in this list."""
        return neighbours(suspect, self.filters, cut=self.cut)

    def after(self, suspect: Suspect) -> str:
        """Return where to go once the suspect is decided: to the next row, or back to the list."""
        follower = following(suspect, self.filters, cut=self.cut)
        return self.url_of(follower) if follower else self.list_url
