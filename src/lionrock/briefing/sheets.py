"""Keeps fact sheets as JSON and reads them back strictly: an unknown key or a wrong type is an error."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from lionrock.briefing.facts import MOST, FactSheet
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Period

LONGEST: Final = 4 * 2**20
"""Characters of a sheet."""
LONGEST_TEXT: Final = 4_000

T = TypeVar("T")


class NoSheet(GiveUp):
    """What was handed in is no fact sheet; the words say where and why."""


def dumped(sheet: object) -> str:
    """Return a sheet as JSON: the same sheet, the same text."""
    return json.dumps(_plain(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loaded(text: str, kind: type[T] = FactSheet) -> T:  # type: ignore[assignment]  # the default names the usual kind
    """Return the sheet that a JSON text holds, or raise NoSheet."""
    if len(text) > LONGEST:
        raise NoSheet(f"the sheet has more than {LONGEST} characters")
    try:
        data = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
        found = _read(data, kind, "sheet")
    except (ValueError, RecursionError) as error:
        raise NoSheet(str(error)) from error
    if not isinstance(found, kind):
        raise NoSheet("this is another kind of sheet")
    return found


def _no_float(text: str) -> Any:  # Any: as json has it
    raise ValueError(f"{text[:20]}: a number with a fraction stands as text")


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case Period():
            return value.key
        case bool() | int() | str() | None:
            return value
        case Decimal() | datetime() | date():
            return value.isoformat() if isinstance(value, date) else str(value)
        case tuple() | list():
            return [_plain(each) for each in value]
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"{value!r} is no part of a sheet")
    return {
        each.name: _plain(getattr(value, each.name))
        for each in fields(value)
        if each.default is MISSING or getattr(value, each.name) != each.default
    }


def _read(
    data: object, kind: Any, where: str
) -> Any:  # Any: a type as typing has it, and its value
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _one_of(data, get_args(kind), where)
    if origin is tuple:
        return _several(data, get_args(kind), where)
    if origin in {dict, Mapping}:
        if not isinstance(data, dict) or len(data) > MOST:
            raise ValueError(f"{where} is no table")
        return {key: _read(each, str, f"{where}.{key}") for key, each in data.items()}
    if origin is not None and is_dataclass(origin):
        return _record(data, origin, where, get_args(kind)[0])
    if kind is Period:
        return Period.of(_text(data, where))
    if is_dataclass(kind):
        return _record(data, kind, where, None)
    return _single(data, kind, where)


def _one_of(data: object, kinds: tuple[Any, ...], where: str) -> Any:  # Any: as in _read
    if data is None and type(None) in kinds:
        return None
    some = [kind for kind in kinds if kind is not type(None)]
    if set(some) == {int, Decimal}:
        return _single(data, Decimal if isinstance(data, str) else int, where)
    return _read(data, some[0], where)


def _several(
    data: object, kinds: tuple[Any, ...], where: str
) -> tuple[Any, ...]:  # Any: as in _read
    if not isinstance(data, list) or len(data) > MOST:
        raise ValueError(f"{where} is no list of at most {MOST} entries")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(each, kinds[0], f"{where}[{at}]") for at, each in enumerate(data))
    if len(data) != len(kinds):
        raise ValueError(f"{where} has {len(data)} entries instead of {len(kinds)}")
    return tuple(_read(each, kind, where) for each, kind in zip(data, kinds, strict=True))


def _record(data: object, kind: Any, where: str, parameter: Any) -> Any:  # Any: as in _read
    if not isinstance(data, dict):
        raise ValueError(f"{where} is no table")  # noqa: TRY004  # a fault of the sheet, not of the caller
    hints = _hints(kind)
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise ValueError(f"{where} has an unknown key {unknown[0][:40]!r}")
    values = {}
    for name, (hint, needed) in hints.items():
        if name in data:
            values[name] = _read(
                data[name], parameter if isinstance(hint, TypeVar) else hint, f"{where}.{name}"
            )
        elif needed:
            raise ValueError(f"{where} lacks {name!r}")
    return kind(**values)


@cache
def _hints(kind: type) -> dict[str, tuple[Any, bool]]:  # Any: as in _read
    hints = get_type_hints(kind)
    if not is_dataclass(kind):
        raise TypeError(f"{kind!r} is no part of a sheet")
    return {
        each.name: (
            hints[each.name],
            each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(kind)
    }


def _single(data: object, kind: Any, where: str) -> Any:  # Any: as in _read
    if kind in {int, bool}:
        if type(data) is not kind:
            raise ValueError(f"{where} is no {'number' if kind is int else 'yes or no'}")
        return data
    text = _text(data, where)
    if kind is str:
        return text
    try:
        if kind in {date, datetime}:
            return kind.fromisoformat(text)
        return kind(text)
    except (ValueError, InvalidOperation) as error:
        raise ValueError(f"{where}: {text[:40]!r} is none of {kind.__name__}") from error


def _text(data: object, where: str) -> str:
    if not isinstance(data, str) or len(data) > LONGEST_TEXT:
        raise ValueError(f"{where} is no text of at most {LONGEST_TEXT} characters")
    return data
