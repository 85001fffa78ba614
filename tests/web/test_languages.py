"""Pages speak the reader's language, wholly."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import lionrock
from lionrock.desk.people.roles import Role
from tests.people.someone import someone
from tests.web.suspects import store

HOW = (
    "run in src/lionrock: django-admin makemessages -l zh_Hant -l zh_Hans --no-wrap --no-obsolete "
    "--add-location file; translate; django-admin compilemessages"
)
LOCALE = Path(lionrock.__file__).parent / "web" / "locale"
PACKAGE = LOCALE.parents[1]
ENTRY = re.compile(
    r'((?:^#.*\n)*)^msgid ((?:".*"\n)+)(?:msgid_plural ((?:".*"\n)+))?msgstr(?:\[0\])? ((?:".*"\n?)+)',
    re.MULTILINE,
)
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|%%|</?\w+>")


def entries(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield each message of a catalogue: comments, English, translation."""
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    for comments, english, _plural, translation in ENTRY.findall(text):
        yield comments, joined(english), joined(translation)


def joined(quoted: str) -> str:
    """Return what the lines of a quoted string say together."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', quoted)
    return "".join(parts).replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_no_message_is_untranslated_or_unsure(language: str) -> None:
    unsure = [english for comments, english, _ in entries(language) if "fuzzy" in comments]
    empty = [english for _, english, said in entries(language) if english and not said]

    assert unsure == []
    assert empty == []


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_a_translation_fills_in_what_its_english_fills_in(language: str) -> None:
    wrong = [
        english
        for _, english, said in entries(language)
        if english and sorted(PLACES.findall(english)) != sorted(PLACES.findall(said))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_the_compiled_catalogue_is_that_of_the_written_one(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    stale = [
        english
        for _, english, said in entries(language)
        if english and compiled.gettext(english) != said
    ]

    assert stale == [], HOW


def test_every_sentence_marked_for_translation_is_in_the_catalogue() -> None:
    known = {english for _, english, _ in entries("zh_Hant")}
    marked: dict[str, str] = {}
    for template in PACKAGE.rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        for found in re.findall(r'{% translate "([^"]+)"', text):
            marked[found] = template.name
        for names, body in re.findall(
            r"{% blocktranslate([^%]*)%}(.*?){% (?:endblocktranslate|plural) %}", text, re.DOTALL
        ):
            del names
            # gettext writes %% for a per cent sign beside a placeholder.
            plain = body.replace("%", "%%") if "{{" in body else body
            marked[re.sub(r"{{ (\w+) }}", r"%(\1)s", plain)] = template.name
    for module in PACKAGE.rglob("*.py"):
        for found in re.findall(
            r'\b(?:_|gettext|gettext_lazy)\(\s*"((?:[^"\\]|\\.)+)"\s*[,)]', module.read_text()
        ):
            marked[found.replace('\\"', '"')] = module.name
    missing = {words: where for words, where in marked.items() if words not in known}

    assert missing == {}, HOW


PAGES = [
    "mfa_index",
    "mfa_activate_totp",
    "people:list",
    "people:profile",
    "people:tokens",
    "audit:log",
    "suspects:front",
    "suspects:queue",
    "suspects:list",
    "suspects:readings",
    "suspects:proposals",
    "suspects:exports",
    "suspects:team",
]
# Names of things that are the same in every language, and what the tests' own data bring along.
SAME = re.compile(
    r"Lionrock|English|JavaScript|HSBC|TLP:[A-Z+]+|TLP|CSV|JSON|RPZ|API|HTTP|TOML|TOTP|QR|Person \d+|"
    r"[\w.+-]+@[\w.-]+|[\w-]+(?:\[?\.\]?[\w-]+)*\[?\.\]?example|test(?:-1)?|[A-Z2-7]{32}|"
    r"\b[JKCDSU]\b|Enter|authenticator|Authenticator|lionrock|hsbc"
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PAGES, "suspect", "account_login"])
def test_a_page_in_chinese_holds_no_english(name: str, client: Client) -> None:
    (suspect,) = store("hsbc1.example")
    if name != "account_login":
        client.force_login(someone(*Role))
    client.cookies["language"] = "zh-hant"
    address = reverse("suspects:suspect", args=[suspect.pk]) if name == "suspect" else reverse(name)
    page = client.get(address).content.decode()

    assert '<html lang="zh-hant">' in page
    visible = re.sub(
        r"<(script|style|code|title|option|bdi|samp)\b.*?</\1>|<[^>]*>|&\w+;|&#\w+;",
        "\n",
        page,
        flags=re.DOTALL,
    )
    assert english_in(visible) == []
    spoken = "\n".join(re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', page))
    assert english_in(spoken) == []


def english_in(text: str) -> list[str]:
    """Return the lines with a Latin word of three letters or more in them."""
    return [
        line.strip() for line in text.splitlines() if re.search(r"[A-Za-z]{3,}", SAME.sub("", line))
    ]


@pytest.mark.django_db
def test_times_are_those_of_the_region_and_read_alike_everywhere(client: Client) -> None:
    client.force_login(someone(Role.ADMINISTRATOR))
    page = client.get(reverse("audit:log")).content.decode()

    assert "2026-11-20 12:00:00" in page  # 04:00 UTC in Hong Kong
