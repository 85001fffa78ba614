"""The page behind a one-time link: choose a password or a passkey, and be in."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lionrock.desk.people.forms import Welcome, WelcomeByPasskey
from lionrock.desk.people.links import LinkIsDead, read_link, use_link
from lionrock.desk.people.roles import allow_anybody


@allow_anybody
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, key: str) -> HttpResponseBase:
    """Let the link's person choose how to sign in, and sign them in.

    Opening the page does not use the link up: mail programs and chats fetch links to preview them.
    """
    try:
        person = read_link(key=key, now=timezone.now()).person
    except LinkIsDead:
        return render(request, "people/dead_link.html", status=410)
    by_passkey = request.method == "POST" and "passkey" in request.POST
    form = Welcome(request.POST or None, person=person, initial={"name": person.name})
    chosen = WelcomeByPasskey(request.POST) if by_passkey else form
    if request.method != "POST" or not chosen.is_valid():
        context = {"form": form, "somebody": person}
        status = 400 if request.method == "POST" else 200
        return render(request, "people/welcome.html", context, status=status)
    return let_in(
        request,
        key=key,
        name=chosen.cleaned_data["name"],
        password=None if by_passkey else chosen.cleaned_data["password"],
    )


def let_in(request: HttpRequest, *, key: str, name: str, password: str | None) -> HttpResponseBase:
    """Use the link up and sign its person in; a second step they already have is still asked."""
    try:
        person = use_link(key=key, name=name, password=password, now=timezone.now())
    except LinkIsDead:
        return render(request, "people/dead_link.html", status=410)
    page = "mfa_index" if password is not None else "mfa_add_webauthn"
    response: HttpResponseBase = perform_login(
        request, person, email_verification="none", redirect_url=reverse(page)
    )
    if request.user.is_authenticated:
        # They proved who they are a moment ago: do not ask again before they set up a second step.
        record_authentication(request, person, method="one-time-link", reauthenticated=True)
    return response
