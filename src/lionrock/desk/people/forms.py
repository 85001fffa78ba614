"""What people's pages ask for."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TITLES, Role
from lionrock.desk.people.tokens import MAY_USE, SCOPES, Scope


class RolesField(forms.TypedMultipleChoiceField):
    """Roles as a row of boxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:  # Any: passed on to Django's field
        kwargs.setdefault("label", _("Roles"))
        super().__init__(
            choices=[(role.value, title) for role, title in TITLES.items()],
            coerce=Role,
            **kwargs,
        )


class Invitation(forms.Form):
    """Somebody new."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    roles = RolesField()


class Roles(forms.Form):
    """What somebody may do."""

    roles = RolesField(required=False)


class Profile(forms.Form):
    """What everybody may change about themselves."""

    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)


class Welcome(forms.Form):
    """The first password, or the next one after it was forgotten."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters, and not a common password."),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:  # Any: Django's form
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """Refuse what is easily guessed."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:  # Any: Django's cleaned data
        """Refuse two different passwords."""
        data = super().clean() or {}
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", ValidationError(_("The two passwords differ.")))
        return data


class WelcomeByPasskey(forms.Form):
    """The first sign-in of somebody who wants a passkey and no password."""

    name = forms.CharField(label=_("Your name"), max_length=150)


class NewToken(forms.Form):
    """A token to be made."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        help_text=_("For example the program or the machine that will use it."),
    )
    scopes = forms.TypedMultipleChoiceField(
        label=_("It may"),
        coerce=Scope,
        choices=[(scope.value, title) for scope, title in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("It works for"),
        coerce=lambda days: timedelta(days=int(days)),
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("one year"))],
        initial="90",
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:  # Any: Django's form
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]  # Any: Django types fields without their choices
        scopes.choices = [
            (scope.value, title)
            for scope, title in SCOPES.items()
            if person.has_role(*MAY_USE[scope])
        ]
