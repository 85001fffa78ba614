"""Writes shares and targets of an exam the same way in every cell."""

from django import template
from django.utils.translation import gettext as _

from lionrock.names.gate import Compared, Measured

register = template.Library()


@register.filter
def share(row: Measured | None) -> str:
    """Return a share in percent; a dash where it was not measured."""
    return "–" if row is None else _percent(row.share, digits=3)


@register.filter
def points(value: float) -> str:
    """Return a tolerance in percentage points."""
    return _("%(points)s points") % {"points": f"{100 * value:.1f}"}


@register.filter
def of_names(row: Compared) -> int:
    """Return how many names a row was measured on."""
    measured = row.candidate or row.current
    return measured.of if measured else 0


@register.filter
def target(row: Compared) -> str:
    """Return the target a row has in either exam; nothing where it has none."""
    for one in (row.candidate, row.current):
        if one is not None and one.least is not None:
            return _("at least %(share)s") % {"share": _percent(one.least, digits=2)}
        if one is not None and one.most is not None:
            return _("at most %(share)s") % {"share": _percent(one.most, digits=2)}
    return ""


@register.filter
def decides(row: Compared) -> bool:
    """Tell whether the gate asks anything of a row."""
    return row.tolerance is not None or (row.current is not None and row.current.kept is not None)


def _percent(value: float, *, digits: int) -> str:
    return f"{100 * value:.{digits}f} %"
