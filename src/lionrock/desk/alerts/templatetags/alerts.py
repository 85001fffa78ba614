"""Shows codes as words, indicators defanged, evidence as a chart."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from lionrock.core.alerts import Impact, Indicator, Part, Sentence
from lionrock.desk.alerts import words
from lionrock.desk.alerts.charts import HEIGHT, WIDTH, bars
from lionrock.desk.alerts.checking import Flaw
from lionrock.desk.alerts.models import Kind, Risk, Step
from lionrock.letters.alert_harmless import shown as as_shown
from lionrock.letters.plainly import harmless

register = template.Library()


@register.filter
def part_words(part: str) -> str:
    """Return the heading of a part, or what else differs between versions."""
    if part in words.DIFFERENCES:
        return str(words.DIFFERENCES[part])
    return str(words.PARTS[Part(part)]) if part in set(Part) else part


@register.filter
def kind_words(kind: str) -> str:
    """Return a kind of alert in words."""
    return str(Kind(kind).label)


@register.filter
def risk_words(risk: str) -> str:
    """Return a risk in words; two, "low → high", where a version changed it."""
    return str(Risk(risk).label) if risk in Risk.values else risk


@register.filter
def step_words(step: str) -> str:
    """Return what an entry of the public log is, in words."""
    return str(Step(step).label)


@register.filter
def impact_words(impact: Impact) -> str:
    """Return an impact in words."""
    return str(words.IMPACTS[impact])


@register.filter
def change_words(what: str) -> str:
    """Return what a version changed, in words."""
    return str(words.CHANGES.get(what, what))


@register.filter
def evidence_words(kind: str) -> str:
    """Return what kind of evidence something is."""
    return str(words.EVIDENCE.get(kind, kind))


@register.filter
def tongue(language: str) -> str:
    """Return a language's own name."""
    return words.TONGUES.get(language, language)


@register.filter
def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return the text in a language."""
    return texts.get(language, "")


@register.filter
def flaw_words(flaw: Flaw) -> str:
    """Return what is wrong as a sentence; what was found is defanged."""
    found = ", ".join(harmless(one, 200) for one in flaw.found)
    return str(words.FLAWS.get(flaw.code, flaw.code)) % {"found": found}


@register.filter
def safely(text: str) -> str:
    """Return a stranger's text with every link and name in it defanged."""
    return "\n".join(harmless(line, 2000) for line in str(text).splitlines())


@register.filter
def shown(indicator: Indicator) -> str:
    """Return an indicator so that no program makes a link of it."""
    return as_shown(indicator)


@register.filter
def minutes(seconds: int | None) -> str:
    """Return seconds as minutes and seconds, 3:05."""
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


@register.filter
def percent(share: float | None) -> str:
    """Return a share between 0 and 1 in hundredths."""
    return "" if share is None else f"{100 * share:.0f} %"


@register.inclusion_tag("alerts/_chart.html")
def chart(data: Mapping[str, Any], title: str) -> dict[str, Any]:  # Any: JSON; a template's context
    """Draw the series of a figure, with a text that says the same."""
    return {"bars": bars(data), "title": title, "width": WIDTH, "height": HEIGHT}


@register.filter
def last_part(sentences: Sequence[Sentence]) -> str:
    """Return the part of the last sentence, where most people go on."""
    return sentences[-1].part.value
