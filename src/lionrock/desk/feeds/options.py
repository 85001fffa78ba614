"""What each carrier needs to be told beside address and account, as fields of a feed's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lionrock.core.feeds import Carrier
from lionrock.desk.feeds.services.secrets import Kind

LONGEST: Final = 1000
WORDS: Final = RegexValidator(r"^[^\x00-\x1f\x7f]*$")
SECURE: Final = RegexValidator(r"^https://\S+$", _("An address that begins with https://"))
PREFIX: Final = "option-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of a carrier's options: what it is called, what may be said, what it looks like."""

    name: str
    label: Any  # Any: text that is translated when it is shown
    form: Literal["text", "days", "address", "choice"] = "text"
    choices: tuple[tuple[str, Any], ...] = ()  # Any: as above
    hint: str = ""
    """An example, shown while nothing is typed."""

    def field(self) -> forms.Field:
        """Return the form's field."""
        match self.form:
            case "choice":
                return forms.ChoiceField(label=self.label, choices=self.choices, required=False)
            case "days":
                return forms.IntegerField(
                    label=self.label, min_value=1, max_value=3650, required=False
                )
        field = forms.CharField(
            label=self.label,
            max_length=LONGEST,
            required=False,
            validators=[WORDS, *([SECURE] if self.form == "address" else [])],
        )
        field.widget.attrs |= {
            "placeholder": self.hint,
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        return field


OPTIONS: Final[Mapping[Carrier, tuple[Option, ...]]] = {
    Carrier.HTTP: (
        Option(name="header", label=_("Header that carries the key"), hint="Authorization"),
    ),
    Carrier.IMAP: (
        Option(name="folder", label=_("Mailbox folder"), hint="INBOX"),
        Option(name="move", label=_("Folder that kept mails are moved to")),
        Option(name="links", label=_("Hosts whose links in mails are followed")),
    ),
    Carrier.SHADOWSERVER: (
        Option(name="types", label=_("Report types (all when empty)"), hint="scan_telnet"),
        Option(name="reports", label=_("Report lists (all when empty)")),
        Option(name="days", label=_("Days to reach back at first"), form="days", hint="2"),
    ),
    Carrier.TAXII: (
        Option(name="collection", label=_("Collection, when the address is that of its root")),
    ),
    Carrier.MISP: (
        Option(
            name="search",
            label=_("What the address is"),
            form="choice",
            choices=(("", _("a feed’s folder")), ("yes", _("an instance to search"))),
        ),
        Option(name="tags", label=_("Tags to search for"), hint="tlp:green"),
        Option(name="days", label=_("Days to reach back at first"), form="days", hint="30"),
    ),
    Carrier.N6: (
        Option(name="organisation", label=_("Our identifier at this n6 (stream)")),
        Option(
            name="resource",
            label=_("Stream"),
            form="choice",
            choices=(
                ("", _("inside and threats")),
                ("inside", _("inside: about our networks")),
                ("threats", _("threats: about everybody")),
            ),
        ),
        Option(
            name="catch-up",
            label=_("REST address that fills gaps of the stream"),
            form="address",
            hint="https://n6api.cert.pl/report/inside.sjson",
        ),
    ),
}
"""Options that are left out here (a test server's, a broker's) are set by ``lionrock feeds set``."""

KINDS: Final[Mapping[Carrier, tuple[Kind, ...]]] = {
    Carrier.DROP: (),
    Carrier.PUSH: (),
    Carrier.HTTP: (Kind.PASSWORD, Kind.CERTIFICATE),
    Carrier.IMAP: (Kind.PASSWORD, Kind.PGP),
    Carrier.SHADOWSERVER: (Kind.PASSWORD,),
    Carrier.TAXII: (Kind.PASSWORD, Kind.CERTIFICATE),
    Carrier.MISP: (Kind.PASSWORD, Kind.CERTIFICATE),
    Carrier.N6: (Kind.PASSWORD, Kind.CERTIFICATE),
}
"""The secrets a carrier can use."""


def merged(
    kept: Mapping[str, str], said: Mapping[str, Any], *, before: Carrier, after: Carrier
) -> dict[str, str]:  # Any: cleaned values
    """Return a feed's options as the form leaves them.

    What no field of the form stands for stays. Options of a carrier that is left are forgotten.
    """
    known = {option.name for carrier in {before, after} for option in OPTIONS.get(carrier, ())}
    found = {name: value for name, value in kept.items() if name not in known}
    for option in OPTIONS.get(after, ()):
        value = said.get(PREFIX + option.name)
        if value not in (None, ""):
            found[option.name] = str(value)
    return found
