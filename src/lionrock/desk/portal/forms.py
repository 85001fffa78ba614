"""Reads what a constituent's people type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lionrock.desk.notices.models import AnswerKind


class AnswerForm(forms.Form):
    """An answer to a notice, about all of it or some of its episodes."""

    version = forms.IntegerField(min_value=1)
    kind = forms.ChoiceField(
        choices=[
            (AnswerKind.FIXED.value, _("fixed")),
            (AnswerKind.NOT_OURS.value, _("not ours")),
            (AnswerKind.WORKING.value, _("working on it")),
        ]
    )
    text = forms.CharField(required=False, max_length=4000)


class ProposalForm(forms.Form):
    """A change of contacts that one proposes."""

    text = forms.CharField(
        label=_("What should change?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example a new address of your abuse desk, or a PGP key."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to Django's form
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
