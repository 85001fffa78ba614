"""What everybody sets for themselves: name, language, the tokens of their programs."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.desk.people.forms import NewToken, Profile
from lionrock.desk.people.language import remember_language
from lionrock.desk.people.models import ApiToken
from lionrock.desk.people.roles import TITLES, allow_signed_in
from lionrock.desk.people.services import set_profile
from lionrock.desk.people.tokens import SCOPES, make_token, revoke_token
from lionrock.desk.people.who import person_of


@allow_signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Show and change one's own name and language."""
    me = person_of(request)
    form = Profile(
        request.POST or None, initial={"name": me.name, "language": me.language or get_language()}
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["language"]
        set_profile(person_id=me.pk, name=form.cleaned_data["name"], language=chosen)
        with override(chosen):
            messages.success(request, _("Saved."))
        response = redirect("people:profile")
        remember_language(response, chosen)
        return response
    titles = [title for role, title in TITLES.items() if role in me.roles]
    context = {"form": form, "titles": titles}
    return render(request, "people/profile.html", context, status=400 if form.errors else 200)


@allow_signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponseBase:
    """List one's own tokens; make one and show it this once."""
    me = person_of(request)
    now = timezone.now()
    form = NewToken(request.POST or None, person=me)
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = make_token(
            owner=me,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            lifetime=form.cleaned_data["days"],
            now=now,
        )[1]
        form = NewToken(person=me)
    rows = [
        (
            token,
            [SCOPES[scope] for scope in SCOPES if scope in token.scopes],
            token.expires_at <= now,
        )
        for token in me.tokens.all()
    ]
    context = {"form": form, "rows": rows, "secret": secret}
    return render(request, "people/tokens.html", context, status=400 if form.errors else 200)


@allow_signed_in
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make one of one's own tokens useless."""
    me = person_of(request)
    get_object_or_404(ApiToken, pk=pk, owner=me)
    revoke_token(token_id=pk, owner=me, by=me, now=timezone.now())
    messages.success(request, _("The token was revoked."))
    return redirect("people:tokens")
