"""The DNS is asked briefly, and what is nobody's on the Internet is left out of its answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from lionrock.core.errors import TryLater
from lionrock.net.dns import addresses_of, resolve

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

RECORDS = {
    ("a.example.", "A"): ["8.8.8.8", "10.0.0.1", "192.0.2.1"],
    ("a.example.", "AAAA"): ["2606:4700:4700::1111", "::1"],
    ("a.example.", "MX"): ["10 mail.a.example."],
    ("many.example.", "A"): [f"8.8.{n}.8" for n in range(40)],
}


@contextmanager
def nameserver() -> Iterator[dns.resolver.Resolver]:
    """Serve RECORDS over UDP until the block ends; ``silent.example`` gets no answer at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, sender = sock.recvfrom(4096)
                if not data:
                    return
                query = dns.message.from_wire(data)
                name, kind = str(query.question[0].name), query.question[0].rdtype.name
                if name == "silent.example.":
                    continue
                response = dns.message.make_response(query)
                response.flags |= dns.flags.RA
                if name == "broken.example.":
                    response.set_rcode(dns.rcode.SERVFAIL)
                elif not any(known == name for known, _ in RECORDS):
                    response.set_rcode(dns.rcode.NXDOMAIN)
                elif records := RECORDS.get((name, kind)):
                    response.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, records))
                sock.sendto(response.to_wire(), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = sock.getsockname()[1]
        try:
            yield resolver
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
                stop.sendto(b"", sock.getsockname())
            thread.join()


def test_a_hosts_public_addresses_come_ipv4_first_and_the_others_are_left_out() -> None:
    with nameserver() as resolver:
        assert addresses_of("a.example", resolver=resolver) == ("8.8.8.8", "2606:4700:4700::1111")


def test_records_of_any_kind_are_told_and_a_name_without_them_has_none() -> None:
    with nameserver() as resolver:
        assert resolve("a.example", "MX", resolver=resolver) == ("10 mail.a.example.",)
        assert resolve("a.example", "TXT", resolver=resolver) == ()
        assert resolve("nobody.example", "A", resolver=resolver) == ()
        assert len(resolve("many.example", "A", resolver=resolver)) == 16


@pytest.mark.parametrize("host", ["silent.example", "broken.example", "a..example"])
def test_what_nobody_answers_is_asked_later(host: str) -> None:
    with nameserver() as resolver:
        with pytest.raises(TryLater, match="the DNS does not answer"):
            resolve(host, "A", resolver=resolver, seconds=0.2)
        assert addresses_of(host, resolver=resolver, seconds=0.2) == ()
