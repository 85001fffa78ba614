"""The form in which a topic is written, three languages side by side."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lionrock.briefing.report.articles import LONGEST
from lionrock.briefing.report.content import Article, Citation

NAMES: Final = {
    "en": _("English"),
    "zh-Hant": _("Traditional Chinese"),
    "zh-Hans": _("Simplified Chinese"),
}
_SOURCE: Final = re.compile(
    r"(?P<key>[a-z0-9-]{1,40})\s*:\s*(?P<title>.{1,300}?)\s+(?P<url>https://\S{1,1000})"
)
MOST_SOURCES: Final = 30


class TopicForm(forms.Form):
    """A topic: its key, place, sources, and title and text in every language."""

    key = forms.SlugField(label=_("Short name (for links; stays)"), max_length=60)
    place = forms.IntegerField(label=_("Place"), min_value=1, max_value=20, initial=1)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    sources = forms.CharField(
        label=_("Sources, one a line"),
        help_text=_("msrc: Title of the page https://example.org/page"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        for language, name in NAMES.items():
            tag = language.lower()
            self.fields[f"title_{tag}"] = forms.CharField(
                label=name, max_length=200, widget=forms.TextInput(attrs={"lang": language})
            )
            self.fields[f"text_{tag}"] = forms.CharField(
                label=name,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 16, "lang": language}),
            )
        if known:
            self.fields["key"].widget.attrs["readonly"] = True

    def clean_sources(self) -> tuple[Citation, ...]:
        """Read one source a line: key, title, address."""
        found = []
        lines = [line.strip() for line in self.cleaned_data["sources"].splitlines() if line.strip()]
        if len(lines) > MOST_SOURCES:
            raise ValidationError(_("That are too many sources."))
        for line in lines:
            match = _SOURCE.fullmatch(line)
            if not match:
                raise ValidationError(
                    _("“%(line)s” is not “key: title https://address”."), params={"line": line[:80]}
                )
            found.append(Citation(key=match["key"], title=match["title"], url=match["url"]))
        return tuple(found)

    def article(self) -> Article:
        """Return what was written."""
        data = self.cleaned_data
        return Article(
            key=data["key"],
            titles={language: data[f"title_{language.lower()}"] for language in NAMES},
            texts={language: data[f"text_{language.lower()}"] for language in NAMES},
            citations=data["sources"],
        )

    def columns(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Return title and text of each language, to stand side by side."""
        return [
            (language, self[f"title_{language.lower()}"], self[f"text_{language.lower()}"])
            for language in NAMES
        ]


def initial_of(article: Article, *, place: int, version: int) -> dict[str, object]:
    """Return what the form shows of a text."""
    shown: dict[str, object] = {
        "key": article.key,
        "place": place,
        "seen": version,
        "sources": "\n".join(f"{one.key}: {one.title} {one.url}" for one in article.citations),
    }
    for language in NAMES:
        shown[f"title_{language.lower()}"] = article.titles.get(language, "")
        shown[f"text_{language.lower()}"] = article.texts.get(language, "")
    return shown
