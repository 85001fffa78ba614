"""What may stand on a block list, and how resolvers and programs read it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.letters.confirmed import ConfirmedName
from lionrock.letters.guard import Never, Refusal
from lionrock.letters.plain import plain
from lionrock.letters.rpz import ORIGIN, rpz

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NEVER = Never.of(
    suffix_rules=[
        "com",
        "hk",
        "com.hk",
        "dev",
        "pages.dev",
        "blob.core.windows.net",
        "*.ck",
        "!www.ck",
        "net",
        "s3.amazonaws.com",
        "top",
    ],
    official=["hsbc.com.hk", "amazonaws.com", "www.ck", "bank.pages.dev"],
)


def confirmed(host: str) -> ConfirmedName:
    """Return a confirmed name of which only the host matters."""
    return ConfirmedName(
        host=host,
        unicode=host,
        registrable=host,
        tenant_of=None,
        brand="hsbc",
        brand_name="HSBC",
        sector="bank",
        score=0.9,
        reasons=("brand-word",),
        first_read_at=NOW,
        confirmed_at=NOW,
    )


def zone_of(hosts: Sequence[str]) -> dns.zone.Zone:
    """Return the zone as dnspython reads it."""
    text = b"".join(rpz(map(confirmed, hosts), never=NEVER, tlp="TLP:AMBER", now=NOW)).decode()
    return dns.zone.from_text(text, origin=f"{ORIGIN}.", check_origin=True)


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("hsbc-verify.top", None),
        ("evil.pages.dev", None),
        ("evil.s3.amazonaws.com", None),
        ("hsbc.com.hk.verify.top", None),
        ("pages.dev", Refusal.SUFFIX),
        ("com.hk", Refusal.OFFICIAL),
        ("core.windows.net", Refusal.SUFFIX),
        ("windows.net", Refusal.SUFFIX),
        ("anything.ck", Refusal.SUFFIX),
        ("evil.anything.ck", None),
        ("hsbc.com.hk", Refusal.OFFICIAL),
        ("www.hsbc.com.hk", Refusal.OFFICIAL),
        ("console.amazonaws.com", Refusal.OFFICIAL),
        ("www.ck", Refusal.OFFICIAL),
        ("shop.bank.pages.dev", Refusal.OFFICIAL),
        ("top", Refusal.NO_HOST),
        ("evil.top\n. IN NS x", Refusal.NO_HOST),
        ("*.evil.top", Refusal.NO_HOST),
        ("", Refusal.NO_HOST),
    ],
)
def test_a_block_list_spares_suffixes_and_what_brands_own(host: str, why: Refusal | None) -> None:
    found = NEVER.refusal(host)
    if host == "com.hk":  # both are true of it
        assert found in {Refusal.SUFFIX, Refusal.OFFICIAL}
    else:
        assert found is why


def test_a_policy_zone_blocks_each_name_and_everything_under_it() -> None:
    zone = zone_of(["hsbc-verify.top", "evil.pages.dev"])
    names = {str(name) for name in zone.nodes}
    assert names == {
        "@",
        "hsbc-verify.top",
        "*.hsbc-verify.top",
        "evil.pages.dev",
        "*.evil.pages.dev",
    }
    for name in names - {"@"}:
        [record] = zone.find_rdataset(name, "CNAME")
        assert record.target.to_text() == "."


def test_a_policy_zone_has_the_records_every_zone_needs_and_a_serial_that_grows_with_time() -> None:
    zone = zone_of([])
    [soa] = zone.find_rdataset("@", "SOA")
    assert soa.serial == int(NOW.timestamp())
    assert zone.find_rdataset("@", "NS")


def test_a_policy_zone_leaves_out_suffixes_official_domains_and_what_would_break_it() -> None:
    hosts = ["pages.dev", "hsbc.com.hk", "com", "evil.top\n@ IN A 192.0.2.1", "www.hsbc.com.hk"]
    assert {str(name) for name in zone_of(hosts).nodes} == {"@"}


def test_a_name_too_long_for_the_zone_is_left_out_of_it() -> None:
    long = ".".join(["a" * 60] * 4) + ".top"
    assert NEVER.refusal(long) is None
    assert {str(name) for name in zone_of([long]).nodes} == {"@"}


@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_text_can_put_a_foreign_record_into_the_zone(hosts: list[str]) -> None:
    for node in zone_of(hosts).nodes.values():
        kinds = {rdataset.rdtype for rdataset in node.rdatasets}
        assert kinds <= {dns.rdatatype.SOA, dns.rdatatype.NS, dns.rdatatype.CNAME}


def test_the_plain_list_says_its_label_and_then_one_name_a_line() -> None:
    names = [confirmed("hsbc-verify.top"), confirmed("pages.dev"), confirmed("hsbc.com.hk")]
    text = b"".join(plain(names, never=NEVER, tlp="TLP:GREEN", now=NOW)).decode()
    assert text.splitlines() == [
        "# TLP:GREEN",
        "# made 2026-03-01T12:00:00+00:00",
        "hsbc-verify.top",
    ]
