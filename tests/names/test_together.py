"""Facts beside the letters are read strictly, and only about names that are there."""

from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Reject
from lionrock.names.series import By, Together
from lionrock.names.suffixes import Suffixes
from lionrock.names.together import Facts, read_together

ROWS = {"one.com": 0, "two.net": 1, "three.org": 2, "four.co.uk": 3}


def read(tmp_path: Path, text: str) -> Facts:
    file = tmp_path / "facts.csv"
    file.write_text(text, "utf-8")
    return read_together(file, ROWS, Suffixes.bundled())


def test_names_that_share_a_certificate_or_registrar_and_day_belong_together(
    tmp_path: Path,
) -> None:
    found = read(
        tmp_path,
        "name,certificate,registrar,day\n"
        "www.one.com,ab12,Cheap Names Inc.,2026-01-02\n"
        "two.net,ab12,cheap  names inc.,2026-01-02T10:00:00Z\n"
        "three.org,,Cheap Names Inc.,2026-01-03\n"
        "mail.four.co.uk,ab12,,\n"
        "elsewhere.com,ab12,Cheap Names Inc.,2026-01-02\n",
    )
    assert found.rejects == ()
    assert found.together == (
        Together(by=By.CERTIFICATE, key="ab12", rows=(0, 1, 3)),
        Together(by=By.REGISTRATION, key="cheap names inc. 2026-01-02", rows=(0, 1)),
    )


def test_what_cannot_be_read_is_told_by_line(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "day,name,registrar\n2026-01-02,no name at all,x\nyesterday,one.com,x\n,two.net,x\n",
    )
    assert found.together == ()
    assert found.rejects == (
        Reject(line=2, text="no name at all", why=found.rejects[0].why),
        Reject(line=3, text="yesterday", why="not a day in ISO 8601"),
    )


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    for text in ("", "host,certificate\none.com,ab\n"):
        with pytest.raises(GiveUp, match="has no column called name"):
            read(tmp_path, text)


def test_a_field_without_end_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="line"):
        read(tmp_path, 'name,certificate\none.com,"' + "a" * 200_000)
