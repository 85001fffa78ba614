"""The language a reader chose, kept in the cookie that Django's LocaleMiddleware reads."""

from django.conf import settings
from django.http.response import HttpResponseBase


def remember_language(response: HttpResponseBase, chosen: str) -> None:
    """Set the cookie; a language we do not speak changes nothing."""
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
