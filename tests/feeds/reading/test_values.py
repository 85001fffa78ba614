"""Single values in all the spellings that sources use."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.events import AssetKind
from lionrock.feeds.reading import (
    as_address,
    as_asn,
    as_country,
    as_cves,
    as_hash,
    as_network,
    as_padded_address,
    as_port,
    as_time,
    as_url,
    asset_of,
    ends_of,
    with_port,
)

MOMENT = datetime(2026, 11, 20, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T04:05:06Z",
        "2026-11-20 04:05:06",
        "2026-11-20 04:05:06 UTC",
        "2026-11-20 04:05:06.000000123+00:00",
        "2026-11-20T12:05:06+08:00",
        "2026-11-20 12:05:06 +0800",
        "1795147506",
        "1795147506000",
        "1795147506.0",
        "Fri, 20 Nov 2026 04:05:06 GMT",
        "Fri, 20 Nov 2026 12:05:06 +0800",
        "20/Nov/2026:04:05:06 +0000",
        "20.11.2026 04:05:06",
        "20 Nov 2026 04:05:06",
        "2026/11/20 04:05:06",
        "11/20/2026 04:05:06",
        "20261120040506",
        "Nov 20 04:05:06 2026 GMT",
    ],
)
def test_a_time_is_the_same_moment_in_every_spelling(text: str) -> None:
    assert as_time(text) == MOMENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("20261120", datetime(2026, 11, 20, tzinfo=UTC)),
        ("20-Nov-2026", datetime(2026, 11, 20, tzinfo=UTC)),
        ("1970-01-01", None),
        ("2100-01-01", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        ("", None),
        ("9" * 500, None),
        ("12:00", None),
    ],
)
def test_a_day_is_its_beginning_and_nonsense_is_no_time(
    text: str, expected: datetime | None
) -> None:
    assert as_time(text) == expected


def test_a_form_that_is_given_is_the_only_one_tried() -> None:
    assert as_time("03/04/2026", "%d/%m/%Y") == datetime(2026, 4, 3, tzinfo=UTC)
    assert as_time("2026-04-03", "%d/%m/%Y") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.01", None),
        ("192.0.2", None),
        ("192.0.2.256", None),
        ("fe80::1%eth0", None),
        ("host.example", None),
        ("", None),
        ("1\0.2.3.4", None),
        ("١٩٢.0.2.1", None),
    ],
)
def test_an_address_has_one_spelling(text: str, expected: str | None) -> None:
    assert as_address(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.000.002.001", "192.0.2.1"),
        ("008.008.008.008", "8.8.8.8"),
        ("192.0.2.1", "192.0.2.1"),
        ("999.0.0.1", None),
    ],
)
def test_padded_numbers_of_an_address_are_decimal(text: str, expected: str | None) -> None:
    assert as_padded_address(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HXXP://Bank[.]Example/A?b=C#d", "http://bank.example/A?b=C#d"),
        ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://user@host.example:99/", "http://user@host.example:99/"),
        ("https://例え.example/é", "https://xn--r8jz45g.example/é"),
        ("http://localhost/x", "http://localhost/x"),
        ("http://192.0.2.1:abc/", None),
        ("ftp://files.example/a b", "ftp://files.example/a%20b"),
        ("javascript:alert(1)", None),
        ("//host.example/", None),
        ("host.example/x", None),
        ("http://", None),
        ("http://exa mple.com/", None),
    ],
)
def test_a_url_keeps_its_path_and_loses_its_disguise(text: str, expected: str | None) -> None:
    assert as_url(text) == expected


def test_a_url_without_a_scheme_takes_the_given_one() -> None:
    assert as_url("host.example/x", scheme="http") == "http://host.example/x"
    assert as_url("https://host.example/x", scheme="http") == "https://host.example/x"


def test_a_url_tells_where_it_leads() -> None:
    ends = ends_of("https://host.example/x")
    assert (ends.address, ends.host, ends.port, ends.service) == (
        None,
        "host.example",
        443,
        "https",
    )
    ends = ends_of("http://[2001:db8::1]:81/")
    assert (ends.address, ends.host, ends.port) == ("2001:db8::1", None, 81)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("192.0.2.1", AssetKind.ADDRESS, "192.0.2.1"),
        ("192.0.2.77/24", AssetKind.NETWORK, "192.0.2.0/24"),
        ("AS64496", AssetKind.ASN, "64496"),
        ("Host[.]Example.", AssetKind.HOST, "host.example"),
        ("hxxps://host.example/", AssetKind.URL, "https://host.example/"),
        (
            "D41D8CD98F00B204E9800998ECF8427E",
            AssetKind.HASH,
            "md5:d41d8cd98f00b204e9800998ecf8427e",
        ),
    ],
)
def test_a_lone_value_tells_what_it_is(text: str, kind: AssetKind, value: str) -> None:
    asset = asset_of(text)
    assert asset is not None
    assert (asset.kind, asset.value) == (kind, value)


@pytest.mark.parametrize(
    "text", ["", "64496", "a b.example", "person@host.example", "nonsense", "/etc"]
)
def test_what_is_no_asset_is_none(text: str) -> None:
    assert asset_of(text) is None


def test_small_values_are_strict() -> None:
    assert [as_port(p) for p in ("80", 80, "0", "65536", "-1", "x", "")] == [80, 80] + [None] * 5
    assert [as_asn(a) for a in ("AS64496", "64496", "1.0", "0", "x", 4294967296)] == [
        64496, 64496, 65536, None, None, None,
    ]  # fmt: skip
    assert [as_country(c) for c in ("hk", "UK", "ZZ", "HKG", "")] == ["HK", "GB", None, None, None]
    assert as_cves("x;cve-2021-26855, CVE_2021_27065 cve-2021-26855") == (
        "CVE-2021-26855",
        "CVE-2021-27065",
    )
    assert as_hash("sha1:" + "a" * 64) is None
    assert as_network("192.0.2.1") is None
    assert with_port("192.0.2.1:80") == ("192.0.2.1", 80)
    assert with_port("2001:db8::1") == ("2001:db8::1", None)


ANYTHING = st.text(max_size=60) | st.from_regex(r"[0-9a-fA-FxX:./\[\]@%# -]{0,40}")


@given(ANYTHING)
def test_a_value_once_read_reads_as_itself(text: str) -> None:
    for read in (as_address, as_network, as_url, as_hash, as_country):
        if (value := read(text)) is not None:
            assert read(value) == value


@given(ANYTHING)
def test_no_text_is_too_strange_for_a_time(text: str) -> None:
    moment = as_time(text)
    assert moment is None or moment.tzinfo is UTC


def test_a_url_that_its_escapes_make_too_long_is_none() -> None:
    assert as_url("http://a.example/" + "\x01" * 4000) is None
