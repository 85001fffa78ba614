"""Texts made to be slow to match: each is read whole, and the run ends."""

from datetime import UTC, datetime

import pytest

from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue
from lionrock.feeds.mailing.logs import guesses
from lionrock.feeds.mailing.written import of_text
from lionrock.feeds.objects.labels import family_of, meaning_of
from lionrock.feeds.objects.patterns import compared
from lionrock.feeds.reading import read_delivery

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MANY = 100_000


@pytest.mark.parametrize(
    "pattern",
    [
        "[a:b" + " " * MANY,
        "[a:b IN (" + "'x'  " * 20_000,
        "[a:b = '" + "\\" * MANY,
        "a:" * MANY,
        "[a:" + "b." * MANY + " = 'x'",
        "[a:b NOT " + "NOT " * MANY,
    ],
)
def test_a_stix_pattern_of_repetitions_names_nothing(pattern: str) -> None:
    assert [found for found in compared(pattern) if found.type == "ipv4-addr"] == []


@pytest.mark.parametrize(
    "text",
    [
        "attack " + "imap-login: auth failed " * 5_000,
        "attack sshd[1]: Invalid user " * 5_000,
        "attack " + "1:" * 20_000,
        "attack " + "a[.]" * 20_000,
        "attack " + "http://" * 20_000,
        "attack " + "1[.]1" * 20_000,
    ],
)
def test_a_written_text_of_repetitions_is_read_to_its_end(text: str) -> None:
    assert len(list(of_text("\n".join([text] * 20), at=NOW))) <= 1000
    assert list(guesses(text, received=NOW)) == []


@pytest.mark.parametrize(
    ("feed", "line"),
    [
        ("indicator-list", "192.0.2.1" + " " * 1_000_000 + "x"),
        ("cins-army", "192.0.2.1" + " " * 1_000_000 + "x"),
        ("bambenek", "192.0.2.1," + '"Domain used by ' + " DGA\n" * 10_000 + '",2026-11-19,x'),
        ("sslbl", "2026-11-19," + "0" * 40 + "," + " " * 100_000 + "x"),
        ("cymru-cap", "bots|192.0.2.1|1|2026-11-19 00:00:00|" + "srcport " * 100_000),
        ("zone-h", "From: a@zone-h.org\nSubject: x\n\n" + (" " * 999 + "x\n") * 1000),
        (
            "project-honeypot",
            "Subject: Project Honey Pot Monitor Report\n\nIPs Engaged In " + "a " * 500_000,
        ),
    ],
)
def test_a_line_of_repetitions_becomes_an_event_or_a_reject(feed: str, line: str) -> None:
    delivery = Delivery.of(line.encode(), name="x", received=NOW)
    assert list(read_delivery(catalogue()[feed], delivery))


def test_a_label_of_repetitions_says_nothing() -> None:
    label = "misp-galaxy:tool=" + " " * MANY + "-"
    assert meaning_of([label]) is None
    assert family_of([label]) is None
