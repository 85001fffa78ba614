"""Writes a report's tables as CSV and JSON, and every Figure it rests on."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Final

from lionrock.briefing.report.content import Contents
from lionrock.briefing.report.document import Document, Table
from lionrock.briefing.report.runs import plain
from lionrock.core.figures import Figure, Gap

FORMAT: Final = 1
"""The version of the JSON's shape."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def table_csv(table: Table) -> bytes:
    """Return a table as CSV in UTF-8: codes and plain numbers, the same in every language.

    An empty cell was not counted, or cannot be compared.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([column.id for column in table.columns])
    for row in table.rows:
        numeric = zip(row, table.columns, strict=True)
        writer.writerow(
            [
                cell.value or "" if column.numeric else _harmless(cell.value)
                for cell, column in numeric
            ]
        )
    return target.getvalue().encode("utf-8")


def report_json(contents: Contents, documents: Mapping[str, Document]) -> bytes:
    """Return the report's data: every Figure with its definition, query and gaps, and every table with
    its words in each language."""
    first = next(iter(documents.values()))
    tables = []
    for place, table in enumerate(first.tables()):
        beside = {language: one.tables()[place] for language, one in documents.items()}
        tables.append(
            {
                "id": table.id,
                "caption": {language: plain(one.caption) for language, one in beside.items()},
                "columns": [
                    {
                        "id": column.id,
                        "name": {
                            language: plain(one.columns[number].runs)
                            for language, one in beside.items()
                        },
                    }
                    for number, column in enumerate(table.columns)
                ],
                "rows": [[cell.value for cell in row] for row in table.rows],
                "notes": {
                    language: [plain(note) for note in one.notes]
                    for language, one in beside.items()
                },
            }
        )
    charts = [
        {
            "id": chart.id,
            "alternative": {
                language: plain(one.charts()[place].alternative)
                for language, one in documents.items()
            },
        }
        for place, chart in enumerate(first.charts())
    ]
    return _written(
        {
            "format": FORMAT,
            "quarter": contents.quarter.key,
            "issued": contents.issued.isoformat(),
            "version": contents.version,
            "figures": [figure_told(figure) for figure in contents.figures()],
            "gaps": [gap_told(gap) for gap in contents.gaps()],
            "corrections": [
                {
                    "figure": one.figure.id,
                    "before": _number(one.before),
                    "after": _number(one.after),
                }
                for one in contents.corrections
            ],
            "tables": tables,
            "charts": charts,
        }
    )


def figure_told(figure: Figure) -> dict[str, Any]:  # Any: JSON
    """Return a Figure as JSON holds it; the value is a text, so that no decimal is lost."""
    return {
        "id": figure.id,
        "stream": figure.stream.value,
        "definition": figure.definition,
        "period": figure.period.key,
        "unit": figure.unit.value,
        "value": _number(figure),
        "filters": [list(pair) for pair in figure.filters],
        "query": figure.query,
        "gaps": [gap_told(gap) for gap in figure.gaps],
    }


def gap_told(gap: Gap) -> list[str]:
    """Return a gap as JSON holds it: feed, first day, last day."""
    return [gap.feed, gap.first.isoformat(), gap.last.isoformat()]


def _number(figure: Figure | None) -> str | None:
    return None if figure is None or figure.value is None else str(figure.value)


def _harmless(value: str | None) -> str:
    """Keep a spreadsheet from reading a source's name as a formula."""
    text = value or ""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
