"""Reads what people type to narrow events and episodes, strictly, and what they decide about one."""

import ipaddress
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.core.events import Severity
from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Standing
from lionrock.desk.events.selectors.filters import Filters
from lionrock.desk.events.words import CLASSES, KINDS, SEVERITIES
from lionrock.desk.suspects.widgets import LongSelect

WHENS: Final[dict[str, tuple[Promise, timedelta]]] = {
    "day": (_("24 hours"), timedelta(days=1)),
    "week": (_("7 days"), timedelta(days=7)),
    "month": (_("30 days"), timedelta(days=30)),
    "quarter": (_("90 days"), timedelta(days=90)),
}
"""The quick choices of time."""

NO_CONTROL: Final = r"^[^\x00-\x1f\x7f]*$"
NOTE_LENGTH: Final = 4000
_PLAIN: Final = (("[.]", "."), ("(.)", "."), ("[:]", ":"), ("hxxp", "http"))


class NarrowForm(forms.Form):
    """What narrows a list. Every field may be missing; a wrong one is said and narrows nothing."""

    q = forms.RegexField(label=_("Search"), regex=NO_CONTROL, required=False, max_length=500)
    when = forms.ChoiceField(
        label=_("Seen in the last"),
        required=False,
        choices=[("", _("any time")), *((key, words) for key, (words, _span) in WHENS.items())],
    )
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To (inclusive)"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=LongSelect)
    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("any")), *((s.value, SEVERITIES[s]) for s in Severity)],
    )
    standing = forms.ChoiceField(
        label=_("Standing"), required=False, choices=[("", _("any")), *Standing.choices]
    )
    opened = forms.BooleanField(label=_("New today"), required=False)
    feed = forms.ChoiceField(label=_("Feed"), required=False, widget=LongSelect)
    constituent = forms.TypedChoiceField(
        label=_("Constituent"), required=False, widget=LongSelect, coerce=int, empty_value=None
    )
    asn = forms.RegexField(
        label=_("ASN"), regex=r"^\s*([aA][sS])?[0-9]{1,10}\s*$", required=False, max_length=20
    )
    country = forms.RegexField(
        label=_("Country"), regex=r"^\s*[A-Za-z]{2}\s*$", required=False, max_length=4
    )

    def __init__(
        self,
        data: QueryDict,
        *,
        feeds: Iterable[tuple[str, str]],
        constituents: Iterable[tuple[int, str]],
        standing: bool,
    ) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        fields: dict[str, Any] = self.fields  # Any: Django types fields without their choices
        if not standing:
            del fields["standing"], fields["opened"]
        fields["kind"].choices = [("", _("any")), *_kinds()]
        fields["feed"].choices = [("", _("any")), *feeds]
        fields["constituent"].choices = [("", _("any")), *constituents]
        fields["q"].widget.input_type = "search"
        fields["q"].widget.attrs |= {"data-key": "/", "size": "28"}
        for name in ("since", "until"):
            fields[name].widget.input_type = "date"
        for name, size in (("asn", "8"), ("country", "3")):
            fields[name].widget.attrs |= {"size": size, "autocapitalize": "none"}

    def clean_q(self) -> str:
        """Accept what people paste: defanged, a URL, an ASN is left to its own field."""
        typed: str = self.cleaned_data["q"].strip()
        for written, meant in _PLAIN:
            typed = typed.replace(written, meant)
        return " ".join(_searched(word) for word in typed.split())

    def clean_asn(self) -> str:
        """Accept the number with or without ``AS``."""
        typed: str = self.cleaned_data["asn"].strip().lower().removeprefix("as")
        if typed and int(typed) >= 2**32:
            raise forms.ValidationError(_("This is no ASN."))
        return typed

    def clean_country(self) -> str:
        """Accept small letters."""
        typed: str = self.cleaned_data["country"]
        return typed.strip().upper()

    def filters(self, *, now: datetime) -> Filters:
        """Return what the fields that could be read ask for; days are the region's."""
        self.is_valid()
        asked = self.cleaned_data
        since = before = None
        if span := WHENS.get(asked.get("when") or ""):
            since = now - span[1]
        if day := asked.get("since"):
            since = _midnight(day)
        if (day := asked.get("until")) and day.year < 9999:
            before = _midnight(day + timedelta(days=1))
        return Filters(
            since=since,
            before=before,
            kind=asked.get("kind") or "",
            feed=asked.get("feed") or "",
            asn=int(asked["asn"]) if asked.get("asn") else None,
            constituent=asked.get("constituent"),
            country=asked.get("country") or "",
            severity=asked.get("severity") or "",
            text=asked.get("q") or "",
            standing=asked.get("standing") or "",
            opened=_midnight(timezone.localtime(now).date()) if asked.get("opened") else None,
        )

    def query(self) -> dict[str, str]:
        """Return the fields that narrow something, as they stand in an address."""
        self.is_valid()
        return {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if value not in ("", None, False)
        }


class StandForm(forms.Form):
    """What a person says of an episode, and why."""

    standing = forms.ChoiceField(
        choices=[(s.value, s.label) for s in (Standing.FIXED, Standing.NOT_OURS, Standing.OPEN)]
    )
    seen = forms.ChoiceField(choices=Standing.choices)
    """Where the page said it stood."""
    note = forms.CharField(label=_("Note"), required=False, max_length=NOTE_LENGTH)


def _midnight(day: date) -> datetime:
    """Return when the day begins in the region."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _kinds() -> list[tuple[object, object]]:
    """Return classes, each a group of itself and its types."""
    return [
        (
            title,
            [
                (name, _("all of “%(class)s”") % {"class": title}),
                *((r.value, KINDS[r]) for r in Rsit if r.classification == name),
            ],
        )
        for name, title in CLASSES.items()
    ]


def _searched(word: str) -> str:
    """Return a word as it is looked for: a URL's host and path as stored, hosts in small letters."""
    if "://" in word:
        try:
            parts = urlsplit(word)
        except ValueError:
            return word.lower()
        rest = f"{parts.path}{'?' + parts.query if parts.query else ''}"
        return f"{parts.scheme.lower()}://{parts.netloc.lower()}{rest}"
    try:
        return str(ipaddress.ip_network(word, strict=False)) if "/" in word else word.lower()
    except ValueError:
        return word.lower()
