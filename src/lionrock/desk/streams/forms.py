"""The forms of the streams' pages."""

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.core.streams import StreamKind

KINDS: Final[dict[StreamKind, Promise]] = {
    StreamKind.CT_LOG: _("certificate log"),
    StreamKind.CERTSTREAM: _("certstream"),
    StreamKind.AXFR: _("zone transfer"),
    StreamKind.CZDS: _("ICANN zone files"),
}
LONGEST_SECRET: Final = 4096


class AddForm(forms.Form):
    """A new stream."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Small letters, digits, dots and hyphens.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, words) for kind, words in KINDS.items()]
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_(
            "https:// for a log and for ICANN, wss:// for a certstream, dns:// for a name server."
        ),
    )
    account = forms.CharField(
        label=_("Account"), max_length=200, required=False, help_text=_("For ICANN alone.")
    )
    options = forms.CharField(
        label=_("Options"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One NAME=VALUE on each line. A log has key, protocol (tiles or rfc6962), submission, "
            "mmd, from (now, beginning or an index); a zone has zone, key-name, key-algorithm; "
            "ICANN has tlds."
        ),
    )

    def clean_options(self) -> dict[str, str]:
        """Return the options by name."""
        options = {}
        for line in self.cleaned_data["options"].splitlines():
            name, given, value = line.strip().partition("=")
            if not line.strip():
                continue
            if not given or not name.strip():
                raise forms.ValidationError(_("Each line is NAME=VALUE."))
            options[name.strip()] = value.strip()
        return options


class SecretForm(forms.Form):
    """A password or key; empty to forget it."""

    secret = forms.CharField(required=False, max_length=LONGEST_SECRET)
