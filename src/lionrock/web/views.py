"""The few pages that belong to no subject: the language switch, and whether the console is alive."""

from django.db import connection
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lionrock.desk.people.language import remember_language
from lionrock.desk.people.roles import allow_anybody


@allow_anybody
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Remember the chosen language in a cookie and go back to where the reader was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    remember_language(response, request.POST.get("language", ""))
    return response


@allow_anybody
@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponseBase:
    """Say whether the console can answer: it runs, and the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
