"""Reads what people type on the pages of feeds and deliveries, strictly."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Carrier
from lionrock.core.tlp import Tlp
from lionrock.desk.events.words import CARRIERS
from lionrock.desk.feeds.models import BlobState
from lionrock.desk.feeds.options import KINDS, OPTIONS, PREFIX, merged
from lionrock.desk.feeds.selectors.deliveries import Narrowed
from lionrock.desk.feeds.selectors.health import FeedRow
from lionrock.desk.feeds.services.secrets import LONGEST, Kind
from lionrock.net import certificate, pgp

NO_CONTROL: Final = r"^[^\x00-\x1f\x7f]*$"

EVERY: Final = (
    (300, _("5 minutes")),
    (900, _("15 minutes")),
    (3600, _("hour")),
    (6 * 3600, _("6 hours")),
    (12 * 3600, _("12 hours")),
    (86400, _("day")),
    (7 * 86400, _("week")),
    (30 * 86400, _("30 days")),
)
"""What an administrator may expect; another interval that is already set stays on offer."""

NEVER: Final = 0
"""No delivery is expected, no silence means anything."""


SECRETS: Final = {
    Kind.PASSWORD: ("secret", "forget_secret"),
    Kind.CERTIFICATE: ("certificate", "forget_certificate"),
    Kind.PGP: ("pgp", "forget_pgp"),
}
"""Each kind of secret with its fields: to give it, and to have it forgotten."""


class Unseen(forms.Textarea):
    """Takes what is pasted and never shows it, not even after a mistake in another field."""

    def format_value(self, value: Any) -> str | None:  # Any: as its base says
        """Show nothing."""
        del value
        return None


class SettingsForm(forms.Form):
    """How the team runs a feed. Empty means: as the feed says."""

    enabled = forms.BooleanField(label=_("Collect it"), required=False)
    carrier = forms.ChoiceField(label=_("How it comes"), required=False)
    address = forms.RegexField(
        label=_("Address"), regex=NO_CONTROL, required=False, max_length=2000, strip=True
    )
    account = forms.RegexField(
        label=_("Account"), regex=NO_CONTROL, required=False, max_length=200, strip=True
    )
    secret = forms.CharField(
        label=_("Password or key"),
        required=False,
        max_length=10_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    forget_secret = forms.BooleanField(label=_("Forget the password or key"), required=False)
    certificate = forms.CharField(
        label=_("Client certificate with its private key (PEM)"),
        required=False,
        max_length=LONGEST,
        widget=Unseen(attrs={"rows": 3}),
    )
    forget_certificate = forms.BooleanField(label=_("Forget the certificate"), required=False)
    pgp = forms.CharField(
        label=_("Private PGP key that mails are encrypted to"),
        required=False,
        max_length=LONGEST,
        widget=Unseen(attrs={"rows": 3}),
    )
    forget_pgp = forms.BooleanField(label=_("Forget the PGP key"), required=False)
    every = forms.TypedChoiceField(
        label=_("A delivery is expected every"), required=False, coerce=int, empty_value=None
    )
    tlp = forms.ChoiceField(label=_("TLP label"), required=False)
    outside = forms.ChoiceField(
        label=_("Events outside the region"),
        choices=[
            ("drop", _("count and drop")),
            ("pass", _("count, and pass on to partners by rule")),
        ],
        help_text=_("Choose passing on only where the source’s conditions allow it."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, row: FeedRow, has: Collection[Kind]
    ) -> None:
        source, feed = row.source, row.feed
        super().__init__(
            data,
            auto_id="feed-%s",
            label_suffix="",
            initial={
                "enabled": source.enabled,
                "carrier": source.carrier,
                "address": source.address,
                "account": source.account,
                "every": "" if source.every_seconds is None else source.every_seconds,
                "tlp": source.tlp,
                "outside": source.outside or "drop",
                **{PREFIX + name: value for name, value in source.options.items()},
            },
        )
        self.row = row
        self.chosen = _carrier(data, row)
        for option in OPTIONS.get(self.chosen, ()):
            self.fields[PREFIX + option.name] = option.field()
        for kind, (name, forget) in SECRETS.items():
            if kind in has:
                self.fields[name].widget.attrs["placeholder"] = _("one is kept")
            else:
                del self.fields[forget]
            if kind not in has and kind not in KINDS[self.chosen]:
                del self.fields[name]
        self.order_fields(
            [
                *("enabled", "carrier", "address", "account"),
                *(name for name in self.fields if name.startswith(PREFIX)),
            ]
        )
        fields: dict[str, Any] = self.fields  # Any: Django types fields without their choices
        default_carrier = CARRIERS[feed.carrier] if feed else ""
        fields["carrier"].choices = [
            ("", _("as the feed says: %(what)s") % {"what": default_carrier}),
            *((carrier.value, CARRIERS[carrier]) for carrier in Carrier),
        ]
        fields["tlp"].choices = [
            ("", _("as the feed says: %(what)s") % {"what": feed.tlp if feed else ""}),
            *((label.value, label.value) for label in Tlp),
        ]
        fields["every"].choices = _intervals(source.every_seconds)
        self.fields["address"].widget.attrs |= {
            "placeholder": feed.address if feed else "",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def clean_certificate(self) -> str:
        """A certificate that cannot be used is told now, not by tonight's failure."""
        return _checked(self.cleaned_data["certificate"], certificate.check)

    def clean_pgp(self) -> str:
        """So is a key."""
        return _checked(self.cleaned_data["pgp"], pgp.check_key)

    def secrets(self) -> Iterator[tuple[Kind, bytes | None]]:
        """Yield what is to be kept, and ``None`` for what is to be forgotten."""
        for kind, (name, forget) in SECRETS.items():
            if value := self.cleaned_data.get(name):
                yield kind, value.encode()
            elif self.cleaned_data.get(forget):
                yield kind, None

    def options(self) -> dict[str, str]:
        """Return the feed's options as they are now to be."""
        before = Carrier(self.row.carrier)
        return merged(self.row.source.options, self.cleaned_data, before=before, after=self.chosen)


class UploadForm(forms.Form):
    """A delivery handed over by hand."""

    file = forms.FileField(label=_("File"), max_length=300, allow_empty_file=True)


class MuteForm(forms.Form):
    """For how long a feed's alarm stays quiet; 0 lets it ring again."""

    days = forms.TypedChoiceField(coerce=int, choices=[(1, "1"), (7, "7"), (30, "30"), (0, "0")])


class DeliveriesForm(forms.Form):
    """What narrows the list of deliveries; a wrong field narrows nothing."""

    feed = forms.ChoiceField(label=_("Feed"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *BlobState.choices]
    )
    rejects = forms.BooleanField(label=_("With rejects"), required=False)

    def __init__(self, data: QueryDict, *, feeds: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        fields: dict[str, Any] = self.fields  # Any: as above
        fields["feed"].choices = [("", _("any")), *feeds]

    def narrowed(self) -> Narrowed:
        """Return what the fields that could be read ask for."""
        self.is_valid()
        asked = self.cleaned_data
        return Narrowed(
            feed=asked.get("feed") or "",
            state=asked.get("state") or "",
            rejects=bool(asked.get("rejects")),
        )

    def query(self) -> dict[str, str]:
        """Return the fields that narrow something, as they stand in an address."""
        self.is_valid()
        return {
            name: "on" if value is True else str(value)
            for name, value in self.cleaned_data.items()
            if value not in ("", None, False)
        }


class ReplayForm(forms.Form):
    """Which deliveries are read again: one, or those of some days."""

    blob = forms.IntegerField(label=_("Delivery"), required=False, min_value=1, max_value=2**63 - 1)
    since = forms.DateField(label=_("Received from"), required=False)
    until = forms.DateField(label=_("Received to (inclusive)"), required=False)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data, auto_id="replay-%s", label_suffix="")
        fields: dict[str, Any] = self.fields  # Any: as above
        for name in ("since", "until"):
            fields[name].widget.input_type = "date"


def _carrier(data: QueryDict | None, row: FeedRow) -> Carrier:
    """Return the carrier whose options the form is about: the one chosen, else the one in effect."""
    if data is None:
        return Carrier(row.carrier)
    default = row.feed.carrier if row.feed else Carrier.DROP
    chosen = data.get("carrier", "")
    return Carrier(chosen) if chosen in set(Carrier) else default


def _checked(value: str, check: Callable[[bytes], object]) -> str:
    if value:
        try:
            check(value.encode())
        except GiveUp as error:
            raise forms.ValidationError(str(error)) from error
    return value


def _intervals(kept: int | None) -> list[tuple[object, object]]:
    offered: list[tuple[object, object]] = [("", _("as the feed says")), *EVERY]
    if kept and kept not in dict(EVERY):
        offered.append((kept, _("%(n)d seconds") % {"n": kept}))
    return [*offered, (NEVER, _("never: whenever something happens"))]
