"""How mail leaves: the servers, the stop switch, a letter to oneself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.core.errors import GiveUp
from lionrock.desk.notices import services
from lionrock.desk.notices.forms import MailingForm, ProbingForm, RepliesForm, ScansForm
from lionrock.desk.notices.models import Mailing
from lionrock.desk.notices.services.compose import signing_key
from lionrock.desk.notices.services.key import keep_private, make_key, read_private
from lionrock.desk.notices.services.looks import probing, set_probing
from lionrock.desk.notices.services.trial import IMAP_PASSWORD, SMTP_PASSWORD, Fate, send_test
from lionrock.desk.notices.views.shared import DECIDERS, page
from lionrock.desk.people.roles import TEAM, Role, allow
from lionrock.desk.people.who import person_of

AnyForm = MailingForm | RepliesForm | ScansForm | ProbingForm


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.ADMINISTRATOR)
def settings_page(request: HttpRequest) -> HttpResponseBase:
    """Show and change the mail servers."""
    row = Mailing.objects.filter(pk=1).first() or Mailing()
    key = signing_key()
    part = request.POST.get("part", "")
    post = request.POST if request.method == "POST" else None
    smtp = MailingForm(post if part == "smtp" else None, initial=_smtp(row))
    imap = RepliesForm(post if part == "imap" else None, initial=_imap(row))
    scans = ScansForm(post if part == "scans" else None, initial={"scans": row.scans_to_fix})
    looks = ProbingForm(post if part == "looks" else None, initial=_looks())
    forms: dict[str, AnyForm] = {"smtp": smtp, "imap": imap, "scans": scans, "looks": looks}
    form = forms.get(part)
    if form is not None and form.is_valid():
        try:
            _save(request, form)
        except GiveUp as why:
            form.add_error(None, str(why))
        except ValidationError as why:
            form.add_error(None, why.messages[0])
        else:
            messages.success(request, _("Saved."))
            return redirect("notices:mailing")
    context = {
        "row": row,
        "smtp": smtp,
        "imap": imap,
        "scans": scans,
        "looks": looks,
        "has_smtp": bool(read_private(SMTP_PASSWORD)),
        "has_imap": bool(read_private(IMAP_PASSWORD)),
        "certificate": key.extract_certificate() if key else None,
    }
    return page(request, "notices/mailing.html", context, status=400 if post else 200)


@require_POST
@allow(Role.ADMINISTRATOR)
def test_letter(request: HttpRequest) -> HttpResponseBase:
    """Send a letter to oneself, the way every letter leaves."""
    trial = send_test(to=person_of(request), now=timezone.now())
    words = {
        Fate.SENT: _("The server took the letter: %(said)s"),
        Fate.CAUGHT: _("No mail server is set: the catch-all took the letter."),
        Fate.STOPPED: _("All letters are stopped: this one did not leave either."),
        Fate.REFUSED: _("The server refused the letter: %(said)s"),
        Fate.UNREACHED: _("The server did not take the letter: %(said)s"),
        Fate.UNKNOWN: _("The connection broke at the last moment: it may have arrived or not."),
    }
    tell = messages.success if trial.fate in {Fate.SENT, Fate.CAUGHT} else messages.error
    tell(request, words[trial.fate] % {"said": trial.said})
    return redirect("notices:mailing")


@require_POST
@allow(Role.ADMINISTRATOR)
def sign(request: HttpRequest) -> HttpResponseBase:
    """Make the key that signs every letter from now on."""
    try:
        make_key(by=person_of(request), now=timezone.now())
    except GiveUp:
        messages.warning(
            request,
            _("There is a signing key already.")
            if signing_key()
            else _("Letters leave unsigned. Name the sender first: the key carries its address."),
        )
    else:
        messages.success(request, _("Every letter is signed from now on."))
    return redirect("notices:mailing")


@require_POST
@allow(*TEAM)
def stop(request: HttpRequest) -> HttpResponseBase:
    """Stop all letters: everybody of the team may, at once."""
    services.stop_mailing(
        by=person_of(request), note=request.POST.get("note", "")[:2000], now=timezone.now()
    )
    messages.warning(request, _("No letter leaves any more."))
    return _back(request)


@require_POST
@allow(*DECIDERS)
def start(request: HttpRequest) -> HttpResponseBase:
    """Let letters leave again."""
    services.start_mailing(by=person_of(request), now=timezone.now())
    messages.success(request, _("Letters leave again."))
    return _back(request)


def _save(request: HttpRequest, form: AnyForm) -> None:
    by, now, said = person_of(request), timezone.now(), form.cleaned_data
    if isinstance(form, ScansForm):
        services.set_scans_to_fix(by=by, scans=said["scans"], now=now)
        return
    if isinstance(form, ProbingForm):
        set_probing(
            by=by,
            enabled=said["enabled"],
            attempts=said["attempts"],
            days=said["days"],
            now=now,
        )
        return
    which = SMTP_PASSWORD if isinstance(form, MailingForm) else IMAP_PASSWORD
    if isinstance(form, MailingForm):
        services.set_mailing(
            by=by,
            host=said["host"].strip(),
            port=said["port"],
            security=said["security"],
            account=said["account"],
            sender=said["sender"],
            sender_name=said["sender_name"],
            now=now,
        )
        if said["plus"] != services.mailing().plus:
            services.set_plus(by=by, plus=said["plus"], now=now)
    else:
        services.set_answers(
            by=by,
            host=said["host"].strip(),
            port=said["port"],
            account=said["account"],
            folder=said["folder"],
            now=now,
        )
    if said["password"]:
        keep_private(which, said["password"].encode("utf-8"))


def _smtp(row: Mailing) -> dict[str, object]:
    names = ("host", "port", "security", "account", "sender", "sender_name", "plus")
    return {name: getattr(row, name) for name in names}


def _imap(row: Mailing) -> dict[str, object]:
    names = ("host", "port", "account", "folder")
    return {name: getattr(row, f"reply_{name}") for name in names}


def _looks() -> dict[str, object]:
    row = probing()
    return {name: getattr(row, name) for name in ("enabled", "attempts", "days")}


def _back(request: HttpRequest) -> HttpResponseBase:
    came_from = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        return redirect(came_from)
    return redirect("notices:list")
