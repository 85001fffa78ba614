"""Reads what people type on notices' pages into values that services understand."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lionrock.core.events import Severity
from lionrock.desk.events.words import CLASSES, KINDS, SEVERITIES
from lionrock.desk.notices.models import AnswerKind, Mailing, NoticeState
from lionrock.desk.notices.selectors.board import Filters

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTE_LENGTH: Final = 4000


class ListForm(forms.Form):
    """What narrows the list; a wrong value narrows nothing."""

    q = forms.CharField(label=_("Ticket"), required=False, max_length=30)
    kind = forms.ChoiceField(label=_("About"), required=False)
    severity = forms.ChoiceField(label=_("Severity"), required=False)
    constituent = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        required=False,
        choices=[*NoticeState.choices, ("all", _("all"))],
        widget=forms.HiddenInput,
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s", label_suffix="")
        by_class = [
            (
                str(title),
                [(code, words) for code, words in KINDS.items() if code.startswith(f"{name}.")],
            )
            for name, title in CLASSES.items()
        ]
        kinds: Any = self.fields["kind"]  # Any: Django types fields without their choices
        kinds.choices = [("", _("everything")), ("digest", _("digests")), *by_class]
        severity: Any = self.fields["severity"]  # Any: as above
        severity.choices = [
            ("", _("every severity")),
            *((s.value, SEVERITIES[s.value]) for s in Severity),
        ]
        self.fields["q"].widget.attrs |= {"type": "search", "data-key": "/", "size": "18"}

    def filters(self) -> Filters:
        """Return what the fields that could be read ask for."""
        self.is_valid()
        asked = self.cleaned_data
        search = (asked.get("q") or "").strip().upper()
        return Filters(
            state=asked.get("state") or ("all" if search else NoticeState.WAITING),
            kind=asked.get("kind") or "",
            severity=asked.get("severity") or "",
            constituent=asked.get("constituent"),
            search=search,
        )

    def query(self) -> dict[str, str]:
        """Return the fields that narrow something, as they stand in an address."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class DecisionForm(forms.Form):
    """A decision about a notice, on the version that was seen."""

    version = forms.IntegerField(min_value=1)
    note = forms.CharField(required=False, max_length=NOTE_LENGTH)
    to = forms.CharField(required=False, max_length=254)
    do = forms.CharField(required=False, max_length=20)


class AnswerForm(forms.Form):
    """What an incoming mail means, or which ticket it belongs to."""

    version = forms.IntegerField(min_value=1, required=False)
    kind = forms.ChoiceField(
        required=False,
        choices=[
            (kind.value, kind.label)
            for kind in (
                AnswerKind.FIXED,
                AnswerKind.NOT_OURS,
                AnswerKind.WORKING,
                AnswerKind.HUMAN,
            )
        ],
    )
    ticket = forms.CharField(required=False, max_length=30)
    bounced = forms.BooleanField(required=False)

    def clean_ticket(self) -> str:
        """Accept a ticket number as people copy it."""
        typed: str = self.cleaned_data["ticket"].strip().strip("[]").upper()
        return typed


class SettingsForm(forms.Form):
    """One of the forms on the page of mail settings; their fields' ids begin each with its own word."""

    word = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("auto_id", f"{self.word}-%s")
        super().__init__(*args, **kwargs)


class ServerForm(SettingsForm):
    """A mail server, and an account there."""

    field_order = ("host", "port", "security")

    port = forms.IntegerField(
        label=pgettext_lazy("of a server", "Port"), min_value=1, max_value=65535
    )
    account = forms.CharField(
        label=_("Account"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        required=False,
        strip=False,
        help_text=_("It is never shown again. Empty: it stays as it is."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def _host(label: "_StrPromise", help_text: "_StrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=253,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class MailingForm(ServerForm):
    """Through which server letters leave."""

    word = "smtp"

    host = _host(
        _("SMTP server"),
        _("Empty: letters go to the local catch-all, and nothing leaves this machine."),
    )
    security = forms.ChoiceField(
        label=_("Encryption"), choices=list(Mailing._meta.get_field("security").choices or [])
    )
    sender = forms.EmailField(
        label=_("Sender address"),
        required=False,
        help_text=_("Answers and bounces come back to it."),
    )
    sender_name = forms.CharField(label=_("Sender name"), max_length=200, required=False)
    plus = forms.BooleanField(
        label=_("The sender’s mailbox takes plus-addressing"),
        required=False,
        help_text=_(
            "Then every letter leaves with a return address of its own (name+…@), and each bounce "
            "finds its letter. Only where mail to name+anything@ arrives in the mailbox for answers."
        ),
    )


class RepliesForm(ServerForm):
    """In which mailbox answers are read."""

    word = "imap"

    host = _host(_("IMAP server for answers"), _("Empty: answers are not read."))
    folder = forms.CharField(label=_("Folder"), max_length=200)


class ScansForm(SettingsForm):
    """When a silence counts as a fix."""

    word = "fix"

    scans = forms.IntegerField(
        label=_("Complete scans in a row that must miss a problem"),
        min_value=1,
        max_value=30,
        help_text=_(
            "Then it counts as fixed. What was seen in passing never does by silence alone."
        ),
    )


class ProbingForm(SettingsForm):
    """Whether we look ourselves, and when that counts as a fix."""

    word = "looks"

    enabled = forms.BooleanField(
        label=_("Look at told services ourselves"),
        required=False,
        help_text=_(
            "One connection a day to each port or page that somebody was told of, in our region alone. "
            "Nothing is logged in to and nothing is sent but the question for a page’s status."
        ),
    )
    attempts = forms.IntegerField(
        label=_("Looks in a row that must find the port refusing, or nothing answering"),
        min_value=2,
        max_value=30,
    )
    days = forms.IntegerField(label=_("On how many different days"), min_value=2, max_value=30)
