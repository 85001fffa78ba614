"""What the lists of events and of episodes have in common: narrowing, facets, paging."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Model, TextChoices
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.desk.events import paging, words
from lionrock.desk.events.forms import WHENS, NarrowForm
from lionrock.desk.events.models import Standing
from lionrock.desk.events.selectors.facets import facets_of
from lionrock.desk.events.selectors.filters import Counted, Facets, Place
from lionrock.desk.events.selectors.names import (
    all_constituents,
    constituents_named,
    heard_feeds,
)
from lionrock.desk.events.selectors.pages import Page
from lionrock.desk.events.selectors.walk import Course
from lionrock.feeds import catalogue

TITLES: Final[dict[str, Promise]] = {
    "standing": _("Standing"),
    "kind": _("Kind"),
    "severity": _("Severity"),
    "constituent": _("Constituent"),
    "feed": _("Feed"),
    "asn": _("ASN"),
    "country": _("Country"),
}
"""The facets in their order."""
SHOWN: Final = 8
PATIENCE: Final = 0.4
"""Seconds that a page is searched for; then what was found is shown, and how far it was searched."""
SURVEYED: Final = 0.2
"""Seconds that matching rows are counted for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet, or one quick choice: its words, its count, where choosing it leads."""

    words: str
    number: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFacet:
    """One facet with its choices."""

    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where the pages beside this one are; empty where there is none."""

    first: str = ""
    before: str = ""
    after: str = ""


def narrow_form(request: HttpRequest, *, standing: bool) -> NarrowForm:
    """Return the form that reads the address of a list."""
    return NarrowForm(
        request.GET,
        feeds=heard_feeds(chosen=request.GET.get("feed", "")),
        constituents=all_constituents(),
        standing=standing,
    )


def quick_choices(query: Mapping[str, str]) -> list[Choice]:
    """Return the quick choices of time."""
    dated = "since" in query or "until" in query
    rest = {name: value for name, value in query.items() if name not in ("when", "since", "until")}
    chosen = query.get("when", "")
    return [
        Choice(
            words=str(title),
            number=0,
            url="?" + urlencode({**rest, "when": key} if key else rest),
            chosen=key == chosen and not dated,
        )
        for key, title in (("", _("any time")), *((key, w[0]) for key, w in WHENS.items()))
    ]


def shown_facets(facets: Facets, query: Mapping[str, str]) -> list[ShownFacet]:
    """Return facets with words for their codes; a chosen value leads back to the list without it."""
    named = constituents_named(int(f.value) for f in facets.by.get("constituent", ()))
    shown = []
    for column, title in TITLES.items():
        choices = []
        for facet in facets.by.get(column, ())[:SHOWN]:
            chosen = query.get(column) == facet.value
            rest = {name: value for name, value in query.items() if name != column}
            url = "?" + urlencode(rest if chosen else {**rest, column: facet.value})
            choices.append(
                Choice(
                    words=_words(column, facet.value, named),
                    number=facet.number,
                    url=url,
                    chosen=chosen,
                )
            )
        if choices:
            shown.append(ShownFacet(title=str(title), choices=tuple(choices)))
    return shown


def listing(
    request: HttpRequest,
    *,
    standing: bool,
    columns: Sequence[str],
    order: Course,
    page_of: Callable[..., Page[Any]],
    survey_of: Callable[..., tuple[Counted, Facets]],
) -> dict[str, Any]:  # Any: a template's context; the rows' own kind
    """Return what a list narrowed in any way shows: its page, its counts, its links.

    ``page_of`` and ``survey_of`` are the list's selectors; both end when their time is up.
    """
    form = narrow_form(request, standing=standing)
    filters = form.filters(now=timezone.now())
    query = form.query()
    after, before = places(request)
    page = page_of(filters, after=after, before=before, until=monotonic() + PATIENCE)
    counted, facets = surveyed(
        page.rows,
        columns=columns,
        is_all=not (page.has_before or page.has_after),
        survey=lambda: survey_of(filters, until=monotonic() + SURVEYED),
    )
    return {
        "form": form,
        "narrowed": bool(query),
        "narrowed_more": bool(query.keys() - {"q", "when"}) or bool(form.errors),
        "quick": quick_choices(query),
        "rows": page.rows,
        "constituents": constituents_named(row.constituent_id for row in page.rows),
        "counted": counted,
        "facets": shown_facets(facets, query),
        "faceted": facets,
        "upwards": before is not None,
        "searched": page.searched and timezone.localtime(page.searched.at),
        "links": links(
            query,
            edges=edges(
                [order.place(row) for row in page.rows], page.searched, up=before is not None
            ),
            has_before=page.has_before,
            has_after=page.has_after,
        ),
    }


def surveyed(
    rows: Sequence[Model],
    *,
    columns: Sequence[str],
    is_all: bool,
    survey: Callable[[], tuple[Counted, Facets]],
) -> tuple[Counted, Facets]:
    """Return how many rows match and what they hold; at least what is on the page counts."""
    back_to: datetime | None = None
    if not is_all:
        counted, facets = survey()
        if counted.number >= len(rows):
            return counted, facets
        back_to = counted.back_to
    values = [tuple(getattr(row, column) for column in columns) for row in rows]
    facets = facets_of(values, columns, len(values), more=not is_all)
    return Counted(number=len(rows), more=not is_all, back_to=back_to), facets


def places(request: HttpRequest) -> tuple[Place | None, Place | None]:
    """Return behind which place, or before which, the page begins; nonsense is the beginning."""
    return _place(request.GET.get("after", "")), _place(request.GET.get("before", ""))


def edges(
    places: Sequence[Place], searched: Place | None, *, up: bool
) -> tuple[Place | None, Place | None]:
    """Return where the page begins and ends: at its rows, or as far as was ``searched``."""
    first, last = (places[0], places[-1]) if places else (None, None)
    if searched is None:
        return first, last
    return (searched, last) if up else (first, searched)


def links(
    query: Mapping[str, str],
    *,
    edges: tuple[Place | None, Place | None],
    has_before: bool,
    has_after: bool,
) -> Links:
    """Return where the pages beside the one between two edges are."""
    first, last = edges
    return Links(
        first="?" + urlencode(query) if has_before else "",
        before=_link(query, "before", first) if first and has_before else "",
        after=_link(query, "after", last) if last and has_after else "",
    )


def _link(query: Mapping[str, str], side: str, place: Place) -> str:
    return "?" + urlencode({**query, side: paging.written(place.at, place.id)})


def _place(text: str) -> Place | None:
    found = paging.read(text)
    return Place(at=found[0], id=found[1][0]) if found else None


def _words(column: str, value: str, constituents: Mapping[int, str]) -> str:
    if column == "constituent":
        return constituents.get(int(value), value)
    if column == "kind":
        return words.kind_in_words(value)
    if column == "asn":
        return f"AS{value}"
    if column == "feed":
        feed = catalogue().get(value)
        return feed.title if feed else value
    if column == "severity":
        return str(words.SEVERITIES.get(value, value))
    if column == "standing":
        return _label(Standing, value)
    return value


def _label(choices: type[TextChoices], value: str) -> str:
    return str(dict(choices.choices).get(value, value))
