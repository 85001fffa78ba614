"""Subscribing to alerts by mail, confirming it, and leaving: what a link's reader says with a button.

Programs that look at mails follow every link in them, so that opening one changes nothing.
"""

from typing import Final

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from lionrock.desk.alerts import site
from lionrock.desk.alerts.keys import subscriber_of
from lionrock.desk.alerts.services import subscribers
from lionrock.desk.alerts.views.public import page_of, public, said

RATE: Final = "subscribe"
"""What ``ACCOUNT_RATE_LIMITS`` calls asking to subscribe."""


@public
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, folder: str) -> HttpResponse:
    """Ask for an address; whether it is known already, nobody learns."""
    if request.method != "POST":
        return _form(folder)
    typed = request.POST.get("email", "").strip()[:254]
    try:
        validate_email(typed)
        typed.encode("ascii")
    except (ValidationError, UnicodeEncodeError):
        with translation.override(folder):
            problem = gettext("This is no e-mail address.")
        return _form(folder, typed=typed, problem=problem, status=400)
    if not ratelimit.consume(request, action=RATE):
        return said(
            folder,
            title=gettext_lazy("Please try again later"),
            words=gettext_lazy("Too many addresses were entered from your network just now."),
            status=429,
        )
    # Whoever fills in what people do not see is a program: it is told what everybody is told.
    if not request.POST.get("website"):
        subscribers.subscribe(email=typed, language=site.LANGUAGE_OF[folder], now=timezone.now())
    return said(
        folder,
        title=gettext_lazy("Look into your mailbox"),
        words=gettext_lazy(
            "If alerts can be sent to this address, a mail is on its way that asks you to confirm. "
            "Its link holds for two days; without it, nothing is sent."
        ),
        status=202,
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, folder: str, key: str) -> HttpResponse:
    """Confirm an address, with the button of the page that the mail's link leads to."""
    found = subscriber_of(key, "confirm")
    if found is not None and request.method != "POST":
        return said(
            folder,
            title=gettext_lazy("Get alerts by e-mail?"),
            words=gettext_lazy("One mail for each alert and each change of one."),
            button=gettext_lazy("Yes, send me alerts"),
        )
    if found is None or subscribers.confirm(subscriber=found, now=timezone.now()) is None:
        return said(
            folder,
            title=gettext_lazy("This link holds no longer"),
            words=gettext_lazy(
                "Links to confirm hold for two days. Subscribe once more to get another."
            ),
            status=404,
        )
    return said(
        folder,
        title=gettext_lazy("You will be told"),
        words=gettext_lazy("The next alert comes by mail. Every mail says how to leave."),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, folder: str, key: str) -> HttpResponse:
    """Leave: with the button, or by the one click that mail programs offer (RFC 8058)."""
    found = subscriber_of(key, "leave")
    if found is not None and request.method != "POST":
        return said(
            folder,
            title=gettext_lazy("No more alerts by e-mail?"),
            words=gettext_lazy("Your address is forgotten at once."),
            button=gettext_lazy("Yes, forget my address"),
        )
    if found is not None:
        subscribers.leave(subscriber=found, now=timezone.now())
    return said(
        folder,
        title=gettext_lazy("You get no more mails from us"),
        words=gettext_lazy("Your address is forgotten. Alerts stand on this site as before."),
    )


def _form(folder: str, *, typed: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    place = site.Place(language=site.LANGUAGE_OF[folder], path="subscribe/")
    context = {"typed": typed, "problem": problem}
    return page_of(site.message_page("subscribe", context, place=place), folder, status=status)
