"""Writes statistics of cases as JSON and as CSV tables, and says what changed since they last were."""

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lionrock.briefing.statistics.comparing import Kind, Span, Standing
from lionrock.briefing.statistics.made import Shares, Statistics, url_change
from lionrock.core.cases import Category
from lionrock.core.figures import Figure

JSON: Final = "statistics.json"
LARGEST: Final = 64 * 2**20
"""Bytes of an earlier issue that is compared with."""

_PLURAL: Final = {Kind.YEAR: "years", Kind.HALF: "halves", Kind.QUARTER: "quarters"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def documents(statistics: Statistics, *, earlier: bytes | None = None) -> dict[str, bytes]:
    """Return every file by its name: ``statistics.json`` and its tables as CSV.

    ``earlier`` is the ``statistics.json`` of an earlier issue: what it counted otherwise is told.
    """
    table = as_json(statistics, earlier=earlier)
    return {
        JSON: (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode(),
        "categories.csv": _csv(_categories(statistics)),
        "monthly.csv": _csv(_monthly(statistics)),
        "spans.csv": _csv(_spans(statistics)),
        "brands.csv": _csv(_slices(statistics, "brand")),
        "sectors.csv": _csv(_slices(statistics, "sector")),
    }


def as_json(statistics: Statistics, *, earlier: bytes | None = None) -> dict[str, object]:
    """Return the statistics as JSON has them; every number stands beside the id of its Figure."""
    words = texts()
    figures = statistics.figures()
    return {
        "title": words["title"],
        "note": words["note"],
        "region": {"code": statistics.region.code, "names": dict(statistics.region.names)},
        "stream": "cases",
        "since": statistics.since.key,
        "until": statistics.until.key,
        "made": statistics.made.isoformat(timespec="seconds"),
        "definitions": words["definitions"],
        "categories": [_category(statistics, each) for each in statistics.book.categories],
        "months": list(_months(statistics)),
        **{
            _PLURAL[kind]: [_span(statistics, span) for span in some]
            for kind, some in statistics.spans.items()
        },
        "shares": [_shares(statistics, each) for each in statistics.shares],
        "forecasts": [
            {"by": each.by, "title": dict(each.title), "text": dict(each.text)}
            for each in statistics.forecasts
        ],
        "restated": list(restated(figures, earlier)) if earlier is not None else [],
        "figures": {name: _figure(figure) for name, figure in figures.items()},
    }


def restated(figures: Mapping[str, Figure], earlier: bytes) -> Iterator[dict[str, object]]:
    """Yield what an earlier issue said otherwise: the Figure's id, and its value then and now.

    What is no earlier issue says nothing; a Figure that is gone is told with None as its value now.
    """
    for name, before in _figures_of(earlier).items():
        now = figures.get(name)
        value = _number(now.value) if now is not None else None
        if before != value:
            yield {"figure": name, "before": before, "now": value}


@cache
def texts() -> Mapping[str, Any]:  # Any: tables of our own file
    """Return the words of the statistics."""
    return tomllib.loads(
        files("lionrock.briefing.statistics").joinpath("words.toml").read_text("utf-8")
    )


# JSON ---------------------------------------------------------------------------------------


def _category(statistics: Statistics, category: Category) -> dict[str, object]:
    return {
        "id": category.id,
        "names": dict(category.names),
        "definition": dict(category.definition),
        "impacts": {language: list(some) for language, some in category.impacts.items()},
        "since": category.since or None,
        "figure": (figure := statistics.since_the_start(category.id)).id,
        "total": _number(figure.value),
    }


def _months(statistics: Statistics) -> Iterator[dict[str, object]]:
    book = statistics.book
    for month in book.months:
        yield {
            "month": month.key,
            "total": _number(book.cases(month).value),
            "cases": {
                each.id: _number(book.cases(month, each.id).value) for each in book.categories
            },
            "urls": _urls(statistics, month.key),
            "empty": month.key in book.empty,
        }


def _urls(statistics: Statistics, key: str) -> dict[str, int | str | None]:
    return {
        category: _number(figure.value)
        for (period, category), figure in statistics.urls.items()
        if period == key
    }


def _span(statistics: Statistics, span: Span) -> dict[str, object]:
    imitating = [each for each in statistics.region.cases.categories if each.imitates]
    return {
        "label": span.label,
        "first": span.period.first.isoformat(),
        "last": span.period.last.isoformat(),
        "over": span.over,
        "whole": span.whole,
        "compared_with": span.total.before.period.key,
        "parts": [
            {
                "category": part.category or None,
                "figure": part.figure.id,
                "cases": _number(part.figure.value),
                "before": _number(part.before.value),
                "change_percent": _number(part.change),
                "share_percent": _number(part.share.value) if part.share else None,
                **_standing(part.standing),
            }
            for part in span.parts
        ],
        "urls": [
            {
                "category": each.id,
                "figure": (figure := statistics.urls[span.period.key, each.id]).id,
                "urls": _number(figure.value),
                "change_percent": _number(url_change(statistics, span, each.id)),
            }
            for each in imitating
        ],
    }


def _standing(standing: Standing) -> dict[str, object]:
    return {
        "highest_in_years": standing.highest_in,
        "lowest_in_years": standing.lowest_in,
        "record": standing.record,
        "first_rise_in_years": standing.first_rise_in,
        "first_fall_in_years": standing.first_fall_in,
    }


def _shares(statistics: Statistics, shares: Shares) -> dict[str, object]:
    return {
        "label": shares.label,
        "period": shares.period.key,
        "category": shares.category,
        "by": shares.by,
        "cases": _number(shares.whole.value),
        "parts": [
            {
                "id": each.id or None,
                "names": _names(statistics, shares.by, each.id, each.named),
                "figure": each.figure.id,
                "cases": _number(each.figure.value),
                "share_percent": _number(each.share.value),
            }
            for each in shares.slices
        ],
    }


def _names(statistics: Statistics, by: str, id_: str, named: str) -> dict[str, str]:
    """Return what a brand or sector is called; as cases name it where the pack does not know it."""
    if id_ in texts()["names"]:
        return dict(texts()["names"][id_])
    known = _known(statistics, by).get(id_)
    return dict(known) if known else {"en": named or id_}


def _known(statistics: Statistics, by: str) -> Mapping[str, Mapping[str, str]]:
    if by == "sector":
        return statistics.region.sectors
    return {brand.id: brand.names for brand in statistics.region.brands}


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "definition": figure.definition,
        "period": figure.period.key,
        "first": figure.period.first.isoformat(),
        "last": figure.period.last.isoformat(),
        "unit": figure.unit.value,
        "value": _number(figure.value),
        "filters": dict(figure.filters),
        "query": figure.query,
        "gaps": [
            {"first": gap.first.isoformat(), "last": gap.last.isoformat()} for gap in figure.gaps
        ],
    }


def _number(value: object) -> int | str | None:
    """Return a number as JSON has it: a share as text, which keeps its decimal places."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return (
            int(value) if value == value.to_integral_value() and not _placed(value) else str(value)
        )
    raise TypeError(f"no number: {value!r}")


def _placed(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent < 0


def _figures_of(earlier: bytes) -> dict[str, object]:
    """Return the values of an earlier issue by their figures' ids; nothing where it is none."""
    if len(earlier) > LARGEST:
        return {}
    try:
        table = json.loads(earlier)
        return {str(name): figure["value"] for name, figure in table["figures"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


# CSV ----------------------------------------------------------------------------------------


def _categories(statistics: Statistics) -> Iterator[Sequence[object]]:
    languages = statistics.region.languages
    yield ("category", *(f"name_{language}" for language in languages), "since", "cases")
    for each in statistics.book.categories:
        yield (
            each.id,
            *(each.names.get(language, "") for language in languages),
            each.since,
            statistics.since_the_start(each.id).value,
        )


def _monthly(statistics: Statistics) -> Iterator[Sequence[object]]:
    book = statistics.book
    imitating = [each.id for each in statistics.region.cases.categories if each.imitates]
    yield (
        "month",
        *(each.id for each in book.categories),
        "total",
        *(f"{category}_urls" for category in imitating),
    )
    for month in book.months:
        yield (
            month.key,
            *(book.cases(month, each.id).value for each in book.categories),
            book.cases(month).value,
            *(statistics.urls[month.key, category].value for category in imitating),
        )


def _spans(statistics: Statistics) -> Iterator[Sequence[object]]:
    languages = statistics.region.languages
    names = {each.id: each.names for each in statistics.book.categories}
    yield (
        *("kind", "label", "first", "last", "over", "category"),
        *(f"name_{language}" for language in languages),
        *("cases", "share_percent", "year_before", "change_percent"),
        *("highest_in_years", "lowest_in_years", "record", "urls", "figure"),
    )
    for kind, some in statistics.spans.items():
        for span in some:
            for part in span.parts:
                counted = statistics.urls.get((span.period.key, part.category))
                yield (
                    *(kind.value, span.label, span.period.first, span.period.last),
                    *("yes" if span.over else "no", part.category or "total"),
                    *(names.get(part.category, {}).get(language, "") for language in languages),
                    *(part.figure.value, part.share.value if part.share else None),
                    *(part.before.value, part.change),
                    *(part.standing.highest_in, part.standing.lowest_in),
                    "yes" if part.standing.record else "no",
                    counted.value if counted else None,
                    part.figure.id,
                )


def _slices(statistics: Statistics, by: str) -> Iterator[Sequence[object]]:
    languages = statistics.region.languages
    yield (
        *("label", "first", "last", "category", by),
        *(f"name_{language}" for language in languages),
        *("cases", "share_percent", "figure"),
    )
    for shares in statistics.shares:
        for each in shares.slices if shares.by == by else ():
            names = _names(statistics, by, each.id, each.named)
            yield (
                *(shares.label, shares.period.first, shares.period.last, shares.category, each.id),
                *(names.get(language) or names.get("en", "") for language in languages),
                *(each.figure.value, each.share.value, each.figure.id),
            )


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    """Return a cell; a stranger's text that a table would take for a formula gets a ' before it."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
