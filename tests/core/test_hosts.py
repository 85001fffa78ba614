"""One host, as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.hosts import NoHost, as_host, defang, read_host, unicode_form


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("*.example.com", "example.com"),
        (".example.com", "example.com"),
        ("https://joe:pw@WWW.Example.com:443/x?y#z", "www.example.com"),
        ("//example.com/a", "example.com"),
        ("hxxps[://]evil[.]example[.]com/a", "evil.example.com"),
        ("evil(dot)example{.}com", "evil.example.com"),
        ('  "example.com",', "example.com"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--r8jz45g.xn--zckzah", "xn--r8jz45g.xn--zckzah"),
        ("faß.de", "xn--fa-hia.de"),
        ("ＨＳＢＣ。ｃｏｍ", "hsbc.com"),
        ("💩.la", "xn--ls8h.la"),
        ("_dmarc.a_b.example.com", "_dmarc.a_b.example.com"),
        ("a-.example.com", "a-.example.com"),
        ("joe@example.com", "example.com"),
    ],
)
def test_a_host_is_read_however_it_is_dressed(text: str, host: str) -> None:
    assert as_host(text) == host


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("# note", "is a comment"),
        ("localhost", "has no dot"),
        ("https:///path", "has no host in it"),
        ("192.0.2.1", "is an address, not a name"),
        ("http://[2001:db8::1]/", "is an address, not a name"),
        ("2001:db8::1", "is an address, not a name"),
        ("127.1", "is an address, not a name"),
        ("a.0x7f", "is an address, not a name"),
        ("a..example", "has an empty label"),
        ("a.example..", "has an empty label"),
        ("a b.example", "has a character that no host name holds"),
        ("a_b.example", "has a character that no host name holds"),
        ("ü_b.example", "has a character that no host name holds"),
        ("a\0.example", "has a character that no host name holds"),
        ("%é<b>.example", "has a character that no host name holds"),
        ("a\\.b.c.example", "has a character that no host name holds"),
        ("-a.example", "has a label that begins or ends with a hyphen"),
        ("xn--99999999999.example", "has a label that is no valid punycode"),
        ("a" * 64 + ".example", "has a label longer than 63 characters"),
        ("a." * 126 + "example", "is longer than 253 characters"),
        ("a" * 5000, "is longer than 4096 bytes"),
    ],
)
def test_what_is_no_host_says_why(text: str, why: str) -> None:
    assert read_host(text.encode()) == NoHost(why=why)


def test_bytes_that_are_no_text_say_so() -> None:
    assert read_host(b"caf\xe9.example") == NoHost(why="is not valid UTF-8")


def test_the_human_form_shows_the_letters_that_were_meant() -> None:
    assert unicode_form("www.xn--r8jz45g.xn--zckzah") == "www.例え.テスト"


@pytest.mark.parametrize(
    "host", ["xn--x-tgn.com", "xn--99999999999.example", "xn--.example", "a.b"]
)
def test_the_human_form_keeps_what_is_not_safe_to_show(host: str) -> None:
    assert unicode_form(host) == host


def test_a_defanged_host_has_no_plain_dot() -> None:
    assert defang("a.b.example") == "a[.]b[.]example"


@given(st.text())
def test_a_host_once_read_reads_as_itself(text: str) -> None:
    host = as_host(text)
    if host is not None:
        assert as_host(host) == host
        assert as_host(unicode_form(host)) == host
        assert as_host(defang(host)) == host
        assert set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        assert len(host) <= 253


@given(st.text())
def test_the_human_form_never_fails(text: str) -> None:
    unicode_form(text)
