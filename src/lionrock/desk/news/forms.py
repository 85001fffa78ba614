"""Reads what people type to narrow the list of stories."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lionrock.desk.events.forms import NO_CONTROL
from lionrock.desk.news.selectors.stories import Filters


class NarrowForm(forms.Form):
    """What narrows the list. Every field may be missing; a wrong one is said and narrows nothing."""

    q = forms.RegexField(label=_("Search"), regex=NO_CONTROL, required=False, max_length=200)
    which = forms.ChoiceField(
        label=pgettext_lazy("which stories", "Which"),
        required=False,
        choices=[
            ("", _("what names something of the region")),
            ("exploited", _("what is exploited")),
            ("all", _("everything")),
            ("away", _("what was put away")),
        ],
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        fields: dict[str, Any] = self.fields  # Any: Django types fields without their widgets
        fields["q"].widget.input_type = "search"
        fields["q"].widget.attrs |= {"data-key": "/", "size": "28"}

    def filters(self) -> Filters:
        """Return what narrows the list."""
        self.is_valid()
        return Filters(
            search=(self.cleaned_data.get("q") or "").strip(),
            which=self.cleaned_data.get("which") or "matched",
        )

    def query(self) -> dict[str, str]:
        """Return what of it stands in an address."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def address(self, *, page: int) -> str:
        """Return the address of another page of the same list."""
        more = {"page": str(page)} if page > 1 else {}
        return "?" + urlencode({**self.query(), **more})
