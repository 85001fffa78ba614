"""Nobody who chooses a name, a redirect or a DNS answer can make us knock at our own doors."""

import pytest

from lionrock.core.errors import TryLater
from lionrock.net.deadline import Deadline, Late
from lionrock.net.guard import Forbidden, addresses_of, connected, refusal

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
OURS = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_on_the_public_internet_is_dialled(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize("address", OURS)
def test_an_address_that_is_nobodys_on_the_internet_is_refused_with_the_reason(
    address: str,
) -> None:
    assert refusal(address)


def test_what_an_administrator_allows_is_dialled_also_when_wrapped() -> None:
    assert refusal("10.1.2.3", ["10.1.0.0/16"]) is None
    assert refusal("::ffff:10.1.2.3", ["10.1.0.0/16"]) is None
    assert refusal("10.2.2.3", ["10.1.0.0/16"]) == "private"
    assert refusal("fd00::1", ["fd00::/64"]) is None


def test_one_bad_address_among_good_ones_is_enough_to_refuse_a_name() -> None:
    with pytest.raises(Forbidden, match=r"feed\.example leads to 10\.0\.0\.1, which is private"):
        addresses_of(
            "feed.example", 443, resolve=lambda host, port, timeout: ["8.8.8.8", "10.0.0.1"]
        )


def test_a_name_is_resolved_once_so_that_a_second_answer_changes_nothing() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    found = addresses_of("feed.example", 443, resolve=lambda host, port, timeout: next(answers))
    assert found == ["8.8.8.8"]


def test_a_name_without_an_address_is_tried_later() -> None:
    with pytest.raises(TryLater, match="has no address"):
        addresses_of("feed.example", 443, resolve=lambda host, port, timeout: [])


@pytest.mark.parametrize("spelling", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "::1"])
@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_no_spelling_of_this_machine_gets_through(spelling: str) -> None:
    with pytest.raises(Forbidden):
        connected(spelling, 80, deadline=Deadline.after(5))


def test_what_is_over_is_over() -> None:
    moments = iter([0.0, 4.0, 5.0])
    deadline = Deadline(5, clock=lambda: next(moments))
    assert deadline.left(30) == 1.0
    with pytest.raises(Late, match="5 seconds"):
        deadline.left()
