"""Where allauth meets the product: nobody signs up, and what happens at the door is recorded."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lionrock.desk.audit.services import record
from lionrock.desk.people.language import remember_language
from lionrock.desk.people.models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """allauth calls these at the moments the audit log wants to know about."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an administrator adds people."""
        return False

    def authentication_failed(
        self, request: HttpRequest, **credentials: Any
    ) -> None:  # Any: allauth
        """Record a failed sign-in with the address that was tried."""
        tried = str(credentials.get("email", ""))[:254]
        record(
            by=None,
            action="sign-in.failed",
            subject=tried,
            details={"from": self.get_client_ip(request)},
            now=timezone.now(),
        )

    def post_login(
        self,
        request: HttpRequest,
        user: Person,
        **kwargs: Any,  # Any: allauth's own
    ) -> HttpResponse:
        """Record the sign-in, and show pages in the person's language from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        methods = request.session.get("account_authentication_methods", [])
        record(
            by=user,
            action="sign-in.done",
            subject=user.email,
            details={
                "from": self.get_client_ip(request),
                "by": [str(m.get("type") or m.get("method")) for m in methods],
            },
            now=timezone.now(),
        )
        remember_language(response, user.language)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Record who signs out before they are gone."""
        if isinstance(request.user, Person):
            who = Person.objects.get(pk=request.user.pk)
            record(
                by=who, action="sign-out.done", subject=who.email, details={}, now=timezone.now()
            )
        super().logout(request)

    def set_password(self, user: Person, password: str) -> None:
        """Record that a password was changed."""
        super().set_password(user, password)
        record(by=user, action="password.set", subject=user.email, details={}, now=timezone.now())

    def add_message(self, *args: Any, **kwargs: Any) -> None:  # Any: allauth's own
        """Say nothing about signing in and out: people see that they did."""
        quiet = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
        template = kwargs.get("message_template") or (args[2] if len(args) > 2 else None)
        if template not in quiet:
            super().add_message(*args, **kwargs)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """The second step's names, as people see them in their authenticator app."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Call the product by its name in the browser's passkey dialogue."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Lionrock"}


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """Offers a passkey first: a key that also needs a password helps nobody who has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: passed on to allauth's form
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        if not self.user.has_usable_password():
            self.fields["passwordless"].required = True


def second_step(action: str, *, person: Person, authenticator: Authenticator | None) -> None:
    """Record what happened to a second step."""
    kind = str(authenticator.type) if authenticator is not None else ""
    record(
        by=person, action=action, subject=person.email, details={"kind": kind}, now=timezone.now()
    )


def display(person: Person) -> str:
    """Return how the person is called on allauth's pages."""
    return str(person)
