"""Writes a list of hundreds of options at once: Django renders a template for each of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A select whose options, grouped or not, are written without templates."""

    def render(
        self,
        name: str,
        value: object,
        attrs: Mapping[str, Any] | None = None,  # Any: Django's own
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Return the select with ``value`` chosen."""
        shown = flatatt({**self.build_attrs(self.attrs, dict(attrs or {})), "name": name})
        return format_html("<select{}>{}</select>", shown, _options(self.choices, str(value or "")))


def _options(choices: Iterable[Any], chosen: str) -> SafeString:  # Any: a choice or a group of them
    return format_html_join(
        "",
        "{}",
        (
            (_group(title, inside, chosen),)
            if isinstance(inside, list | tuple)
            else (_option(title, inside, chosen),)
            for title, inside in choices
        ),
    )


def _group(title: str, inside: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    return format_html('<optgroup label="{}">{}</optgroup>', title, _options(list(inside), chosen))


def _option(value: object, title: object, chosen: str) -> SafeString:
    mark = SafeString(" selected" if str(value) == chosen else "")
    return format_html('<option value="{}"{}>{}</option>', value, mark, title)
