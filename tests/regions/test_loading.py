"""A pack is found where it is shipped or in any folder, and a faulty one says everything at once."""

import shutil
from pathlib import Path

import pytest

from lionrock.regions import PackError, available, draft, load

PACKS = Path(__file__).parent / "packs"


def test_a_shipped_pack_loads_by_its_code() -> None:
    assert [load(code).code for code in available()] == list(available())


def test_a_shipped_pack_is_parsed_once() -> None:
    code = available()[0]
    assert load(code) is load(code)


def test_an_invented_region_loads_from_a_folder() -> None:
    region = load("xx", PACKS / "xx")
    assert region.names == {"en": "Isles of Examplia", "pt": "Ilhas de Exemplia"}
    assert [brand.id for brand in region.brands] == [
        "marbluna",
        "harbour-savings",
        "marbluna-cards",
        "isles-post",
    ]
    assert [brand.sector for brand in region.brands] == ["bank", "bank", "bank", "parcel"]
    assert region.brands[0].official[0].source == "the bank's own branch"
    assert region.brands[0].official[1].checked is None
    assert region.brands[1].ordinary == {"harbour"}
    assert {lure.word: lure.kind for lure in region.lures} == {
        "entrar": "login",
        "encomenda": "parcel",
    }
    assert region.closed == ("state.xx",)


def test_a_code_nobody_ships_is_refused_with_those_there_are() -> None:
    with pytest.raises(PackError, match="no pack of this code is shipped; there is"):
        load("atlantis")


def test_a_folder_with_another_regions_pack_is_refused() -> None:
    with pytest.raises(PackError, match="the pack's code is “xx”, not “yy”"):
        load("yy", PACKS / "xx")


def test_a_faulty_folder_names_every_problem_with_its_file(tmp_path: Path) -> None:
    pack = tmp_path / "xx"
    shutil.copytree(PACKS / "xx", pack)
    post = pack / "brands" / "parcel.toml"
    post.write_text(post.read_text(encoding="utf-8").replace('home = "xx"', 'hoome = "xx"'))
    (pack / "lures.toml").write_text('lure = [{ word = "entrar", kind = "fishing" }]')
    (pack / "notes.toml").write_text("")
    with pytest.raises(PackError) as caught:
        load("xx", pack)
    assert [str(problem) for problem in caught.value.problems] == [
        "brands/parcel.toml: isles-post: “home” is missing",
        "brands/parcel.toml: isles-post: unknown key “hoome”",
        "notes.toml: -: a pack holds no such file",
        "lures.toml: entrar: unknown kind “fishing”",
    ]


def test_what_is_readable_of_a_faulty_pack_can_still_be_looked_at(tmp_path: Path) -> None:
    pack = tmp_path / "xx"
    shutil.copytree(PACKS / "xx", pack)
    (pack / "brands" / "parcel.toml").write_bytes(b"\xff\xfe not text")
    region, problems = draft("xx", pack)
    assert len(region.brands) == 3
    assert [problem.file for problem in problems] == ["brands/parcel.toml"]
