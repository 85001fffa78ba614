"""Makes a tagged PDF of the very HTML that is published, with WeasyPrint."""

import io
import logging
from collections.abc import Callable
from typing import Any, Final

from lionrock.briefing.report.document import Document
from lionrock.briefing.report.fonts import face_of
from lionrock.briefing.report.html import html
from lionrock.core.errors import TryLater

VARIANT: Final = "pdf/ua-1"
"""Universal accessibility: structure, language and text alternatives are in the file (ISO 14289-1)."""


def pdf(document: Document, *, issued: str) -> bytes:
    """Return the report as PDF/UA.

    Raises TryLater when the libraries that set text (Pango, HarfBuzz) or a font that holds the
    document's characters are not on this machine.
    """
    write = _writer()
    face_of(document.language)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    target = io.BytesIO()
    write(
        string=html(document, issued=issued, printed=True),
        url_fetcher=_nothing,
        media_type="print",
    ).write_pdf(target, pdf_variant=VARIANT)
    return target.getvalue()


def _writer() -> Callable[..., Any]:  # Any: weasyprint.HTML carries no types
    try:
        from weasyprint import HTML  # noqa: PLC0415  # loads Pango, which a machine may lack
    except OSError as error:
        raise TryLater(
            "no PDF can be made here: the libraries Pango and HarfBuzz are missing "
            "(on Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)"
        ) from error
    found: Callable[..., Any] = HTML  # Any: as above
    return found


def _nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    """Refuse whatever a report would load from elsewhere: it needs nothing."""
    raise ValueError(f"a report loads nothing, not even {url}")
