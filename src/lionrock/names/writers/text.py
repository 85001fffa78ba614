"""Write judged names as JSON lines and as CSV, a few million a minute."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import BinaryIO, Final

from lionrock.core.judgement import Judgement, Reason
from lionrock.core.reasons import WORDS

FIELDS: Final = (
    "name",
    "registrable",
    "tenant_of",
    "score",
    "verdict",
    "brand",
    "reasons",
    "model_version",
)

_quoted = json.JSONEncoder(ensure_ascii=False).encode
"""The JSON text of a string; the compiled encoder, without the cost of building one each time."""


class JsonlWriter:
    """One JSON object per judgement and line, UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, judgements: Sequence[Judgement]) -> None:
        """Append a line per judgement."""
        self._stream.write(encoded("".join(map(_json_line, judgements))))

    def close(self) -> None:
        """Hand on what the stream still holds back."""
        self._stream.flush()


class CsvWriter:
    """A header and one row per judgement (RFC 4180 with plain line ends), UTF-8.

    ``reasons`` holds JSON; null is an empty field. ``name`` repeats the input as it came: in a
    spreadsheet one that begins with ``=``, ``+``, ``-`` or ``@`` would be a formula, so import the
    column as text. Machines get what was read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        stream.write((",".join(FIELDS) + "\n").encode("ascii"))

    def write(self, judgements: Sequence[Judgement]) -> None:
        """Append a row per judgement."""
        self._stream.write(encoded("".join(map(_csv_row, judgements))))

    def close(self) -> None:
        """Hand on what the stream still holds back."""
        self._stream.flush()


def words(reason: Reason) -> str:
    """Return a reason in plain English words."""
    return WORDS[reason.code].format(about=reason.about)


def encoded(text: str) -> bytes:
    """Return UTF-8; what no Unicode text can hold (half a pair) is escaped."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def _json_line(j: Judgement) -> str:
    return (
        f'{{"name": {_quoted(j.name)}, "registrable": "{j.registrable}", '
        f'"tenant_of": {_or_null(j.tenant_of)}, "score": {number(j.score)}, '
        f'"verdict": "{j.verdict}", "brand": {_or_null(j.brand)}, '
        f'"reasons": {_reasons(j)}, "model_version": {_or_null(j.model_version)}}}\n'
    )


def _csv_row(j: Judgement) -> str:
    reasons = _reasons(j).replace('"', '""') if j.reasons else "[]"
    return (
        f"{_field(j.name)},{j.registrable},{j.tenant_of or ''},{number(j.score)},{j.verdict},"
        f'{_field(j.brand or "")},"{reasons}",{_field(j.model_version)}\n'
    )


def number(score: float) -> str:
    """Return a score as it is written out: with so many digits that millions of names hardly tie."""
    return f"{score:.10g}"


def _reasons(j: Judgement) -> str:
    return f"[{', '.join(_reason(reason, j.span(reason)) for reason in j.reasons)}]"


@lru_cache(maxsize=65_536)
def _reason(reason: Reason, span: tuple[int, int] | None) -> str:
    place = "null" if span is None else f"[{span[0]}, {span[1]}]"
    said = _quoted(words(reason))
    return f'{{"code": {_quoted(reason.code)}, "span": {place}, "words": {said}}}'


@lru_cache(maxsize=4096)
def _or_null(text: str | None) -> str:
    return "null" if text is None else _quoted(text)


def _field(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        text = text.replace('"', '""')
        return f'"{text}"'
    return text
