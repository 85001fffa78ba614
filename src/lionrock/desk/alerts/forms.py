"""Reads what people type on the alerts' pages, strictly, into values that services understand."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from lionrock.core.alerts import LANGUAGES, Indicator, Link, Part, Sentence
from lionrock.core.hosts import as_host
from lionrock.desk.alerts import words
from lionrock.desk.alerts.models import Kind, Risk, Step, Weight

LONGEST: Final = 2000
"""Characters of a sentence."""
_HASHES: Final = {32: "md5", 40: "sha1", 64: "sha256"}


class VersionForm(forms.Form):
    """What every change carries: the version that its page showed, and a note."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    note = forms.CharField(required=False, max_length=4000)


class InAllLanguages(VersionForm):
    """A text in each language, in fields ``text-en`` and so on."""

    longest = LONGEST
    required = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"text-{language}"] = forms.CharField(
                required=self.required, max_length=self.longest
            )

    @property
    def texts(self) -> dict[str, str]:
        """The texts by language, each on one line."""
        return {
            language: " ".join(self.cleaned_data.get(f"text-{language}", "").split())
            for language in LANGUAGES
        }


class SentenceForm(InAllLanguages):
    """One sentence: its part, its words in every language, what it rests on."""

    required = False
    part = forms.ChoiceField(choices=[(part.value, words.PARTS[part]) for part in Part])
    cites = forms.MultipleChoiceField(required=False)
    also = forms.CharField(required=False, max_length=500)
    """References that lie not beside the draft yet, parted by spaces: ``episode:12``."""

    def __init__(self, *args: Any, refs: list[str], **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        cites = self.fields["cites"]
        assert isinstance(cites, forms.MultipleChoiceField)  # noqa: S101  # as declared
        cites.choices = [(ref, ref) for ref in refs]

    def clean_also(self) -> tuple[str, ...]:
        """Return the references; raise for what is none."""
        found = tuple(self.cleaned_data["also"].replace(",", " ").split())
        for ref in found:
            if not re.fullmatch(r"(episode|suspect):[A-Za-z0-9][A-Za-z0-9.-]{0,252}", ref):
                raise forms.ValidationError(
                    _("Write episode:12 or suspect:34, not %(ref)s."), params={"ref": ref[:80]}
                )
        return found

    @property
    def sentence(self) -> Sentence:
        """The sentence that was typed."""
        return Sentence(
            part=Part(self.cleaned_data["part"]),
            text=self.texts,
            cites=tuple(dict.fromkeys((*self.cleaned_data["cites"], *self.cleaned_data["also"]))),
        )


class PlaceForm(VersionForm):
    """Which sentence is meant."""

    index = forms.IntegerField(min_value=0, max_value=10_000)


class TitleForm(InAllLanguages):
    """The title, and what the alert is about."""

    longest = 200
    kind = forms.ChoiceField(choices=Kind.choices)


class BeginForm(forms.Form):
    """What an alert begun by a person is about."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.ANTICIPATORY)
    title = forms.CharField(label=_("Title in English"), max_length=200)


class RiskForm(VersionForm):
    """How bad it is, and why."""

    risk = forms.ChoiceField(choices=Risk.choices)
    reason = forms.CharField(max_length=2000, required=False)


class IndicatorsForm(VersionForm):
    """Indicators one per line, defanged or not; what is none is refused with its line."""

    indicators = forms.CharField(required=False, max_length=100_000)

    def clean_indicators(self) -> tuple[Indicator, ...]:
        """Return what the lines name."""
        lines = [line.strip() for line in self.cleaned_data["indicators"].splitlines()]
        found = [(line, indicator_of(line)) for line in lines if line]
        unread = [line for line, one in found if one is None]
        if unread:
            raise forms.ValidationError(
                _("Not a host, link, address or hash: %(lines)s"),
                params={"lines": ", ".join(unread[:5])[:300]},
            )
        return tuple(one for _line, one in found if one is not None)


class LinksForm(VersionForm):
    """Links one per line: the address, then the title in each language, parted by bars."""

    links = forms.CharField(required=False, max_length=20_000)

    def clean_links(self) -> tuple[Link, ...]:
        """Return what the lines name."""
        found = []
        for line in self.cleaned_data["links"].splitlines():
            if not line.strip():
                continue
            url, *titles = [piece.strip() for piece in line.split("|")]
            if not _is_https(url) or len(titles) != len(LANGUAGES) or not all(titles):
                raise forms.ValidationError(
                    _("Write https://address | English | 繁體中文 | 简体中文: %(line)s"),
                    params={"line": line[:200]},
                )
            found.append(Link(url=url, title=dict(zip(LANGUAGES, titles, strict=True))))
        return tuple(found)


class FactForm(VersionForm):
    """What an analyst knows, and from where."""

    title = forms.CharField(max_length=300, required=False)
    text = forms.CharField(max_length=4000, required=False)
    url = forms.CharField(max_length=500, required=False)


class SubmitForm(InAllLanguages):
    """Handing in; of an update also what it changes."""

    required = False
    longest = 1000
    step = forms.ChoiceField(
        choices=[(Step.UPDATED.value, ""), (Step.CORRECTED.value, "")], required=False
    )


class WithdrawForm(InAllLanguages):
    """Why a published alert is withdrawn, in all languages."""

    longest = 1000


class MistakeForm(forms.Form):
    """An error found after publication."""

    what = forms.CharField(max_length=2000, required=False)
    weight = forms.ChoiceField(choices=Weight.choices)


def indicator_of(text: str) -> Indicator | None:
    """Return what a line names, refanged; None when it is neither host, link, address nor hash."""
    plain = text.strip().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":")
    plain = re.sub(r"^hxxp", "http", plain, flags=re.IGNORECASE)
    if re.fullmatch(r"[0-9a-fA-F]+", plain) and len(plain) in _HASHES:
        return Indicator(kind=_HASHES[len(plain)], value=plain.lower())
    try:
        address: IPv4Address | IPv6Address = ip_address(plain)
    except ValueError:
        pass
    else:
        return Indicator(kind=f"ipv{address.version}", value=str(address))
    if "://" in plain:
        try:
            parts = urlsplit(plain)
            readable = parts.scheme in {"http", "https"} and as_host(parts.hostname or "")
        except ValueError:
            return None
        clean = readable and len(plain) <= 2000 and not re.search(r"[\s<>\"']", plain)
        return Indicator(kind="url", value=plain) if clean else None
    host = as_host(plain) if re.fullmatch(r"[\w.-]+", plain) else None
    return Indicator(kind="host", value=host) if host else None


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s<>\"']", url)
