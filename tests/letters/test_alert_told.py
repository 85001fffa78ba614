"""What people read of an alert holds no live link to what it warns of, whoever wrote it and however."""

import re
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.core.alerts import LANGUAGES, Impact, Indicator, Kind, Link, Part, Risk
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_checked import checked, is_indicator
from lionrock.letters.alert_harmless import harmless_in, shown
from lionrock.letters.alert_told import LONGEST_TITLE, told, words_in
from tests.letters.alerts import (
    AT,
    EVERY,
    LINK,
    PUBLISHER,
    alert,
    sentence,
    texts,
    updated,
    withdrawn,
)

OURS = PUBLISHER.home


def keys(table: object, path: str = "") -> set[str]:
    """Return the names of everything in a table of texts."""
    if not isinstance(table, dict):
        return {path}
    return {key for name, value in table.items() for key in keys(value, f"{path}.{name}")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_with_the_same_places(language: str) -> None:
    words, english = words_in(language), words_in("en")

    assert keys(words) == keys(english)
    for key in ("feed", "feed_about", "withdrawn", "updated", "fact", "entry"):
        assert set(re.findall(r"{\w+}", words[key])) == set(re.findall(r"{\w+}", english[key]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_word(language: str) -> None:
    words = words_in(language)

    assert set(words["kinds"]) == set(Kind)
    assert set(words["risks"]) == set(Risk)
    assert set(words["impacts"]) == set(Impact)
    assert set(words["tlp_labels"]) == {tlp.value for tlp in Tlp}
    assert set(words["parts"]) >= set(Part)


def test_sections_stand_in_the_order_of_the_page_and_steps_are_numbered() -> None:
    said = told(alert(), publisher=PUBLISHER, language="en")

    assert [section.name for section in said.sections] == [
        "lead", "lures", "steps", "signs", "indicators", "advice", "victims",
    ]  # fmt: skip
    assert "\n1. A short message leads to gul1post[.]example.\n2. The page asks" in said.text()


def test_a_bulletin_tells_impact_products_and_identifiers() -> None:
    said = told(alert(Kind.VULNERABILITY), publisher=PUBLISHER, language="zh-Hans")
    lines = {section.name: section.lines for section in said.sections}

    assert lines["impacts"] == ("远程执行代码", "信息泄露")
    assert lines["affected"][0] == "Skua Router firmware before 4.2.1"
    assert lines["identifiers"] == ("CVE-2026-10001", "CVE-2026-10002")
    assert lines["notes"] == ("该漏洞正被广泛利用。",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_withdrawn_alert_tells_only_why(language: str) -> None:
    said = told(withdrawn(updated(alert())), publisher=PUBLISHER, language=language)

    assert said.title != said.bare
    assert said.bare in said.title
    assert [section.name for section in said.sections] == ["withdrawn"]
    assert said.sections[0].lines[0] == said.news
    assert said.links == ()
    assert len(said.history) == 2


def test_the_history_is_told_newest_first_in_the_regions_time() -> None:
    said = told(updated(alert(), 2), publisher=PUBLISHER, language="en")

    assert said.history == (
        "2026-11-22 02:12 UTC-1: Change 2 added.",
        "2026-11-21 02:12 UTC-1: Change 1 added.",
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Go to gul1post.example now.", "Go to gul1post[.]example now."),
        ("開啟gul1post.example網頁", "開啟gul1post[.]example網頁"),
        ("at PARCEL.GUL1POST.EXAMPLE.", "at PARCEL[.]GUL1POST[.]EXAMPLE."),
        ("gúllpost.example", "gúllpost[.]example"),
        ("already gul1post[.]example", "already gul1post[.]example"),
        ("notgul1post.example stays", "notgul1post.example stays"),
        ("ours: gullpost.example", "ours: gullpost.example"),
        ("from 192.0.2.77 only", "from 192[.]0[.]2[.]77 only"),
        ("version 1.2.3 of Node.js", "version 1.2.3 of Node.js"),
        ("see http://other.example/a.b", "see hxxp[:]//other[.]example/a.b"),
        ("http://other.example is no Node.js", "hxxp[:]//other[.]example is no Node.js"),
        ("見http://other.example，Node.js", "見hxxp[:]//other[.]example，Node.js"),
        ("see https://me@other.example", "see hxxps[:]//me[@]other[.]example"),
        (f"see {LINK.url}.", f"see {LINK.url}."),
        (f"see {LINK.url}x", "see hxxps[:]//www[.]gullpost[.]example/safety?id=7x"),
        (f"see {OURS}a/", f"see {OURS}a/"),
        (
            "see https://www.cert.example.gul1post.example/",
            "see hxxps[:]//www[.]cert[.]example[.]gul1post[.]example/",
        ),
        ("a\u202eb\x00c\u200bd\ud800e\ufffff\nghi", "a b c d e f ghi"),
    ],
)
def test_a_line_is_harmless(text: str, read: str) -> None:
    assert harmless_in(alert(), ours=OURS)(text) == read


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("host", "a.example", "a[.]example"),
        ("ipv4", "192.0.2.1", "192[.]0[.]2[.]1"),
        ("ipv6", "2001:db8::1", "2001[:]db8[:][:]1"),
        ("url", "ftp://u@a.example:21/b.example/c", "fxp[:]//u[@]a[.]example:21/b[.]example/c"),
        (
            "url",
            "https://a.example/?to=http://b.example/",
            "hxxps[:]//a[.]example/?to=http[:]//b[.]example/",
        ),
        ("md5", "0" * 32, "0" * 32),
    ],
)
def test_an_indicator_is_shown_so_that_nobody_opens_it(kind: str, value: str, read: str) -> None:
    assert shown(Indicator(kind=kind, value=value)) == read


_ASCII = st.text("abcxyz019-", min_size=1, max_size=12).filter(
    lambda label: label[0] != "-" and label[-1] != "-" and not label.startswith("xn--")
)
HOSTS = st.lists(_ASCII, min_size=1, max_size=4).map(lambda labels: ".".join((*labels, "example")))
INDICATORS = st.one_of(
    HOSTS.map(lambda host: Indicator(kind="host", value=host)),
    st.tuples(st.sampled_from(["http", "https"]), HOSTS, st.sampled_from(["/", "/a?b=c", ""])).map(
        lambda parts: Indicator(kind="url", value=f"{parts[0]}://{parts[1]}{parts[2]}")
    ),
    st.ip_addresses(v=4).map(lambda ip: Indicator(kind="ipv4", value=str(ip))),
    st.ip_addresses(v=6).map(lambda ip: Indicator(kind="ipv6", value=str(ip))),
)
AROUND = st.text(
    st.one_of(st.characters(), st.sampled_from("\u202e\u200f\u2066\x00\x0b。，《 ")), max_size=20
)


@settings(max_examples=60)
@given(indicator=INDICATORS, before=AROUND, after=AROUND, upper=st.booleans())
def test_no_words_around_it_keep_an_indicator_alive(
    indicator: Indicator, before: str, after: str, upper: bool
) -> None:
    value = indicator.value.upper() if upper else indicator.value
    one = alert(indicators=(indicator,))
    line = harmless_in(one, ours=OURS)(f"{before} {value} {after}")

    assert f" {value} " not in f" {line} "
    assert f" {value} ".casefold().strip() not in re.split(r"\s", line.casefold())
    assert not {"Cc", "Cf", "Cs"} & {unicodedata.category(c) for c in line}


@settings(max_examples=30)
@given(title=st.text(max_size=2000).filter(lambda text: any(c.isalnum() for c in text)))
def test_a_title_is_one_short_line(title: str) -> None:
    said = told(alert(title=texts(title, title, title)), publisher=PUBLISHER, language="en")

    assert len(said.title) <= LONGEST_TITLE
    assert said.title.isprintable()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_published_alert_of_every_kind_passes_the_check(kind: Kind) -> None:
    for one in (alert(kind), updated(alert(kind)), withdrawn(alert(kind))):
        assert checked(one) is one


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "LR 12"},
        {"slug": "../etc"},
        {"version": 0},
        {"title": {"en": "A"}},
        {"title": texts("A", "\u200b", "C")},
        {"published": datetime(2026, 11, 20)},  # noqa: DTZ001  # a time without a zone is the point
        {"updated": AT - timedelta(seconds=1)},
        {"withdrawn": True},
        {"log": ((AT, texts("a", "b", "c")),)},
        {"log": ((AT + timedelta(days=1), {"en": "a"}),), "updated": AT + timedelta(days=1)},
        {"sentences": (sentence(Part.LEAD, "a", " ", "c"),)},
        {"indicators": (Indicator(kind="host", value="A.example"),)},
        {"indicators": (Indicator(kind="host", value="a.example/x"),)},
        {"indicators": (Indicator(kind="url", value="javascript:alert(1)"),)},
        {"indicators": (Indicator(kind="url", value="http://a.example/\r\nx"),)},
        {"indicators": (Indicator(kind="url", value="http://[::1/"),)},
        {"indicators": (Indicator(kind="ipv4", value="192.0.2.01"),)},
        {"indicators": (Indicator(kind="ipv6", value="2001:DB8::1"),)},
        {"indicators": (Indicator(kind="sha256", value="0" * 40),)},
        {"indicators": (Indicator(kind="mail", value="a@b.example"),)},
        {"links": (replace(LINK, url="http://www.gullpost.example/"),)},
        {"links": (replace(LINK, url="https://a@www.gullpost.example/"),)},
        {"links": (replace(LINK, url='https://www.gullpost.example/">'),)},
        {"links": (replace(LINK, url="https://gul1post.example/"),)},
        {"links": (Link(title={"en": "a"}, url=LINK.url),)},
        {"bulletin": replace(alert(Kind.VULNERABILITY).bulletin, cves=("CVE-26-1",))},  # type: ignore[type-var]  # there is one
        {"bulletin": replace(alert(Kind.VULNERABILITY).bulletin, products=())},  # type: ignore[type-var]  # as above
    ],
)
def test_what_could_not_be_told_truly_is_not_published(
    changes: dict[str, Any],
) -> None:  # Any: each has its own type
    with pytest.raises(GiveUp, match="cannot be published"):
        checked(alert(**changes))


@given(value=st.text(max_size=80), kind=st.sampled_from(["host", "url", "ipv4", "ipv6", "md5"]))
def test_any_text_can_be_asked_whether_it_is_an_indicator(value: str, kind: str) -> None:
    if is_indicator(Indicator(kind=kind, value=value)):
        assert value.isascii()
        assert value.isprintable()


def test_a_title_is_told_in_every_language_of_every_kind() -> None:
    for one in EVERY:
        for language in LANGUAGES:
            assert told(one, publisher=PUBLISHER, language=language).title == one.title[language]
