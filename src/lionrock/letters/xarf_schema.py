"""Holds X-ARF reports against the specification's own schema, compiled once for each type of report.

The specification's schema asks of every report "if it is of this type, then …" for some thirty types.
Only one of them applies: a report's type picks what is left of the schema, which is then kept.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_Json = dict[str, Any]  # Any: a JSON schema
_MASTER: Final = "xarf-v4-master.json"
_NAMES: Final = {"category", "type"}


def error_in(report: Mapping[str, object]) -> str | None:
    """Say what the schema finds wrong with a report; None when nothing is."""
    found = best_match(_validator(report.get("category"), report.get("type")).iter_errors(report))
    if found is None:
        return None
    place = ".".join(str(part) for part in found.absolute_path)
    return f"{place}: {found.message}" if place else str(found.message)


@cache
def _validator(category: object, type_: object) -> Draft202012Validator:
    """Return what holds reports of one type against all of the schema that applies to them."""
    master = _schemas()[_MASTER]
    asked = {"category": category, "type": type_}
    rules: list[_Json] = []
    for rule in master["allOf"]:
        condition = rule.get("if")
        if condition is None or set(condition.get("properties", ())) - _NAMES:
            rules.append(rule)
        elif Draft202012Validator(condition).is_valid(asked):
            rules += [rule["then"]] if "then" in rule else []
        else:
            rules += [rule["else"]] if "else" in rule else []
    return Draft202012Validator(
        {**master, "allOf": rules},
        registry=_registry(),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


@cache
def _registry() -> Registry[Any]:  # Any: as above
    found: Registry[Any] = Registry()  # Any: as above
    return found.with_resources(
        (schema["$id"], DRAFT202012.create_resource(schema)) for schema in _schemas().values()
    ).crawl()


@cache
def _schemas() -> Mapping[str, _Json]:
    folder = files("xarf") / "schemas"
    return {
        one.name: json.loads(one.read_text(encoding="utf-8"))
        for one in (*_json_in(folder), *_json_in(folder / "types"))
    }


def _json_in(folder: Traversable) -> list[Traversable]:
    return [one for one in folder.iterdir() if one.name.endswith(".json")]
