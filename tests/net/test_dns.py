"""A name's addresses are public ones, and a name nobody answers for has none."""

from typing import Any

import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from lionrock.net.dns import addresses_of


class Zone(dns.resolver.Resolver):
    """Answers from a table instead of the network."""

    def __init__(self, records: dict[tuple[str, str], list[str]]) -> None:
        super().__init__(configure=False)
        self.records = records

    def resolve(self, qname: Any, rdtype: Any = "A", *_: Any, **__: Any) -> Any:  # Any: dnspython's
        """Answer, or say that there is no such name."""
        found = self.records.get((str(qname), str(rdtype)))
        if found is None:
            raise dns.resolver.NXDOMAIN
        text = "".join(f"{qname}. 60 IN {rdtype} {value}\n" for value in found)
        head = f"id 1\nopcode QUERY\nrcode NOERROR\nflags QR\n;QUESTION\n{qname}. IN {rdtype}\n"
        message = dns.message.from_text(f"{head};ANSWER\n{text}")
        assert isinstance(message, dns.message.QueryMessage)
        kind = dns.rdatatype.from_text(str(rdtype))
        return dns.resolver.Answer(dns.name.from_text(str(qname)), kind, dns.rdataclass.IN, message)


def test_public_addresses_are_returned_and_inner_ones_are_not() -> None:
    zone = Zone(
        {
            ("a.example", "A"): ["8.8.8.8", "127.0.0.1", "10.0.0.1"],
            ("a.example", "AAAA"): ["2606:4700::1", "::1", "fe80::1"],
        }
    )

    assert addresses_of("a.example", resolver=zone) == ("8.8.8.8", "2606:4700::1")


def test_a_name_nobody_answers_for_has_none() -> None:
    assert addresses_of("b.example", resolver=Zone({})) == ()
