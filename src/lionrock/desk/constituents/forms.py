"""Reads what people type on constituents' pages into values that services understand."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lionrock.core.events import Severity
from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import (
    AssetKind,
    Constituent,
    ConstituentKind,
    ContactRole,
    Format,
    Frequency,
    Mode,
    Rule,
)
from lionrock.desk.constituents.selectors.listing import Filters
from lionrock.desk.constituents.services.constituents import Identity, Wishes
from lionrock.desk.constituents.services.contacts import Card
from lionrock.desk.constituents.services.passing import PassingOrder, countries_of
from lionrock.desk.constituents.services.rules import Order
from lionrock.desk.events.words import CLASSES, KINDS, SEVERITIES
from lionrock.desk.notices.selectors.fixing import Since
from lionrock.desk.suspects.brands import current
from lionrock.feeds import catalogue

LANGUAGES: Final = (("en", _("English")), ("zh-hant", _("Traditional Chinese")))


class ListForm(forms.Form):
    """What narrows the list; a wrong value narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=253)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    mode = forms.ChoiceField(label=_("Letters leave"), required=False)
    critical = forms.BooleanField(label=_("Critical infrastructure"), required=False)
    resting = forms.BooleanField(label=_("Also those no longer told"), required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        _offer(self, "kind", [("", _("every kind")), *ConstituentKind.choices])
        _offer(self, "sector", [("", _("every sector")), *sectors()])
        _offer(self, "mode", [("", _("either way")), *Mode.choices])
        self.fields["q"].widget.attrs |= {"type": "search", "data-key": "/", "size": "28"}

    def filters(self) -> Filters:
        """Return what the fields that could be read ask for."""
        self.is_valid()
        asked = self.cleaned_data
        return Filters(
            search=asked.get("q") or "",
            kind=asked.get("kind") or "",
            sector=asked.get("sector") or "",
            mode=asked.get("mode") or "",
            critical=bool(asked.get("critical")),
            resting=bool(asked.get("resting")),
        )

    def query(self) -> dict[str, str]:
        """Return the fields that narrow something, as they stand in an address."""
        self.is_valid()
        return {
            name: "on" if value is True else str(value)
            for name, value in self.cleaned_data.items()
            if value not in ("", None, False)
        }


class IdentityForm(forms.Form):
    """Who a constituent is."""

    name = forms.CharField(label=_("Name"), max_length=200)
    name_local = forms.CharField(label=_("Name in Chinese"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ConstituentKind.choices,
        help_text=_("Decides who is told when nobody answers: after a customer, its provider."),
    )
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    critical = forms.BooleanField(label=_("Critical infrastructure"), required=False)
    upstream = forms.ModelChoiceField(
        label=_("Its provider (upstream)"),
        queryset=Constituent.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    ceiling = forms.ChoiceField(
        label=_("TLP ceiling"),
        choices=Constituent._meta.get_field("ceiling").choices or (),
        initial=Tlp.GREEN.value,
        required=False,
        help_text=_("Of partners alone: nothing under a narrower label is passed on to them."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        _offer(self, "sector", [("", _("none")), *sectors()])
        upstream: Any = self.fields["upstream"]  # Any: Django types it without its queryset
        upstream.queryset = Constituent.objects.filter(active=True).order_by("name")

    def identity(self) -> Identity:
        """Return who it is."""
        said = self.cleaned_data
        return Identity(
            name=said["name"],
            name_local=said["name_local"],
            kind=ConstituentKind(said["kind"]),
            sector=said["sector"],
            critical=said["critical"],
            upstream_id=said["upstream"].pk if said["upstream"] else None,
            note=said["note"],
            ceiling=Tlp(said["ceiling"] or Tlp.GREEN),
        )


class WishesForm(forms.Form):
    """How a constituent wants to be told; it may set this for itself."""

    language = forms.ChoiceField(label=_("Language of letters"), choices=LANGUAGES)
    format = forms.ChoiceField(
        label=_("A letter carries"),
        choices=Format.choices,
        help_text=_("CSV opens in a spreadsheet; X-ARF is for programs that read abuse reports."),
    )
    frequency = forms.ChoiceField(
        label=_("What is not critical comes"),
        choices=Frequency.choices,
        help_text=_("What is critical is always told at once."),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("A digest leaves from"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def wishes(self, *, per_hour: int) -> Wishes:
        """Return how it wants to be told."""
        said = self.cleaned_data
        return Wishes(
            language=said["language"],
            format=Format(said["format"]),
            frequency=Frequency(said["frequency"]),
            digest_hour=said["digest_hour"],
            per_hour=said.get("per_hour") or per_hour,
        )


class TeamWishesForm(WishesForm):
    """What the team sets beside it."""

    per_hour = forms.IntegerField(
        label=_("Letters an hour at most"),
        min_value=1,
        max_value=1000,
        help_text=_("To each of its addresses."),
    )


class FixingForm(forms.Form):
    """Of which problems, and from when on, the time to fix is asked for."""

    kind = forms.ChoiceField(label=_("Problem"), required=False)
    since = forms.ChoiceField(
        label=_("The time runs from"),
        required=False,
        choices=[
            (Since.SEEN.value, _("when it was first seen")),
            (Since.TOLD.value, _("the last letter")),
        ],
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="fixing-%s", label_suffix="")
        _offer(self, "kind", problems())


class HoldingsForm(forms.Form):
    """Assets of one kind, several at once."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AssetKind.choices)
    written = forms.CharField(
        label=_("Networks, ASNs or domains"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One per line: 192.0.2.0/24, 2001:db8::/32, AS64496, example.org"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "holding-%s")
        super().__init__(*args, **kwargs)


class ContactForm(forms.Form):
    """One contact."""

    role = forms.ChoiceField(label=_("What for"), choices=ContactRole.choices)
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"size": 30})
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("as the constituent")), *LANGUAGES], required=False
    )
    pgp_key = forms.CharField(
        label=_("PGP public key"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono"}),
        help_text=_("Letters are encrypted to it. It begins with “BEGIN PGP PUBLIC KEY BLOCK”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def card(self) -> Card:
        """Return what was written."""
        said = self.cleaned_data
        return Card(
            email=said["email"],
            role=ContactRole(said["role"]),
            name=said["name"],
            phone=said["phone"],
            language=said["language"],
            pgp_key=said["pgp_key"],
        )


class InviteForm(forms.Form):
    """Somebody who is to sign in for a constituent."""

    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"size": 30})
    )
    name = forms.CharField(label=_("Name"), max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", "invite-%s")
        super().__init__(*args, **kwargs)


class ImportForm(forms.Form):
    """A table of constituents."""

    table = forms.FileField(
        label=_("Table (CSV)"),
        allow_empty_file=True,
        help_text=_("UTF-8, as spreadsheets save it; the first line names the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class WhoForm(forms.Form):
    """An asset of which one wants to know who would be told."""

    asset = forms.CharField(
        label=_("Address, network, ASN, host or URL"),
        max_length=2048,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "data-key": "/"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class PassingForm(forms.Form):
    """Which events outside the region a partner gets."""

    title = forms.CharField(label=_("What it is for"), max_length=200)
    partner = forms.ModelChoiceField(
        label=_("Partner"), queryset=Constituent.objects.none(), empty_label=None
    )
    countries = forms.CharField(
        label=_("Where the asset is"),
        max_length=600,
        required=False,
        help_text=_("Two-letter country codes, as TW JP; empty for every country but ours."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label=_("Problem"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    feed = forms.ChoiceField(
        label=_("Source"),
        required=False,
        help_text=_(
            "Only sources whose setting says that what is outside the region is passed on."
        ),
    )
    active = forms.BooleanField(label=_("In force"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        partner: Any = self.fields["partner"]  # Any: Django types it without its queryset
        partner.queryset = Constituent.objects.filter(
            active=True, kind=ConstituentKind.PARTNER
        ).order_by("name")
        _offer(self, "kind", problems())
        _offer(
            self,
            "severity",
            [("", _("every severity")), *((s.value, SEVERITIES[s.value]) for s in Severity)],
        )
        feeds = sorted(catalogue().values(), key=lambda feed: feed.title.lower())
        _offer(self, "feed", [("", _("every source")), *((f.id, f.title) for f in feeds)])

    def clean_countries(self) -> str:
        """Read the codes."""
        try:
            return countries_of(self.cleaned_data["countries"])
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(value)s” is no two-letter country code."), params={"value": str(error)}
            ) from error

    def said(self) -> PassingOrder:
        """Return what the rule says."""
        said = self.cleaned_data
        return PassingOrder(
            title=said["title"],
            active=said["active"],
            partner_id=said["partner"].pk,
            countries=said["countries"],
            kind=said["kind"],
            severity=said["severity"],
            feed=said["feed"],
        )


class RuleForm(forms.Form):
    """One rule of telling."""

    title = forms.CharField(label=_("What it is for"), max_length=200)
    kind = forms.ChoiceField(label=_("Problem"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    feed = forms.ChoiceField(label=_("Source"), required=False)
    constituent = forms.ModelChoiceField(
        label=_("Constituent"),
        queryset=Constituent.objects.none(),
        required=False,
        empty_label=_("everybody"),
    )
    critical_only = forms.BooleanField(label=_("Critical infrastructure alone"), required=False)
    when = forms.ChoiceField(label=_("It is told"), choices=[])
    escalate_days = forms.IntegerField(
        label=_("The next one is told after (days)"),
        min_value=1,
        max_value=365,
        initial=7,
        help_text=_("Without a fix or an answer."),
    )
    order = forms.IntegerField(
        label=_("Place"),
        min_value=0,
        max_value=100_000,
        initial=100,
        help_text=_("The rule with the lowest place that matches wins."),
    )
    active = forms.BooleanField(label=_("In force"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        _offer(self, "kind", problems())
        _offer(
            self,
            "severity",
            [("", _("every severity")), *((s.value, SEVERITIES[s.value]) for s in Severity)],
        )
        feeds = sorted(catalogue().values(), key=lambda feed: feed.title.lower())
        _offer(self, "feed", [("", _("every source")), *((f.id, f.title) for f in feeds)])
        _offer(self, "when", list(Rule._meta.get_field("when").choices or []))
        constituent: Any = self.fields["constituent"]  # Any: Django types it without its queryset
        constituent.queryset = Constituent.objects.filter(active=True).order_by("name")

    def said(self) -> Order:
        """Return what the rule says."""
        said = self.cleaned_data
        return Order(
            title=said["title"],
            order=said["order"],
            active=said["active"],
            kind=said["kind"],
            severity=said["severity"],
            feed=said["feed"],
            constituent_id=said["constituent"].pk if said["constituent"] else None,
            critical_only=said["critical_only"],
            when=said["when"],
            escalate_days=said["escalate_days"],
        )


def sectors() -> list[tuple[str, Any]]:  # Any: a choice's words
    """Return the region's sectors in the reader's language and order."""
    book = current()
    named = [(sector, book.sector_name(sector)) for sector in book.region.sectors]
    return sorted(named, key=lambda choice: choice[1].lower())


def problems() -> list[tuple[str, Any]]:  # Any: a choice or a group of them
    """Return the taxonomy as choices: each class, and its types."""
    grouped: list[tuple[str, Any]] = [("", _("every problem"))]  # Any: as above
    for name, title in CLASSES.items():
        types = [(code, words) for code, words in KINDS.items() if code.startswith(f"{name}.")]
        grouped.append((str(title), [(name, _("all of “%(class)s”") % {"class": title}), *types]))
    return grouped


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:  # Any: choices and groups
    field: Any = form.fields[name]  # Any: Django types fields without their choices
    field.choices = choices
