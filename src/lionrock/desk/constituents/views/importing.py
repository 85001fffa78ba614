"""Importing a table: what would happen first, then the same for real."""

import base64
import binascii
import zlib
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.desk.constituents.forms import ImportForm
from lionrock.desk.constituents.services.importing import (
    COLUMNS,
    LARGEST,
    ImportMode,
    NoTable,
    Report,
    import_csv,
)
from lionrock.desk.constituents.views.editing import EDITORS
from lionrock.desk.constituents.words import UNREADABLE
from lionrock.desk.people.roles import allow
from lionrock.desk.people.who import person_of

SHOWN: Final = 500


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def import_table(request: HttpRequest) -> HttpResponseBase:
    """Take a table and show what importing it would do."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=400 if form.errors else 200)
    content: bytes = form.cleaned_data["table"].read(LARGEST + 1)
    return _try(request, form, content, ImportMode.TRY)


@require_POST
@allow(*EDITORS)
def apply(request: HttpRequest) -> HttpResponseBase:
    """Import the table that was shown."""
    try:
        packed = base64.b64decode(request.POST.get("content", ""), validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, LARGEST + 1)
    except (binascii.Error, zlib.error, ValueError):
        content = b""
    return _try(request, ImportForm(), content, ImportMode.APPLY)


def _try(
    request: HttpRequest, form: ImportForm, content: bytes, mode: ImportMode
) -> HttpResponseBase:
    try:
        report = import_csv(content, by=person_of(request), now=timezone.now(), mode=mode)
    except NoTable as refused:
        form = ImportForm({}, {}) if not form.is_bound else form
        form.is_valid()
        form.errors.clear()
        form.add_error(None, str(UNREADABLE[refused.why]))
        return _page(request, form, status=400)
    packed = "" if report.applied else base64.b64encode(zlib.compress(content)).decode("ascii")
    return _page(request, ImportForm(), report=report, packed=packed)


def _page(
    request: HttpRequest,
    form: ImportForm,
    *,
    report: Report | None = None,
    packed: str = "",
    status: int = 200,
) -> HttpResponseBase:
    return render(
        request,
        "constituents/import.html",
        {
            "form": form,
            "columns": COLUMNS,
            "report": report,
            "packed": packed,
            "shown": SHOWN,
            "title": _("Import a table"),
        },
        status=status,
    )
