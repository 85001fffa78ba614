"""What a region pack says of cases is read strictly, and one name stands for one category."""

from lionrock.core.cases import CaseBook, Category, by_name, check_cases
from lionrock.core.region import draft_region
from lionrock.regions import load
from tests.regions.test_loading import PACKS

GOOD = Category(
    id="phishing",
    names={"en": "Phishing", "pt": "Páginas falsas"},
    definition={"en": "A lie.", "pt": "Uma mentira."},
    impacts={"en": ("Loss.",), "pt": ("Perda.",)},
    aliases=("Smishing",),
)


def changed(**fields: object) -> list[tuple[str, str]]:
    """Say what is wrong once some fields of a good category are others."""
    values = {name: getattr(GOOD, name) for name in Category.__dataclass_fields__}
    category = Category(**{**values, **fields})
    return list(check_cases(CaseBook(categories=(category,)), ("en", "pt")))


def test_a_packs_categories_and_channels_are_read_with_all_they_say() -> None:
    book = load("xx", PACKS / "xx").cases
    assert [(each.id, each.since, each.imitates) for each in book.categories] == [
        ("phishing", "", True),
        ("flood", "2025-01", False),
    ]
    assert book.categories[1].impacts["pt"] == ("Pára.", "Pedem dinheiro.")
    assert [each.id for each in book.channels] == ["lighthouse"]


def test_a_category_is_found_by_any_of_its_names_however_they_are_spelt() -> None:
    names = by_name((GOOD,))
    assert {names.get(each) for each in ("phishing", "páginasfalsas", "smishing")} == {"phishing"}


def test_what_is_missing_in_a_language_is_said() -> None:
    assert changed(names={"en": "Phishing"}) == [("phishing", "no name in pt")]
    assert changed(definition={"pt": "Uma mentira."}) == [("phishing", "no definition in en")]
    assert changed(impacts={"en": ("Loss.",)}) == [("phishing", "no impacts in pt")]
    assert changed(impacts={"en": ("Loss.", "Grief."), "pt": ("Perda.",)}) == [
        ("phishing", "names more impacts in one language than in another")
    ]


def test_a_month_that_is_none_and_a_name_claimed_twice_are_said() -> None:
    assert changed(since="2025-13") == [("phishing", "“2025-13” is no month such as 2025-01")]
    twin = CaseBook(categories=(GOOD, *(_named(GOOD, "other"),)))
    assert ("other", "“Smishing” is also what phishing is called") in list(
        check_cases(twin, ("en", "pt"))
    )


def test_an_unknown_key_and_a_wrong_kind_are_problems_of_the_file() -> None:
    pack = {
        "region.toml": b"",
        "cases.toml": b"[[category]]\nid = 'x'\nnames = {en = 'X'}\nimitates = 'yes'\ncolour = 'red'\n",
    }
    _region, problems = draft_region(pack)
    said = {problem.what for problem in problems if problem.file == "cases.toml"}
    assert said == {
        "“definition” is missing",
        "“impacts” is missing",
        "“imitates” is not true or false",
        "unknown key “colour”",
    }


def _named(category: Category, id_: str) -> Category:
    return Category(
        id=id_,
        names={"en": "Other", "pt": "Outro"},
        definition=category.definition,
        impacts=category.impacts,
        aliases=category.aliases,
    )
