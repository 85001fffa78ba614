"""Writes docs/reference from the code, because what is written by hand drifts: python -m scripts.reference."""

import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "reference"
NOTE: Final = "<!-- Written by `make docs` from the code. Edit the code, not this file. -->\n\n"


def main() -> None:
    """Write every page of the reference."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["LIONROCK_DATA"] = scratch
        os.environ["DJANGO_SETTINGS_MODULE"] = "lionrock.web.settings"
        import django  # noqa: PLC0415 the settings are read at import and need the lines above

        django.setup()
        for name, write in PAGES.items():
            (FOLDER / name).write_text(NOTE + write(), encoding="utf-8")
            print(f"wrote docs/reference/{name}")


def settings() -> str:
    """Describe every setting, from the table the settings module itself reads."""
    from lionrock.web.declared import SETTINGS  # noqa: PLC0415 as above

    rows = [
        f"| `{each.name}` | {each.kind} | {code(each.default) or '(empty)'} | {each.sentence} |"
        for each in SETTINGS
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Lionrock reads its settings from the environment. Each may be absent: the default works",
            "on a laptop. What a team sets for itself, the daily budget for one, is kept in the console.",
            "",
            "| Variable | Kind | Default | What it is for |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def commands() -> str:
    """Describe every command, its options and examples, and what the exit codes mean."""
    from lionrock.jobs.cli import app  # noqa: PLC0415 as above
    from lionrock.jobs.exits import MEANINGS  # noqa: PLC0415 as above

    with called_as("lionrock"):
        text = app.generate_docs(output_format="markdown")
    codes = [f"| {int(each)} | {meaning} |" for each, meaning in MEANINGS.items()]
    table = ["## Exit codes", "", "| Code | Meaning |", "|---|---|", *codes, ""]
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return "\n".join([*lines, "", *table])


@contextmanager
def called_as(name: str) -> Iterator[None]:
    """Let usage lines show the command's own name, whatever program asks for them."""
    before = sys.argv
    sys.argv = [name]
    try:
        yield
    finally:
        sys.argv = before


def api() -> str:
    """Describe every operation of the HTTP API, from its OpenAPI schema."""
    from lionrock.web.api import api as house  # noqa: PLC0415 as above

    schema = house.get_openapi_schema()
    lines = ["# HTTP API", "", str(schema["info"].get("description", "")).strip(), ""]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            lines += [f"## `{method.upper()} {path}`", "", *operation_lines(operation)]
    lines += ["## Shapes", ""]
    for name, shape in sorted(schema["components"]["schemas"].items()):
        lines += [f"### {name}", "", *shape_lines(shape)]
    return "\n".join(lines)


def shape_lines(shape: dict[str, Any]) -> Iterator[str]:  # Any: OpenAPI is free-form JSON
    """Yield what one JSON object holds, or which values it may be."""
    if said := inspect.cleandoc(shape.get("description", "")):
        yield from (*said.splitlines(), "")
    if "properties" not in shape:
        yield from (f"{kind(shape)}.", "")
        return
    yield from ("| Field | Kind | Always there |", "|---|---|---|")
    for name, field in shape["properties"].items():
        always = "yes" if name in shape.get("required", ()) else "no"
        yield f"| `{name}` | {kind(field)} | {always} |"
    yield ""


def operation_lines(operation: dict[str, Any]) -> Iterator[str]:  # Any: as above
    """Yield what one operation is, takes and answers."""
    said = operation.get("description") or operation.get("summary") or ""
    yield from (*inspect.cleandoc(said).splitlines(), "")
    parameters = operation.get("parameters", [])
    if parameters:
        yield from ("| Parameter | In | Kind | Needed |", "|---|---|---|---|")
        for each in parameters:
            need = "yes" if each.get("required") else "no"
            yield f"| `{each['name']}` | {each['in']} | {kind(each['schema'])} | {need} |"
        yield ""
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        yield from (f"Takes {kind(body['schema'])} as `{media}`.", "")
    answers = ", ".join(
        f"`{code_}` {reply['description']}" for code_, reply in answers_of(operation)
    )
    yield from (f"Answers: {answers}.", "")


def answers_of(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:  # Any: as above
    """List the answers by their status."""
    return sorted((str(status), reply) for status, reply in operation["responses"].items())


def kind(schema: dict[str, Any]) -> str:  # Any: as above
    """Say in a word or two what a value is."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}" if "items" in schema else "list"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "allOf" in schema:
        return " and ".join(kind(each) for each in schema["allOf"])
    return str(schema.get("format") or schema.get("type") or "any")


def pages() -> str:
    """Describe every page: its address, who may open it, and what it is for."""
    rows = [f"| `/{path}` | {who(view)} | {first_sentence(view)} |" for path, view in own_pages()]
    return "\n".join(
        [
            "# Pages",
            "",
            "Every address of the console that this product answers itself. Signing in, second factors",
            "and passkeys, below `/account/`, come from django-allauth; the HTTP API has a page of its",
            "own ([api.md](api.md)).",
            "",
            "| Address | Who may | What it is for |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def own_pages() -> list[tuple[str, Callable[..., object]]]:
    """List the addresses whose views are written in this repository, the API's aside."""
    from django.urls import get_resolver  # noqa: PLC0415 as above

    found = [
        (path, view)
        for path, view in walk(get_resolver().url_patterns)
        if inspect.unwrap(view).__module__.startswith("lionrock.") and not path.startswith("api/")
    ]
    return sorted(found, key=lambda each: each[0])


def walk(
    patterns: Any, before: str = ""
) -> Iterator[tuple[str, Callable[..., object]]]:  # Any: Django mixes patterns and resolvers
    """Yield every address below these patterns with its view."""
    for each in patterns:
        path = before + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from walk(each.url_patterns, path)
        else:
            yield path, each.callback


def who(view: Callable[..., object]) -> str:
    """Say who may open the page, from the mark that the permission decorators leave."""
    from lionrock.desk.people.roles import Role  # noqa: PLC0415 as above

    roles = getattr(view, "allowed_roles", frozenset(Role))
    if roles is None:
        return "everybody"
    if roles == frozenset(Role):
        return "everybody signed in"
    return ", ".join(role.value for role in Role if role in roles)


def first_sentence(view: Callable[..., object]) -> str:
    """Take the first sentence of the view's docstring."""
    text = inspect.getdoc(inspect.unwrap(view)) or ""
    return " ".join(text.partition("\n\n")[0].split())


def code(text: str) -> str:
    """Set a value in code, where there is one."""
    return f"`{text}`" if text else ""


PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings,
    "commands.md": commands,
    "api.md": api,
    "pages.md": pages,
}

if __name__ == "__main__":
    main()
