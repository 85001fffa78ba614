"""A table of constituents, as people keep it in a spreadsheet."""

import codecs
from datetime import UTC, datetime

import pytest
from pysequoia import Tsk

from lionrock.core.hosts import as_host
from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.models import Constituent, Contact, Holding, Mode
from lionrock.desk.constituents.reading import Why
from lionrock.desk.constituents.services.importing import (
    ImportMode,
    NoTable,
    Report,
    Unreadable,
    import_csv,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HEADER = (
    "name,name_local,kind,sector,critical,language,format,frequency,networks,asns,domains,"
    "contact_role,contact_name,contact_email,contact_phone,pgp\n"
)
ALPHA = (
    "Alpha Net,甲網絡,isp,telecom,yes,zh-hant,xarf,daily,192.0.2.0/24 2001:db8::/32,AS64496,"
    "alpha.example,abuse,Desk,Abuse@Alpha.example,+852 5555 0100,\n"
)


def import_(text: str | bytes, mode: ImportMode = ImportMode.APPLY) -> Report:
    content = text if isinstance(text, bytes) else text.encode()
    return import_csv(content, by=None, now=NOW, mode=mode)


def test_a_row_becomes_a_constituent_whose_letters_a_person_approves() -> None:
    report = import_(HEADER + ALPHA)

    alpha = Constituent.objects.get()
    assert (alpha.name, alpha.name_local, alpha.kind) == ("Alpha Net", "甲網絡", "isp")
    assert (alpha.sector, alpha.critical, alpha.language) == ("telecom", True, "zh-hant")
    assert alpha.mode == Mode.APPROVED
    assert set(alpha.holdings.values_list("kind", "value")) == {
        ("network", "192.0.2.0/24"),
        ("network", "2001:db8::/32"),
        ("asn", "64496"),
        ("domain", "alpha.example"),
    }
    assert alpha.contacts.get().email == "Abuse@alpha.example"
    assert [change.name for change in report.added] == ["Alpha Net"]
    assert report.refused == ()


def test_several_rows_of_one_name_add_to_each_other() -> None:
    import_(
        "name,networks,contact_email,contact_role\n"
        "Alpha,192.0.2.0/25,a@alpha.example,\n"
        "ALPHA,192.0.2.128/25;198.51.100.0 - 198.51.100.127,b@alpha.example,security\n"
    )

    assert set(Holding.objects.values_list("value", flat=True)) == {
        *("192.0.2.0/25", "192.0.2.128/25", "198.51.100.0/25"),
    }
    assert list(Contact.objects.values_list("email", "role", "order")) == [
        ("a@alpha.example", "abuse", 0),
        ("b@alpha.example", "security", 1),
    ]
    assert Constituent.objects.count() == 1


def test_the_same_table_a_second_time_changes_nothing() -> None:
    import_(HEADER + ALPHA)
    entries = Entry.objects.count()

    again = import_(HEADER + ALPHA)

    assert (again.added, again.changed) == ((), ())
    assert [change.name for change in again.unchanged] == ["Alpha Net"]
    assert Entry.objects.count() == entries


def test_a_trial_says_what_would_happen_and_writes_nothing() -> None:
    trial = import_(HEADER + ALPHA, ImportMode.TRY)

    assert Constituent.objects.count() == 0
    assert Entry.objects.count() == 0
    done = import_(HEADER + ALPHA)
    assert [(c.name, c.holdings, c.contacts) for c in trial.added] == [
        (c.name, c.holdings, c.contacts) for c in done.added
    ]
    assert (trial.applied, done.applied) == (False, True)


def test_what_is_there_is_changed_only_where_the_table_says_something() -> None:
    import_(HEADER + ALPHA)

    report = import_("name,sector,networks,contact_email,contact_name\nalpha net,tech,,,\n")

    alpha = Constituent.objects.get()
    assert (alpha.sector, alpha.kind, alpha.critical) == ("tech", "isp", True)
    assert report.changed[0].fields == ("sector",)


def test_the_mode_of_a_constituent_survives_an_import() -> None:
    import_(HEADER + ALPHA)
    Constituent.objects.update(mode=Mode.AUTOMATIC)

    import_("name,sector\nAlpha Net,tech\n")

    assert Constituent.objects.get().mode == Mode.AUTOMATIC


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("networks", "192.0.2.300", Why.NETWORK),
        ("networks", "192.0.2.1/24", Why.HOST_BITS),
        ("networks", "10.0.0.0/8", Why.NOBODYS),
        ("networks", "0.0.0.0/0", Why.TOO_WIDE),
        ("networks", "192.0.2.9-192.0.2.1", Why.RANGE),
        ("asns", "AS0", Why.ASN),
        ("asns", "99999999999", Why.ASN),
        ("domains", "no domain", Why.DOMAIN),
        ("domains", "co.uk", Why.SUFFIX),
        ("contact_email", "a@alpha.example\nBcc: b@c.example", Why.EMAIL),
        ("contact_name", "Nobody", Why.WITHOUT_ADDRESS),
        ("sector", "witchcraft", Why.CHOICE),
        ("critical", "perhaps", Why.CHOICE),
        ("kind", "shop", Why.CHOICE),
        ("language", "tlh", Why.CHOICE),
        ("language", "zh-CN", Why.CHOICE),
        ("language", "zh_Hans_TW", Why.CHOICE),
    ],
)
def test_a_row_with_something_wrong_is_refused_whole_with_the_reason(
    column: str, value: str, why: Why
) -> None:
    report = import_(f'name,{column}\nGood,\nBad,"{value}"\n')

    assert [(refused.line, refused.name, refused.why) for refused in report.refused] == [
        (3, "Bad", why)
    ]
    assert list(Constituent.objects.values_list("name", flat=True)) == ["Good"]


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("Chinese", "zh-hant"),
        ("zh", "zh-hant"),
        ("zh-Hant", "zh-hant"),
        ("zh_TW", "zh-hant"),
        ("zh-MO", "zh-hant"),
        ("en-GB", "en"),
        ("English", "en"),
    ],
)
def test_a_language_is_known_by_its_name_and_by_its_tag(written: str, language: str) -> None:
    import_(f"name,language\nAlpha,{written}\n")

    assert Constituent.objects.get().language == language


def test_rows_that_contradict_each_other_are_told_apart_by_line() -> None:
    report = import_("name,sector\nAlpha,bank\nAlpha,tech\n")

    assert [(refused.line, refused.why) for refused in report.refused] == [(3, Why.CONTRADICTS)]
    assert Constituent.objects.get().sector == "bank"


def test_a_table_is_read_as_spreadsheets_write_it() -> None:
    for content in (
        codecs.BOM_UTF8 + "Name;Domains\r\n甲;甲.example\r\n".encode(),
        "Name\tDomains\r\n乙\t乙.example\r\n".encode("utf-16"),
        "domains,NAME\n'丙.example,'=丙\n".encode(),
    ):
        assert import_(content).refused == ()

    assert set(Holding.objects.values_list("constituent__name", "value")) == {
        ("甲", as_host("甲.example")),
        ("乙", as_host("乙.example")),
        ("=丙", as_host("丙.example")),
    }


def test_a_public_key_is_kept_and_a_secret_one_is_refused() -> None:
    secret = Tsk.generate("Desk <abuse@alpha.example>")
    public = str(secret.extract_certificate())
    header = "name,contact_email,pgp\n"

    import_(f'{header}Alpha,abuse@alpha.example,"{public}"\n')
    report = import_(f'{header}Beta,abuse@beta.example,"{secret}"\n')

    assert "BEGIN PGP PUBLIC KEY BLOCK" in Contact.objects.get().pgp_key
    assert report.refused[0].why is Why.SECRET_KEY
    assert "PRIVATE" not in report.refused[0].value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"sector\nbank\n", Unreadable.NO_NAME),
        (b"", Unreadable.NO_NAME),
        ("name\n甲\n".encode("big5"), Unreadable.ENCODING),
        (b"name\n\0\n", Unreadable.ENCODING),
        (b"name\n" + b"a" * 200_000, Unreadable.BROKEN),
        (b"name\n" + b"\n" * 17 * 2**20, Unreadable.TOO_LARGE),
    ],
    ids=["no-name", "empty", "big5", "binary", "endless-cell", "huge"],
)
def test_what_is_no_table_is_said_so(content: bytes, why: Unreadable) -> None:
    with pytest.raises(NoTable) as refused:
        import_(content)

    assert refused.value.why is why


def test_unknown_columns_are_named_and_disturb_nothing() -> None:
    report = import_("Name,Shoe size\nAlpha,44\n")

    assert report.unknown_columns == ("shoe_size",)
    assert [change.name for change in report.added] == ["Alpha"]
