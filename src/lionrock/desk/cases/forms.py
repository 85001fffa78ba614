"""Reads what people type to narrow the list of cases, and the table they hand in."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lionrock.desk.cases.selectors.listing import Filters
from lionrock.desk.cases.words import category_names, channel_names, sector_names
from lionrock.desk.events.forms import NO_CONTROL
from lionrock.desk.suspects.widgets import LongSelect


class ListForm(forms.Form):
    """What narrows the list. Every field may be missing; a wrong one is said and narrows nothing."""

    q = forms.RegexField(
        label=_("Reference or brand"), regex=NO_CONTROL, required=False, max_length=200
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False, widget=LongSelect)
    since = forms.DateField(label=_("Opened from"), required=False)
    until = forms.DateField(label=_("Opened until (inclusive)"), required=False)
    standing = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=[
            ("", _("any")),
            ("open", pgettext_lazy("a case", "open")),
            ("closed", pgettext_lazy("a case", "closed")),
        ],
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        fields: dict[str, Any] = self.fields  # Any: Django types fields without their choices
        names = (
            ("category", category_names()),
            ("channel", channel_names()),
            ("sector", sector_names()),
        )
        for name, choices in names:
            fields[name].choices = [("", _("any")), *choices.items()]
        fields["q"].widget.input_type = "search"
        fields["q"].widget.attrs |= {"data-key": "/", "size": "28"}
        for name in ("since", "until"):
            fields[name].widget.input_type = "date"

    def filters(self) -> Filters:
        """Return what narrows the list."""
        self.is_valid()
        said = self.cleaned_data
        return Filters(
            search=(said.get("q") or "").strip(),
            category=said.get("category") or "",
            channel=said.get("channel") or "",
            sector=said.get("sector") or "",
            since=said.get("since"),
            until=said.get("until"),
            standing=said.get("standing") or "",
        )

    def query(self) -> dict[str, str]:
        """Return what of it stands in an address."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class AsideForm(forms.Form):
    """Why a row will never be a case."""

    note = forms.RegexField(regex=NO_CONTROL, max_length=500, required=True, strip=True)
