"""Words the reasons that notices, answers and looks keep as codes."""

from django import template

from lionrock.desk.notices import words

register = template.Library()


@register.filter
def answer_why(why: str) -> str:
    """Return why an answer could not be read, or counts as a proposal alone, in words."""
    return words.answer_in_words(why)


@register.filter
def look_seen(seen: str) -> str:
    """Return what a look of our own found, in words."""
    return words.look_in_words(seen)
