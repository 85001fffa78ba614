"""Pages speak the reader's language, wholly."""

import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import lionrock
from lionrock.desk.people.roles import Role
from tests.people.someone import someone
from tests.web.suspects import store

pytestmark = pytest.mark.any_database
HOW = (
    "run in src/lionrock: django-admin makemessages -l zh_Hant -l zh_Hans --no-wrap --no-obsolete "
    "--add-location file; translate; django-admin compilemessages"
)
LOCALE = Path(lionrock.__file__).parent / "web" / "locale"
PACKAGE = LOCALE.parents[1]
ENTRY = re.compile(
    r"((?:^#.*\n)*)"
    r'(?:^msgctxt ((?:".*"\n)+))?'
    r'^msgid ((?:".*"\n)+)(?:msgid_plural ((?:".*"\n)+))?'
    r'msgstr(?:\[0\])? ((?:".*"\n?)+)',
    re.MULTILINE,
)
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|%%|</?\w+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of a catalogue: what it says in English, of one and of many, and in Chinese."""

    comments: str
    context: str
    english: str
    of_many: str
    said: str


def entries(language: str) -> Iterator[Entry]:
    """Yield each message of a catalogue, its header left out."""
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    for comments, context, english, of_many, said in ENTRY.findall(text):
        if joined(english):
            yield Entry(
                comments=comments,
                context=joined(context),
                english=joined(english),
                of_many=joined(of_many),
                said=joined(said),
            )


def joined(quoted: str) -> str:
    """Return what the lines of a quoted string say together."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', quoted)
    return "".join(parts).replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_no_message_is_untranslated_or_unsure(language: str) -> None:
    unsure = [entry.english for entry in entries(language) if "fuzzy" in entry.comments]
    empty = [entry.english for entry in entries(language) if not entry.said]

    assert unsure == []
    assert empty == []


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_a_translation_fills_in_what_its_english_fills_in(language: str) -> None:
    # Chinese has one form for one and for many: it names the number, as the English plural does.
    wrong = [
        entry.english
        for entry in entries(language)
        if sorted(PLACES.findall(entry.of_many or entry.english))
        != sorted(PLACES.findall(entry.said))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_the_compiled_catalogue_is_that_of_the_written_one(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    stale = [
        entry.english for entry in entries(language) if compiled_of(compiled, entry) != entry.said
    ]

    assert stale == [], HOW


def compiled_of(compiled: gettext.GNUTranslations, entry: Entry) -> str:
    """Return what a compiled catalogue says for a message of the written one."""
    many = entry.of_many or entry.english
    if entry.context:
        return (
            compiled.npgettext(entry.context, entry.english, many, 2)
            if entry.of_many
            else (compiled.pgettext(entry.context, entry.english))
        )
    return (
        compiled.ngettext(entry.english, many, 2)
        if entry.of_many
        else (compiled.gettext(entry.english))
    )


def test_every_sentence_marked_for_translation_is_in_the_catalogue() -> None:
    known = {entry.english for entry in entries("zh_Hant")}
    marked: dict[str, str] = {}
    for template in PACKAGE.rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        for found in re.findall(r'{% translate "([^"]+)"', text):
            marked[found.replace("%", "%%")] = template.name  # as gettext's format has it
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
    "suspects:found-series",
    "suspects:readings",
    "suspects:opinions",
    "suspects:proposals",
    "suspects:exports",
    "suspects:team",
    "models:list",
    "streams:list",
    "events:episodes",
    "events:list",
    "events:rejects",
    "feeds:deliveries",
    "constituents:list",
    "constituents:add",
    "constituents:who",
    "constituents:rules",
    "constituents:passing",
    "constituents:import",
    "constituents:registries",
    "notices:list",
    "notices:attention",
    "notices:caught",
    "notices:mailing",
    "alerts:list",
    "alerts:figures",
    "trends:list",
    "news:list",
    "news:sources",
    "reports:list",
    "cases:list",
    "cases:rejects",
    "sample:sample",
    "portal:front",
    "portal:episodes",
    "portal:notices",
    "portal:wishes",
]
# Names of things that are the same in every language, and what the tests' own data bring along.
SAME = re.compile(
    r"[A-Z2-7]{32}|"  # a second factor's secret, before any word it may happen to begin with
    r"追蹤 [a-z0-9-]+|"  # a source of news is followed by its key
    r"Lionrock|English|JavaScript|HSBC|TLP:[A-Z+]+|TLP|CSV|JSON|RPZ|API|HTTP|TOML|TOTP|QR|Person \d+|"
    r"[\w.+-]+@[\w.-]+|[\w-]+(?:\[?\.\]?[\w-]+)*\[?\.\]?example|test(?:-1)?|"
    r"ASN|CVE|UTF-8|SMTP|IMAP|IPv4|「name」|name\+…@|name\+|lionrock data update|"
    r"\b[JKCDSU]\b|Enter|authenticator|Authenticator|lionrock|hsbc|"
    r"\b[a-z]+-[0-9a-f]{8}\b|"  # a model's version
    r"ICANN|certstream|https://www\.gstatic\.com/[\w./]+|(?:https|wss|dns)://|NAME=VALUE|"
    # What a stream's options are called.
    r"key、protocol（tiles 或 rfc6962）、submission、mmd、from（now、beginning 或|"
    r"zone、key-name、key-algorithm|tlds"
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
