"""Reads what people type on the queue's pages, strictly, into values that services understand."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lionrock.desk.people.models import Person
from lionrock.desk.suspects.brands import BrandBook
from lionrock.desk.suspects.models import Dismissal, Reading, State, Tlp
from lionrock.desk.suspects.selectors.queue import Filters, Position, brands_of
from lionrock.desk.suspects.widgets import LongSelect

AGES: Final = (
    ("", _("any time")),
    ("1", _("in the last day")),
    ("7", _("in the last week")),
    ("30", _("in the last month")),
    ("-7", _("more than a week ago")),
    ("-30", _("more than a month ago")),
)
NOTE_LENGTH: Final = 4000


class BrandField(forms.ChoiceField):
    """A brand of the region pack; offered are fewer, for most brands nobody imitates today."""

    widget = LongSelect
    known: Iterable[str] = ()

    def valid_value(self, value: str) -> bool:
        """Accept every brand of the pack: a link may name one that no name imitates any more."""
        return value in self.known


class QueueForm(forms.Form):
    """What narrows the list. Every field may be missing; a wrong one is said and narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=253)
    brand = BrandField(label=_("Brand"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    tld = forms.CharField(label=_("Ending"), required=False, max_length=64)
    age = forms.ChoiceField(label=_("First read"), required=False, choices=AGES)
    least = forms.FloatField(label=_("Score from"), required=False, min_value=0, max_value=1)
    most = forms.FloatField(label=_("Score to"), required=False, min_value=0, max_value=1)
    mine = forms.BooleanField(label=_("Assigned to me"), required=False)

    def __init__(self, data: QueryDict, *, book: BrandBook, state: State = State.WAITING) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        fields: dict[str, Any] = self.fields  # Any: Django types fields without their choices
        chosen = data.get("brand", "")
        fields["brand"].known = book.by_id
        # Functions, because a suspect's page reads the form without ever showing it.
        fields["brand"].choices = lambda: _brands(book, {*brands_of(state), chosen})
        fields["sector"].choices = lambda: _sectors(book)
        fields["source"].choices = _sources
        self.fields["q"].widget.attrs |= {"type": "search", "data-key": "/", "size": "28"}
        self.fields["tld"].widget.attrs |= {"size": "8", "autocapitalize": "none"}
        for name in ("least", "most"):
            self.fields[name].widget.attrs |= {"step": "0.01", "inputmode": "decimal"}

    def clean_q(self) -> str:
        """Accept a name as people copy it: defanged, with a scheme, in capitals."""
        typed: str = self.cleaned_data["q"].strip().lower()
        for written, meant in (("[.]", "."), ("(.)", "."), ("hxxp", "http")):
            typed = typed.replace(written, meant)
        return typed.removeprefix("https://").removeprefix("http://").partition("/")[0]

    def clean_tld(self) -> str:
        """Accept the ending with or without its dot, and in international characters."""
        typed: str = self.cleaned_data["tld"].strip().lower().lstrip(".")
        if typed.isascii():
            return typed
        try:
            return "xn--" + typed.encode("punycode").decode("ascii")
        except UnicodeError:
            raise forms.ValidationError(_("This is no ending.")) from None

    def filters(self, *, state: State, person: Person, now: datetime) -> Filters:
        """Return what the fields that could be read ask for."""
        self.is_valid()
        asked = self.cleaned_data
        days = int(asked.get("age") or 0)
        bound = now - timedelta(days=abs(days))
        return Filters(
            state=state,
            brand=asked.get("brand") or "",
            sector=asked.get("sector") or "",
            source=asked.get("source") or "",
            tld=asked.get("tld") or "",
            search=asked.get("q") or "",
            min_score=asked.get("least"),
            max_score=asked.get("most"),
            read_since=bound if days > 0 else None,
            read_before=bound if days < 0 else None,
            assigned_to=person.pk if asked.get("mine") else None,
        )

    def query(self) -> dict[str, str]:
        """Return the fields that narrow something, as they stand in an address."""
        self.is_valid()
        return {
            name: "on" if value is True else str(value)
            for name, value in self.cleaned_data.items()
            if value not in ("", None, False)
        }


class NoteForm(forms.Form):
    """A note that goes with a decision; it may be empty."""

    note = forms.CharField(label=_("Note"), required=False, max_length=NOTE_LENGTH)


class CommentForm(forms.Form):
    """A comment; it may not be empty."""

    note = forms.CharField(
        label=_("Comment"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VersionForm(NoteForm):
    """The version of the suspect that the page showed."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class DismissForm(VersionForm):
    """A dismissal and why."""

    reason = forms.ChoiceField(label=_("Why"), choices=Dismissal.choices)


class AssignForm(VersionForm):
    """Whose work it becomes; nobody's when empty."""

    to = forms.ModelChoiceField(queryset=Person.objects.none(), required=False)

    def __init__(self, data: QueryDict, *, people: Iterable[Person]) -> None:
        super().__init__(data)
        ids = [person.pk for person in people]
        field: Any = self.fields["to"]  # Any: Django types the field without its queryset
        field.queryset = Person.objects.filter(pk__in=ids)


class TeamForm(forms.Form):
    """What the team sets for itself."""

    daily_budget = forms.IntegerField(
        label=_("Rows of the queue per day"),
        min_value=1,
        max_value=2000,
        help_text=_("A series counts as one row. What is beyond it waits under “All suspects”."),
    )
    export_tlp = forms.ChoiceField(
        label=_("Label of exports"),
        choices=Tlp.choices,
        help_text=_("The Traffic Light Protocol label that every exported file carries."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Between which rows a page begins."""

    after: Position | None
    before: Position | None


def read_pages(data: QueryDict) -> Pages:
    """Read ``after`` or ``before`` from an address; nonsense means the first page."""
    return Pages(after=_position(data.get("after", "")), before=_position(data.get("before", "")))


def _position(text: str) -> Position | None:
    score, _comma, number = text.partition(",")
    row = row_number(number)
    try:
        place = None if row is None else Position(score=float(score), id=row)
    except ValueError:
        return None
    return place if place is not None and math.isfinite(place.score) else None


def row_number(text: str) -> int | None:
    """Read a row's number or version from an address or a form; nonsense is ``None``.

    At most 18 digits: that is what a database takes, and ``int`` refuses thousands with an error.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _brands(
    book: BrandBook, present: set[str]
) -> list[tuple[str, Any]]:  # Any: a choice or a group of them
    by_sector: dict[str, list[tuple[str, str]]] = {}
    for brand in book.region.brands:
        if brand.id not in present:
            continue
        by_sector.setdefault(brand.sector, []).append((brand.id, book.name(brand.id)))
    groups = [
        (book.sector_name(sector), sorted(brands, key=lambda choice: choice[1].lower()))
        for sector, brands in by_sector.items()
    ]
    return [("", _("every brand")), *sorted(groups)]


def _sectors(book: BrandBook) -> list[tuple[str, Any]]:  # Any: a lazy translation among names
    named = [(sector, book.sector_name(sector)) for sector in book.region.sectors]
    return [("", _("every sector")), *sorted(named, key=lambda choice: choice[1].lower())]


def _sources() -> list[tuple[str, Any]]:  # Any: a lazy translation among names
    # Readings are few; the suspects themselves are many.
    sources = Reading.objects.values_list("source", flat=True).distinct().order_by("source")
    return [("", _("every source")), *((source, source) for source in sources)]
