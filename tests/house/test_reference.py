"""What the reference says must be what the code does."""

import pytest

from lionrock.jobs.exits import MEANINGS, Exit
from scripts import reference


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_committed_reference_is_what_the_code_says_now(name: str) -> None:
    written = (reference.FOLDER / name).read_text(encoding="utf-8")

    assert written == reference.NOTE + reference.PAGES[name](), "run: make docs"


def test_every_exit_code_has_a_meaning_in_the_reference() -> None:
    assert set(MEANINGS) == set(Exit)
    written = reference.commands()
    for code in Exit:
        assert f"| {int(code)} | {MEANINGS[code]} |" in written


def test_every_page_says_what_it_is_for() -> None:
    silent = [path for path, view in reference.own_pages() if not reference.first_sentence(view)]

    assert silent == []
