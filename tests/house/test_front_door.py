"""One place where errors become a sentence and an exit code."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from cyclopts import App
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from lionrock.core.errors import GiveUp, NotOurs, TryLater
from lionrock.jobs.cli import app, refuse, run
from lionrock.jobs.exits import Exit


def all_commands(tree: App, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command below the tree, groups left out."""
    for name in tree:
        if name.startswith("-"):
            continue
        below = list(all_commands(tree[name], (*path, name)))
        yield from below or [(*path, name)]


@pytest.mark.parametrize("words", list(all_commands(app)), ids=" ".join)
def test_the_help_of_every_command_holds_an_example(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--help"]) == Exit.FINE

    shown = capsys.readouterr().out.partition("\n")[2]  # the first line is the usage
    assert f"\n lionrock {' '.join(words)}" in shown, (
        "say 'For example:' in the docstring, then an empty line, then the indented command "
        "(a section called 'Examples' is not shown by help)"
    )


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (GiveUp("the pack has no brands"), Exit.UNREADABLE, "the pack has no brands"),
        (NotOurs("another region's domain"), Exit.UNREADABLE, "another region's domain"),
        (TryLater("no model yet"), Exit.MISSING, "no model yet"),
        (
            FileNotFoundError(2, "No such file or directory", "names.txt"),
            Exit.MISSING,
            "names.txt: No such file or directory",
        ),
        (
            IsADirectoryError(21, "Is a directory", "names"),
            Exit.UNREADABLE,
            "names: Is a directory",
        ),
        (OSError("the disk is gone"), Exit.UNREADABLE, "the disk is gone"),
        (
            ImproperlyConfigured("LIONROCK_URL must be http:// or https://"),
            Exit.USAGE,
            "a setting is wrong: LIONROCK_URL must be http:// or https://",
        ),
        (
            OperationalError("connection refused\n\tIs it running?"),
            Exit.MISSING,
            "the database does not answer: connection refused Is it running?",
        ),
        (
            ZeroDivisionError("division by zero"),
            Exit.FAULT,
            "a fault in Lionrock: ZeroDivisionError('division by zero') (add --debug to see where)",
        ),
    ],
)
def test_an_error_ends_in_one_line_and_its_own_exit_code(
    error: Exception, code: Exit, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refuse(error) == code

    assert capsys.readouterr().err == f"lionrock: {words}\n"


def test_an_unknown_command_is_wrong_usage_and_says_so_on_standard_error() -> None:
    done = lionrock("nmaes", "scan")

    assert done.returncode == Exit.USAGE
    assert done.stdout == ""
    assert "nmaes" in done.stderr


def test_help_needs_neither_django_nor_numba() -> None:
    code = (
        "import sys; from lionrock.jobs.cli import run; run(['--help']); "
        "sys.exit(any(m in sys.modules for m in ('django', 'numba', 'numpy', 'pyarrow')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)

    assert done.returncode == 0, done.stderr


def lionrock(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell would."""
    return subprocess.run(
        [sys.executable, "-c", "from lionrock.jobs.cli import main; main()", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
