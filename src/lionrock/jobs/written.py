"""Reads what a command says of itself without loading it, so that help stays quick."""

import ast
from importlib.util import find_spec
from pathlib import Path


def written(place: str) -> str:
    """Read the docstring of ``module:function`` from its source, without importing the module."""
    module, _, function = place.partition(":")
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(module)
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    return next(
        ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
