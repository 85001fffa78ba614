"""A notice can be read by a tired abuse desk, in both languages, whatever strangers wrote into it."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.events import AssetKind, Part, Severity
from lionrock.core.judgement import Reason
from lionrock.core.reasons import WORDS
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.letters.notice import LANGUAGES, Earlier, most_urgent, write
from lionrock.letters.plainly import WIDTH, columns, defanged, fill, one_line
from lionrock.letters.services import service_key
from lionrock.letters.ticket import find_tickets, ticket_of
from tests.letters.items import AT, TICKET, draft, item


def texts(language: str) -> dict[str, dict[str, dict[str, object]]]:
    """Return the phrase table of a language."""
    file = files("lionrock.letters") / "texts" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def shape(value: object) -> object:
    """Return the keys of a table, and of the tables in it."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return type(value).__name__


def test_every_type_of_the_taxonomy_has_its_words_in_every_language() -> None:
    for language in LANGUAGES:
        kinds = texts(language)["kinds"]
        assert set(kinds) == {kind.value for kind in Rsit}
        for kind, said in kinds.items():
            assert set(said) == {"title", "seen", "why", "fix"}, kind
            assert said["fix"], kind


def test_both_languages_say_the_same_things() -> None:
    assert shape(texts("en")) == shape(texts("zh-hant"))
    folder = files("lionrock.letters") / "texts"
    phrases = [
        shape(tomllib.loads((folder / f"phrases.{one}.toml").read_text(encoding="utf-8")))
        for one in LANGUAGES
    ]
    assert phrases[0] == phrases[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Rsit))
def test_a_letter_about_each_type_keeps_to_its_columns(kind: Rsit, language: str) -> None:
    text = write(draft(item(kind=kind), language=language))
    said = texts(language)["kinds"][kind.value]

    assert text.subject.startswith(f"[{TICKET}] [TLP:AMBER] {said['title']}")
    assert all(columns(line) <= WIDTH for line in text.body.splitlines())
    flat = "".join(text.body.split())
    for part in ("seen", "why"):
        assert "".join(str(said[part]).split()) in flat
    assert "{" not in text.body


@pytest.mark.parametrize(
    ("language", "known", "unknown"),
    [("en", "known vulnerabilities", "was not known before"), ("zh-hant", "已知漏洞", "前所未知")],
)
def test_attempts_with_a_known_exploit_are_told_apart_from_those_with_an_unknown_one(
    language: str, known: str, unknown: str
) -> None:
    of_known, of_unknown = (
        " ".join(write(draft(item(kind=kind), language=language)).body.split())
        for kind in (Rsit.IDS_ALERT, Rsit.EXPLOIT)
    )

    assert known in of_known
    assert unknown not in of_known
    assert unknown in of_unknown
    assert known not in of_unknown


def test_a_letter_says_when_in_utc_and_in_local_time() -> None:
    body = " ".join(write(draft()).body.split())

    assert (
        "seen from 2026-11-20 03:12:04 to 2026-11-21 03:12:04 UTC "
        "(last: 2026-11-21 02:12:04 UTC-1)" in body
    )


def test_a_letter_says_how_to_answer_who_we_are_and_how_far_it_may_travel() -> None:
    body = " ".join(write(draft(portal="https://lionrock.example/")).body.split())

    assert f"leave [{TICKET}] in the subject" in body
    assert "https://lionrock.example/" in body
    assert "We tell the people of the Isles" in body
    assert "TLP:AMBER: share this within your organisation" in body
    assert body.startswith("TLP:AMBER Ticket")


@pytest.mark.parametrize(
    ("language", "never", "looks"),
    [
        ("en", "We do not scan your network ourselves.", "one connection to the reported port"),
        ("zh-hant", "我們不會掃描貴機構的網絡。", "向所通報的連接埠建立一次連線"),
    ],
)
def test_a_letter_says_truly_whether_we_look_ourselves(
    language: str, never: str, looks: str
) -> None:
    without = "".join(write(draft(language=language)).body.split())
    with_looks = "".join(write(draft(language=language, looks=True)).body.split())
    never, looks = "".join(never.split()), "".join(looks.split())

    assert never in without
    assert looks not in without
    assert looks in with_looks


def test_a_digest_has_a_section_per_type_the_worst_first() -> None:
    text = write(
        draft(
            item(1, severity=Severity.LOW),
            item(2, kind=Rsit.INFECTED_SYSTEM, severity=Severity.CRITICAL, family="mirai"),
            item(3, kind=Rsit.PHISHING, severity=Severity.MEDIUM),
        )
    )

    assert "Urgent: security problems in your network" in text.subject
    places = [
        text.body.index(title)
        for title in ("1. Infected machines", "2. Phishing page", "3. Services open")
    ]
    assert places == sorted(places)
    assert "malware: mirai" in text.body


def test_a_letter_carries_the_narrowest_label() -> None:
    text = write(draft(item(1, tlp=Tlp.GREEN), item(2, tlp=Tlp.AMBER_STRICT)))

    assert text.subject.startswith(f"[{TICKET}] [TLP:AMBER+STRICT]")


def test_a_long_list_points_to_the_table() -> None:
    text = write(draft(*(item(number) for number in range(1, 201)))).body
    body = " ".join(text.split())

    assert "- and 180 more: the attached table lists them all." in body
    assert body.count("source: Shadowserver") == 20


def test_a_link_is_never_live_in_a_letter() -> None:
    url = "http://login.bank.example/a.php?b=c"
    one = item(asset_kind=AssetKind.URL, asset=url, url=url, kind=Rsit.PHISHING, others=(url,))
    text = write(draft(one))

    assert "http://" not in text.body
    assert "bank.example" not in text.body
    assert "hxxp[:]//login[.]bank[.]example/a.php?b=c" in text.body


@pytest.mark.parametrize(
    ("language", "named", "link"),
    [("en", "named ", "link: "), ("zh-hant", "主機名稱：", "連結：")],
)
def test_a_letter_shows_the_very_page_and_the_name_of_the_machine(
    language: str, named: str, link: str
) -> None:
    site = item(
        1,
        kind=Rsit.APPLICATION_COMPROMISE,
        asset_kind=AssetKind.HOST,
        asset="www.shop.example",
        host="www.shop.example",
        url="http://www.shop.example/up/x.php",
    )
    machine = item(2, host="desk-2.shop.example")
    body = "".join(write(draft(site, machine, language=language)).body.split())

    assert f"{link.strip()}hxxp[:]//www[.]shop[.]example/up/x.php" in body
    assert f"{named.strip()}desk-2[.]shop[.]example" in body
    assert body.count("www[.]shop[.]example") == 2, "the site is not named again"


def test_an_escalation_says_who_was_told_before_and_why_it_comes_here() -> None:
    earlier = Earlier(ticket="LR-2026-000100-XX", day=AT, to="Example Hosting", reason="upstream")
    text = write(draft(earlier=earlier))

    assert "Still there: Services open" in text.subject
    body = " ".join(text.body.split())
    assert "on 2026-11-20 to Example Hosting under ticket LR-2026-000100-XX" in body
    assert "and nobody has answered" in body
    assert "because you are named to us as the provider of this organisation" in body


@pytest.mark.parametrize(
    ("language", "silent", "answered"),
    [
        ("en", "nobody has answered", "being worked on, we were told"),
        ("zh-hant", "亦未收到回覆", "對方表示正在處理"),
    ],
)
def test_an_escalation_says_nobody_answered_only_where_nobody_did(
    language: str, silent: str, answered: str
) -> None:
    earlier = Earlier(ticket=TICKET, day=AT, to="", reason="contact", answered=True)
    body = " ".join(write(draft(earlier=earlier, language=language)).body.split())

    assert silent not in body
    assert answered in body.replace(" ", "") or answered in body
    assert " to  under" not in body
    assert "向  " not in body


OURS = item(
    kind=Rsit.PHISHING,
    asset_kind=AssetKind.HOST,
    asset="xn--hsb-5ra.example",
    host="xn--hsb-5ra.example",
    port=None,
    transport="",
    service="",
    brand="Example Bank",
    official="bank.example",
    reads="hsbç.example",
    own=True,
    reasons=(
        Reason(code="confusable", about="hsbc"),
        Reason(code="brand-host", about="bank.example"),
        Reason(code="official"),
        Reason(code="ordinary-word", about="bank"),
        Reason(code="of-a-later-version", about="x"),
    ),
    feeds=("Lionrock",),
)


@pytest.mark.parametrize(
    ("language", "title", "told"),
    [
        (
            "en",
            "Domain name made to deceive",
            (
                "Why we hold it to be made to deceive: the name "
                "* uses look-alike characters that read as “hsbc” "
                "* puts the brand's own address “bank[.]example” in front of somebody else's domain"
            ),
        ),
        (
            "zh-hant",
            "疑作詐騙用途的域名",
            (
                "我們認為該域名意圖欺騙，理由如下： * 使用形似字元，看起來像「hsbc」 "
                "* 把品牌的真正網址「bank[.]example」放在他人域名之前"
            ),
        ),
    ],
)
def test_a_letter_of_our_own_finding_says_why_we_hold_the_name_to_deceive(
    language: str, title: str, told: str
) -> None:
    text = write(draft(OURS, language=language))
    flat = "".join(text.body.split())

    assert text.subject.endswith(title)
    assert "".join(told.split()) in flat
    assert flat.count("*") == 2, "what speaks for the name, or what has no words, is left out"
    assert "hsbç[.]example" in flat
    assert "bank.example" not in flat
    assert "Lionrock" not in flat.partition(title.replace(" ", ""))[2]


def test_a_name_that_others_reported_too_is_told_as_they_reported_it() -> None:
    text = write(draft(replace(OURS, own=False, feeds=("Lionrock", "OpenPhish"))))

    assert "Phishing page" in text.subject
    assert "uses look-alike characters" in text.body


def test_every_reason_of_triage_that_speaks_against_a_name_has_words() -> None:
    for_it = {"official", "ordinary-word"}
    hunches = {"lure-kind"}
    folder = files("lionrock.letters") / "texts"
    for language in LANGUAGES:
        file = folder / f"phrases.{language}.toml"
        assert (
            set(tomllib.loads(file.read_text(encoding="utf-8"))["name"])
            == set(WORDS) - for_it - hunches
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_of_no_told_type_is_repeated_without_a_live_link(language: str) -> None:
    said = "scan_new url=http://a.example/x.php mail=me@a.example version=1.2.3"
    one = item(kind=Rsit.UNDETERMINED, said=said)
    flat = "".join(write(draft(one, language=language)).body.split())

    assert "scan_newurl=hxxp[:]//a[.]example/x[.]phpmail=me[@]a[.]exampleversion=1.2.3" in flat


@pytest.mark.parametrize(
    ("language", "word"), [("en", "of devices"), ("zh-hant", "裝置的網頁介面")]
)
def test_advice_on_an_open_service_stays_out_of_letters_about_its_encryption(
    language: str, word: str
) -> None:
    one = item(kind=Rsit.WEAK_CRYPTO, service="https", port=443)

    assert word not in write(draft(one, language=language)).body


@pytest.mark.parametrize(("language", "word"), [("en", "one day"), ("zh-hant", "1 天後")])
def test_one_day_is_no_plural(language: str, word: str) -> None:
    body = " ".join(write(draft(language=language, escalate_days=1)).body.split())

    assert word in body
    assert "1 days" not in body


def test_a_system_under_attack_is_told_apart_from_one_that_attacks() -> None:
    body = " ".join(
        write(
            draft(
                item(1, kind=Rsit.DDOS, part=Part.TARGET, service="http", port=80),
                item(2, kind=Rsit.DDOS, part=Part.SOURCE),
            )
        ).body.split()
    )

    assert "; was attacked;" in body
    assert "; took part in the attack;" in body
    assert "Web interfaces of devices" not in body, "advice on open services does not help here"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", ["rdap", "registry", "rdap-of-tomorrow"])
def test_a_letter_never_names_where_its_address_came_from_by_a_code(
    source: str, language: str
) -> None:
    assert source not in write(draft(source=source, language=language)).body.split()


def test_advice_follows_the_services() -> None:
    body = " ".join(write(draft(item(port=3389, service="ms-wbt-server"))).body.split())

    assert "Services open to the whole Internet: Remote Desktop (RDP)" in body
    assert "RDP: reach it only through a VPN" in body


@pytest.mark.parametrize(
    ("service", "port", "key"),
    [
        ("ms-sql", None, "mssql"),
        ("", 11211, "memcached"),
        ("modbus", 502, "ics"),
        ("Net_BIOS", 137, "net-bios"),
        ("", None, ""),
    ],
)
def test_a_service_is_known_by_name_or_port(service: str, port: int | None, key: str) -> None:
    assert service_key(service, port) == key


def test_the_common_services_all_have_advice() -> None:
    wanted = (
        "telnet rdp smb snmp dns ntp memcached mongodb elasticsearch redis http https exchange vpn "
        "adb mqtt ics netbios ldap portmapper ssdp chargen ipmi tftp vnc ssh ftp"
    )
    for language in LANGUAGES:
        assert set(wanted.split()) <= set(texts(language)["services"])


@given(st.text(max_size=300))
def test_whatever_a_stranger_wrote_becomes_one_line_of_the_letter(text: str) -> None:
    clean = one_line(text)

    assert len(clean) <= 200
    assert clean.splitlines() in ([], [clean])
    assert "\r" not in clean
    assert "\u202e" not in clean


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_no_value_breaks_the_letter(text: str, language: str) -> None:
    one = item(family=text, brand=text, service=text, others=(text,), cves=(text,))
    body = write(draft(one, language=language, recipient=text)).body

    assert "\r" not in body
    assert body.count("\n-- \n") == 1


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("192.0.2.4", AssetKind.ADDRESS, "192.0.2.4"),
        ("2001:db8::1", None, "2001:db8::1"),
        ("a.example", AssetKind.HOST, "a[.]example"),
        ("a.example", None, "a[.]example"),
        ("ftp://u@a.example/x", AssetKind.URL, "fxp[:]//u[@]a[.]example/x"),
        ("sha256:00", AssetKind.HASH, "sha256:00"),
    ],
)
def test_names_and_links_are_defanged_and_addresses_are_not(
    value: str, kind: AssetKind | None, shown: str
) -> None:
    assert defanged(value, kind) == shown


def test_chinese_breaks_anywhere_but_before_its_closing_signs() -> None:
    lines = fill("貴" * 38 + "。" + "網絡" * 20).split("\n")

    assert lines[0] == "貴" * 37
    assert lines[1].startswith("貴。")
    assert max(map(columns, lines)) <= WIDTH


def test_words_of_letters_are_not_broken() -> None:
    assert fill("ab " * 40, 2, 4).split("\n")[1].startswith("    ab")


def test_any_one_slip_in_a_ticket_is_noticed() -> None:
    ticket = ticket_of(year=2026, number=123)
    assert find_tickets(f"Re: [{ticket.lower()}] hello") == [ticket]

    digits = [place for place, c in enumerate(ticket) if c.isdigit() and 3 <= place < 14]
    for place in digits:
        for other in "0123456789":
            if other != ticket[place]:
                assert find_tickets(ticket[:place] + other + ticket[place + 1 :]) == []
    swapped = 0
    for place in range(8, 13):
        two = ticket[place + 1] + ticket[place]
        if two[0] != two[1]:
            swapped += 1
            assert find_tickets(ticket[:place] + two + ticket[place + 2 :]) == []
    assert swapped >= 2


def test_a_source_port_tells_machines_behind_one_address_apart() -> None:
    one = item(kind=Rsit.INFECTED_SYSTEM, part=Part.SOURCE, port=None, source_port=44123)

    assert "source port 44123" in write(draft(one)).body


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "the 1000 most urgent of 3 "), ("zh-hant", "只含 3 項中最緊急的 1000 項")],
)
def test_a_letter_says_where_programs_get_the_most_urgent_alone(language: str, word: str) -> None:
    text = write(
        draft(
            *(item(number) for number in range(1, 4)),
            language=language,
            attachments=(("a.csv", "csv"), ("a.xarf.jsonl", "xarf-some")),
            reported=1000,
        )
    )

    assert word.replace(" ", "") in text.body.replace("\n", "").replace(" ", "")


def test_the_most_urgent_are_the_worst_and_then_the_newest() -> None:
    old = item(1, severity=Severity.HIGH, last_seen=AT)
    new = item(2, severity=Severity.HIGH, last_seen=AT + timedelta(days=2))
    worst = item(3, severity=Severity.CRITICAL, last_seen=AT)

    assert most_urgent([item(4), old, new, worst], 3) == [worst, new, old]


@pytest.mark.parametrize(
    ("language", "says", "never"),
    [
        (
            "en",
            "We pass on to you the security problems below",
            ("your provider", "you are the one"),
        ),
        ("zh-hant", "現將以下保安問題轉交貴機構", ("貴機構的供應商", "貴機構最有能力處理")),
    ],
)
def test_a_letter_to_a_partner_hands_on_and_presses_for_nothing(
    language: str, says: str, never: tuple[str, ...]
) -> None:
    two = (item(), item(2, kind=Rsit.PHISHING))
    text = write(replace(draft(*two, language=language), passed=True, source="partners"))
    said = " ".join(text.body.split())

    assert says in said
    assert not any(one in said for one in never)
    assert TICKET in text.subject
    assert all(columns(line) <= WIDTH for line in text.body.splitlines())
    assert text.subject != write(draft(*two, language=language)).subject
