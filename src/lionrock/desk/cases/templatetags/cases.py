"""Shows what codes of cases mean, in the reader's language."""

from django import template

from lionrock.desk.cases import words

register = template.Library()


@register.filter
def category_name(code: str) -> str:
    """Return a category's name; its id when the pack has it no more."""
    return words.category_names().get(code, code)


@register.filter
def channel_name(code: str) -> str:
    """Return a channel's name; its id when the pack has it no more."""
    return words.channel_names().get(code, code)


@register.filter
def sector_called(code: str) -> str:
    """Return a sector's name; its id when the pack has it no more."""
    return words.sector_names().get(code, code)


@register.filter
def brand_called(case: object) -> str:
    """Return the name of the brand that a case is about: the pack's, else the one that was given."""
    code = str(getattr(case, "brand", ""))
    return words.brand_names().get(code, code) or str(getattr(case, "brand_named", ""))


@register.filter
def why_not(code: str) -> str:
    """Return why a row is no case, in words."""
    return str(words.WHY.get(code, code))


@register.filter
def field_name(name: str) -> str:
    """Return what a field of a case is called."""
    return str(words.FIELDS.get(name, name))
