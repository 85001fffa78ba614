"""Who holds an object, and where its abuse is reported, is read from every shape registries answer in."""

import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.net.fetch import AskedToWait
from lionrock.net.rdap import NotThere, Pace, Rdap, Registered, Servers, asking, registries
from tests.net.serving import LOOPBACK, Answer, Asked, serving

REGISTRY_OF = {
    "ipv4": [
        [["192.0.0.0/8"], ["http://old.example/", "https://wide.example/rdap/"]],
        [["192.0.2.0/24"], ["https://narrow.example"]],
    ],
    "ipv6": [[["2001:db8::/32"], ["https://six.example/"]]],
    "asn": [[["64496-64511", "65536"], ["https://asn.example/"]]],
    "dns": [
        [["example", "xn--j6w193g"], ["https://tld.example/"]],
        [["co.example"], ["https://co.example/"]],
    ],
}
CONTENTS = {
    name: json.dumps({"version": "1.0", "services": services}).encode()
    for name, services in REGISTRY_OF.items()
}


def card(name: str, *mails: str | tuple[str, Mapping[str, str]]) -> list[object]:
    return [
        "vcard",
        [
            ["version", {}, "text", "4.0"],
            ["fn", {}, "text", name],
            *(
                [
                    "email",
                    {} if isinstance(mail, str) else dict(mail[1]),
                    "text",
                    mail if isinstance(mail, str) else mail[0],
                ]
                for mail in mails
            ),
        ],
    ]


def entity(roles: Sequence[str], vcard: object = None, **more: object) -> dict[str, object]:
    return {"objectClassName": "entity", "roles": list(roles), "vcardArray": vcard, **more}


def rdap(*documents: object, servers: Servers | None = None, pace: Pace | None = None) -> Rdap:
    """A client whose registry answers one document after the other."""
    left = iter(documents)

    def ask(url: str, /, *, limit: int) -> tuple[bytes, str]:
        del limit
        document = next(left)
        if isinstance(document, Exception):
            raise document
        return document if isinstance(document, bytes) else json.dumps(document).encode(), url

    return Rdap(servers or Servers(CONTENTS), ask=ask, pace=pace or Pace(seconds=0))


def test_the_narrowest_registry_answers_over_an_encrypted_way() -> None:
    servers = Servers(CONTENTS)
    assert servers.of_network("192.0.2.1") == "https://narrow.example"
    assert servers.of_network("192.9.0.0/16") == "https://wide.example/rdap/"
    assert servers.of_network("2001:db8::/48") == "https://six.example/"
    assert servers.of_network("203.0.113.1") is None
    assert (servers.of_asn(64500), servers.of_asn(64512)) == ("https://asn.example/", None)
    assert servers.of_domain("a.co.example") == "https://co.example/"
    assert servers.of_domain("b.example") == "https://tld.example/"
    assert servers.of_domain("b.test") is None


def test_a_broken_registry_knows_nothing_and_stops_no_other() -> None:
    broken = {
        "ipv4": b"{",
        "dns": b"[]",
        "ipv6": b'{"services": [[1], [["x"], ["https://x.example"]]]}',
    }
    servers = Servers({**broken, "asn": CONTENTS["asn"]})
    assert servers.of_network("192.0.2.1") is None
    assert servers.of_asn(64500) == "https://asn.example/"


def test_the_abuse_contact_of_a_network_is_found_within_its_holder() -> None:
    document = {
        "objectClassName": "ip network",
        "name": "SAMPLE-NET",
        "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}],
        "entities": [
            entity(
                ["registrant"],
                card("Sample Ltd", "office@sample.example"),
                entities=[
                    None,
                    entity(
                        ["abuse"],
                        card(
                            "Abuse",
                            "second@sample.example",
                            ("first@sample.example", {"pref": "1"}),
                        ),
                    ),
                ],
            ),
            entity(["technical"], card("Tech", "tech@sample.example")),
        ],
    }
    assert rdap(document).network("192.0.2.7") == Registered(
        holder="Sample Ltd",
        mails=("first@sample.example", "second@sample.example"),
        url="https://narrow.example/ip/192.0.2.7",
        network="192.0.2.0/24",
    )


def test_a_remark_about_abuse_counts_where_no_role_is_named() -> None:
    document = {
        "name": "SAMPLE-NET",
        "remarks": [
            {"title": "description", "description": ["A network, mail sales@sample.example"]},
            {"description": ["Send abuse reports to: <report@sample.example>, thanks"]},
        ],
        "entities": [entity(["technical"], card("Tech", "tech@sample.example"))],
    }
    found = rdap(document).network("192.0.2.7")
    assert (found.holder, found.mails) == ("SAMPLE-NET", ("report@sample.example",))


def test_a_technical_contact_will_do_for_a_network_but_not_for_a_domain() -> None:
    document = {"entities": [entity(["technical"], card("Tech", "tech@sample.example"))]}
    assert rdap(document).asn(64500).mails == ("tech@sample.example",)
    assert rdap(document).domain("a.example").mails == ()


def test_a_domains_abuse_is_its_registrars_and_never_its_owners() -> None:
    document = {
        "ldhName": "a.example",
        "entities": [
            entity(["registrant"], card("Owner", "owner@a.example")),
            entity(
                ["registrar"],
                card("Registrar Inc", "office@registrar.example"),
                entities=[entity(["abuse"], card("", "abuse@registrar.example"))],
            ),
        ],
    }
    found = rdap(document).domain("a.example")
    assert (found.holder, found.mails) == ("Registrar Inc", ("abuse@registrar.example",))


def test_where_the_registry_names_nobody_the_registrar_is_asked() -> None:
    thin = {
        "links": [
            {
                "rel": "self",
                "type": "application/rdap+json",
                "href": "https://tld.example/domain/a.example",
            },
            {"rel": "related", "type": "text/html", "href": "https://registrar.example/"},
            {
                "rel": "related",
                "type": "application/rdap+json",
                "href": "https://rdap.registrar.example/domain/a.example",
            },
        ],
        "entities": [entity(["registrar"], card("Registrar Inc"))],
    }
    thick = {
        "entities": [
            entity(["registrar", "abuse"], card("Registrar Inc", "abuse@registrar.example"))
        ]
    }
    found = rdap(thin, thick).domain("a.example")
    assert found.mails == ("abuse@registrar.example",)
    assert found.url == "https://rdap.registrar.example/domain/a.example"
    assert rdap(thin, TryLater("no")).domain("a.example").holder == "Registrar Inc"


@pytest.mark.parametrize(
    "mail",
    [
        "redacted",
        "a@b",
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        "<a@b.example>",
        "@",
        "a@-.",
        7,
        None,
    ],
)
def test_what_is_no_address_is_no_contact(mail: object) -> None:
    vcard = ["vcard", [["email", {}, "text", mail]]]
    assert rdap({"entities": [entity(["abuse"], vcard)]}).asn(64500).mails == ()


def test_entities_within_entities_come_to_an_end() -> None:
    deep: dict[str, object] = entity(["abuse"], card("Deep", "deep@sample.example"))
    for _ in range(50):
        deep = entity(["x"], None, entities=[deep])
    many = [entity(["x"])] * 5000 + [entity(["abuse"], card("Late", "late@sample.example"))]
    assert rdap({"entities": [deep]}).asn(64500).mails == ()
    assert rdap({"entities": many}).asn(64500).mails == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "entities",
                    "vcardArray",
                    "roles",
                    "remarks",
                    "description",
                    "links",
                    "rel",
                    "href",
                    "type",
                    "name",
                    "cidr0_cidrs",
                    "length",
                    "v4prefix",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(json_values)
def test_whatever_a_registry_answers_is_read_or_refused(document: object) -> None:
    for ask in ("network", "asn", "domain"):
        client = rdap(document, document)
        try:
            match ask:
                case "network":
                    client.network("192.0.2.1")
                case "asn":
                    client.asn(64500)
                case _:
                    client.domain("a.example")
        except LionrockError:
            continue


def test_a_server_is_asked_in_its_pace() -> None:
    now = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(seconds=2, most=3, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        pace.wait("a.example")
    pace.wait("b.example")
    assert slept == [2, 2]
    pace.put_off("a.example", 60)
    with pytest.raises(TryLater, match=r"a\.example is asked again in 60 seconds"):
        pace.wait("a.example")


def test_a_server_that_asks_for_peace_is_left_alone() -> None:
    pace = Pace(seconds=0, clock=lambda: 0.0, sleep=lambda seconds: None)
    client = rdap(AskedToWait("busy", seconds=30), {}, pace=pace)
    with pytest.raises(AskedToWait):
        client.asn(64500)
    with pytest.raises(TryLater, match="asked again in 30 seconds"):
        client.asn(64501)
    assert client.network("192.0.2.1").mails == ()


def answer(asked: Asked) -> Answer:
    match asked.path:
        case "/one/ip/192.0.2.7":
            return Answer(status=301, headers={"Location": "/other/ip/192.0.2.7"})
        case "/other/ip/192.0.2.7":
            assert "application/rdap+json" in asked.headers["accept"]
            document = {
                "name": "SAMPLE-NET",
                "entities": [entity(["abuse"], card("A", "a@b.example"))],
            }
            return Answer(body=json.dumps(document).encode())
        case "/one/ip/192.0.2.8":
            return Answer(body=b"<html>")
        case "/one/ip/192.0.2.9":
            return Answer(status=429, headers={"Retry-After": "9"})
        case "/one/ip/192.0.2.10":
            return Answer(status=403)
    return Answer(status=404, body=b'{"errorCode": 404}')


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_a_server_is_asked_over_http_and_its_answers_are_told_apart() -> None:
    with serving(answer) as server:
        services = json.dumps({"services": [[["192.0.2.0/24"], [f"{server.url}/one/"]]]}).encode()
        ask = asking(LOOPBACK)
        client = Rdap(Servers({"ipv4": services}), ask=ask, pace=Pace(seconds=0))
        found = client.network("192.0.2.7")
        assert (found.mails, found.url) == (("a@b.example",), f"{server.url}/other/ip/192.0.2.7")
        with pytest.raises(NotThere, match=r"does not know 192\.0\.2\.1"):
            client.network("192.0.2.1")
        with pytest.raises(GiveUp, match="no JSON"):
            client.network("192.0.2.8")
        with pytest.raises(GiveUp, match="403"):
            client.network("192.0.2.10")
        with pytest.raises(AskedToWait):
            client.network("192.0.2.9")
    with pytest.raises(NotThere, match="no registry answers"):
        client.network("203.0.113.1")


def test_the_registries_of_servers_are_fetched_by_name() -> None:
    asked: list[str] = []

    def ask(url: str, /, *, limit: int) -> tuple[bytes, str]:
        asked.append(url)
        assert limit > 1 << 20
        return url.encode(), url

    found = registries(ask)
    assert found["asn"] == b"https://data.iana.org/rdap/asn.json"
    assert sorted(found) == ["asn", "dns", "ipv4", "ipv6"]


@pytest.mark.shared
def test_real_answers_are_read(shared_data: object) -> None:
    from pathlib import Path

    folder = Path(str(shared_data)) / "feeds" / "intelmq" / "rdap"
    servers = Servers({"dns": (folder / "rdns.json").read_bytes()})
    assert servers.of_domain("a.moscow") == "https://flexireg.net/moscow/rdap/"
    for name in ("example.com.json", "nic.versicherung.json"):
        document = (folder / name).read_bytes()
        client = rdap(
            document,
            document,
            servers=Servers({"dns": b'{"services": [[["com"], ["https://tld.example/"]]]}'}),
        )
        assert client.domain("example.com").mails
