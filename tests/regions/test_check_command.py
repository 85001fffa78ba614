"""The command says what is wrong in a pack, where, and what the pack holds."""

import shutil
from pathlib import Path

import pytest

from lionrock.core.errors import TryLater
from lionrock.jobs.exits import Exit
from lionrock.jobs.region import app

PACKS = Path(__file__).parent / "packs"


def check(*words: str) -> object:
    return app(["check", *words], result_action="return_value")


def test_the_shipped_packs_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == Exit.FINE
    assert " 0 problems\n" in capsys.readouterr().out


def test_a_sound_folder_passes_and_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(str(PACKS / "xx")) == Exit.FINE
    rows = [line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert [(name.strip(), count) for name, count in rows[1:]] == [
        ("brands", "4"),
        ("bank", "3"),
        ("parcel", "1"),
        ("aliases", "8"),
        ("official domains", "5"),
        ("checked", "1"),
        ("unchecked", "4"),
        ("lure words", "2"),
    ]


def test_a_faulty_folder_fails_with_one_line_per_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "xx"
    shutil.copytree(PACKS / "xx", pack)
    post = pack / "brands" / "parcel.toml"
    text = post.read_text(encoding="utf-8").replace("post.state.xx", "pages.dev")
    post.write_text(text.replace("islespost", "IslesPost"), encoding="utf-8")
    assert check(str(pack)) == Exit.FOUND
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "brands/parcel.toml: isles-post: alias “IslesPost” is not lower-case letters, digits "
        "and single hyphens",
        "brands/parcel.toml: isles-post: official domain pages.dev is a public suffix "
        "or a host of strangers' names",
    ]
    assert lines[2].split() == ["region", "xx", "2", "problems"]


def test_a_pack_that_is_nowhere_is_said_to_be_missing() -> None:
    with pytest.raises(TryLater, match="atlantis is neither a shipped pack"):
        check("atlantis")
