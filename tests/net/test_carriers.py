"""Each carrier against a server that speaks its documented protocol, and against servers that misbehave."""

import hashlib
import hmac
import json
import socket
import ssl
import time
from datetime import timedelta
from pathlib import Path

import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net import http, misp, n6, shadowserver, taxii
from lionrock.net.carrying import Busy, Carry, Order, Place, Refused
from lionrock.net.guard import Forbidden
from lionrock.net.web import WebClient
from scripts.with_dovecot import make_certificate
from tests.net.carriers import LOOPBACK, NOW, Asked, Say, carried, order, say_json, serving
from tests.net.serving import speaking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

# HTTP ----------------------------------------------------------------------------------------


def test_a_file_is_fetched_once_until_the_server_says_that_it_changed() -> None:
    def answer(asked: Asked) -> Say:
        if asked.headers.get("if-none-match") == '"one"':
            return Say(status=304)
        return Say(body=b"192.0.2.1\n", headers={"ETag": '"one"', "Last-Modified": "yesterday"})

    with serving(answer) as server:
        came, place = carried(http.carry, order(f"{server.url}/list.txt"))
        again, still = carried(http.carry, order(f"{server.url}/list.txt", place=place))

    assert [(each.name, each.content) for each in came] == [("list.txt", b"192.0.2.1\n")]
    assert (place.etag, place.last_modified) == ('"one"', "yesterday")
    assert (again, still) == ([], place)
    assert server.asked[1].headers["if-modified-since"] == "yesterday"


def test_a_key_goes_where_the_provider_wants_it_and_never_into_the_origin() -> None:
    with serving(lambda _: Say(body=b"x")) as server:
        for given, options, account in (
            ("/a", {}, ""),
            ("/a", {"header": "Auth-Key"}, ""),
            ("/a", {}, "reader"),
            ("/a/{secret}/list", {}, ""),
        ):
            came, _ = carried(
                http.carry,
                order(f"{server.url}{given}", secret="k3y", options=options, account=account),
            )
            assert "k3y" not in came[0].origin

    bearer, named, basic, within = server.asked
    assert bearer.headers["authorization"] == "Bearer k3y"
    assert named.headers["auth-key"] == "k3y"
    assert basic.headers["authorization"] == "Basic cmVhZGVyOmszeQ=="
    assert (within.path, "authorization" in within.headers) == ("/a/k3y/list", False)


def test_a_server_that_asks_to_wait_is_left_alone_for_as_long() -> None:
    with (
        serving(lambda _: Say(status=429, headers={"Retry-After": "120"})) as server,
        pytest.raises(Busy) as caught,
    ):
        carried(http.carry, order(server.url))

    assert caught.value.seconds == 120


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Say(status=500), TryLater),
        (Say(status=503), TryLater),
        (Say(status=401), Refused),
        (Say(status=403), Refused),
        (Say(status=404), GiveUp),
        (Say(body=b"half of it", announce=1000), TryLater),
        (Say(body=b"0123456789", cut=4), TryLater),
        (Say(body=b"x" * 2000), GiveUp),
        (Say(body=b"x", announce=10**9), GiveUp),
    ],
    ids=[
        "error",
        "unavailable",
        "no-key",
        "wrong-key",
        "gone",
        "lies-about-its-length",
        "breaks-off",
        "too-much",
        "announces-too-much",
    ],
)
def test_a_bad_answer_is_an_error_that_says_what_to_do_next(
    said: Say, error: type[Exception]
) -> None:
    with serving(lambda _: said) as server, pytest.raises(error):
        carried(http.carry, order(server.url, limit=1000))


def test_a_server_that_falls_silent_is_given_up() -> None:
    with (
        serving(lambda _: Say(body=b"x", announce=10, stall=True)) as server,
        pytest.raises(TryLater),
    ):
        carried(http.carry, order(server.url, web=WebClient(allow=LOOPBACK, seconds=0.5)))


@pytest.mark.parametrize(
    ("carry", "path", "options"),
    [
        (http.carry, "/list.txt", {}),
        (shadowserver.carry, "/api2/", {}),
        (taxii.carry, "/api1/collections/91a7b528/", {}),
        (misp.carry, "/feed", {}),
        (misp.carry, "", {"search": "yes"}),
        (n6.carry, "/report/inside.sjson", {}),
    ],
    ids=["http", "shadowserver", "taxii", "misp-feed", "misp-search", "n6"],
)
def test_a_server_that_drips_its_headers_holds_up_no_carrier(
    carry: Carry, path: str, options: dict[str, str]
) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(2000):
            connection.sendall(b"a")
            time.sleep(0.005)

    web = WebClient(allow=LOOPBACK, seconds=0.3)
    with speaking(drip) as url, pytest.raises(TryLater, match=r"longer than the 0\.3 seconds"):
        carried(carry, order(f"{url}{path}", secret=KEYS, options=options, web=web))


def test_a_redirect_to_a_private_address_is_not_followed() -> None:
    with serving(lambda _: Say(status=302, headers={"Location": "http://10.0.0.1/"})) as server:
        with pytest.raises(Forbidden):
            carried(http.carry, order(server.url))
        assert len(server.asked) == 1


def test_without_a_word_of_the_administrator_not_even_loopback_is_asked() -> None:
    with serving(lambda _: Say(body=b"x")) as server:
        with pytest.raises(Forbidden):
            carried(http.carry, order(server.url, web=WebClient()))
        assert server.asked == []


def test_a_key_does_not_follow_a_redirect_to_another_server() -> None:
    with serving(lambda _: Say(body=b"x")) as other:
        away = Say(status=302, headers={"Location": f"{other.url}/there"})
        with serving(lambda _: away) as server:
            carried(http.carry, order(server.url, secret="k3y"))

    assert "authorization" in server.asked[0].headers
    assert "authorization" not in other.asked[0].headers


# Shadowserver --------------------------------------------------------------------------------

KEYS = "my-key my-secret"


class Shadow:
    """The reports API: refuses what is not signed, lists reports, hands them out by id."""

    def __init__(self, listed: list[dict[str, str]]) -> None:
        self.listed = listed
        self.gone: set[str] = set()

    def __call__(self, asked: Asked) -> Say:
        if asked.method == "POST":
            signature = hmac.new(b"my-secret", asked.body, hashlib.sha256).hexdigest()
            if asked.headers.get("hmac2") != signature:
                return say_json({"error": "bad signature"})
            return say_json(self.listed)
        name = asked.path.rpartition("/")[2]
        return Say(status=404) if name in self.gone else Say(body=f'"timestamp"\n{name}\n'.encode())


def report(name: str, day: str = "2026-11-19", kind: str = "scan_telnet") -> dict[str, str]:
    return {
        "id": name,
        "timestamp": day,
        "type": kind,
        "file": f"{day}-{kind}-region.csv",
        "url": "https://elsewhere.example/",
    }


def shadow_order(url: str, place: Place | None = None, **options: str) -> Order:
    return order(
        f"{url}/api2/",
        secret=KEYS,
        place=place or Place(),
        options={"downloads": f"{url}/dl", **options},
    )


def test_shadowserver_hands_out_each_report_once_even_when_one_comes_late() -> None:
    api = Shadow([report("aaaa1"), report("aaaa2", kind="scan_rdp")])
    with serving(api) as server:
        came, place = carried(shadowserver.carry, shadow_order(server.url))
        api.listed.append(report("late1", day="2026-11-18"))
        more, _ = carried(shadowserver.carry, shadow_order(server.url, place))

    assert [each.name for each in came] == [
        "2026-11-19-scan_telnet-region.csv",
        "2026-11-19-scan_rdp-region.csv",
    ]
    assert came[1].headers["report-type"] == "scan_rdp"
    assert [each.content for each in more] == [b'"timestamp"\nlate1\n']
    asked = json.loads(server.asked[0].body)
    assert (asked["apikey"], asked["date"]) == ("my-key", "2026-11-18:2026-11-20")
    assert b"my-secret" not in server.asked[0].body


def test_shadowserver_is_asked_for_the_types_that_are_wanted() -> None:
    with serving(Shadow([report("aaaa1"), report("aaaa2", kind="scan_rdp")])) as server:
        came, _ = carried(
            shadowserver.carry,
            shadow_order(server.url, types="scan_rdp", reports="my-region"),
        )

    assert [each.headers["report-type"] for each in came] == ["scan_rdp"]
    assert json.loads(server.asked[0].body)["reports"] == ["my-region"]


def test_a_report_whose_id_is_an_address_of_its_own_is_not_fetched() -> None:
    with serving(Shadow([report("../../etc/passwd"), report("http://10.0.0.1/")])) as server:
        came, _ = carried(shadowserver.carry, shadow_order(server.url))

    assert came == []
    assert [asked.method for asked in server.asked] == ["POST"]


def test_an_error_of_shadowserver_s_is_told_in_its_words() -> None:
    with serving(Shadow([])) as server, pytest.raises(Refused, match="bad signature"):
        carried(shadowserver.carry, order(f"{server.url}/", secret="my-key wrong"))


def test_the_key_in_a_request_is_not_posted_to_another_server() -> None:
    with serving(lambda _: say_json([])) as other:
        away = Say(status=307, headers={"Location": f"{other.url}/api2/reports/list"})
        with serving(lambda _: away) as server, pytest.raises(GiveUp, match="elsewhere"):
            carried(shadowserver.carry, shadow_order(server.url))

    assert other.asked == []


# TAXII ---------------------------------------------------------------------------------------


def test_a_taxii_collection_is_read_page_by_page_and_goes_on_where_it_ended() -> None:
    def answer(asked: Asked) -> Say:
        assert asked.headers["accept"] == "application/taxii+json;version=2.1"
        if "added_after" in asked.query:
            return say_json({})
        page = int(asked.query.get("next", ["1"])[0])
        more = {"more": True, "next": str(page + 1)} if page < 3 else {"more": False}
        return say_json(
            {**more, "objects": [{"type": "indicator", "id": f"indicator--{page}"}]},
            **{"X-TAXII-Date-Added-Last": f"2026-11-19T0{page}:00:00Z"},
        )

    with serving(answer) as server:
        collection = f"{server.url}/api1/collections/91a7b528/"
        came, place = carried(taxii.carry, order(collection, account="me", secret="pass"))
        again, still = carried(taxii.carry, order(collection, place=place))

    assert [json.loads(each.content)["objects"][0]["id"] for each in came] == [
        "indicator--1",
        "indicator--2",
        "indicator--3",
    ]
    assert place.cursor == "2026-11-19T03:00:00Z"
    assert (again, still) == ([], place)
    assert server.asked[0].path == "/api1/collections/91a7b528/objects/"
    assert server.asked[3].query["added_after"] == ["2026-11-19T03:00:00Z"]


def test_a_taxii_server_that_breaks_off_between_pages_does_not_move_the_place() -> None:
    def answer(asked: Asked) -> Say:
        if "next" in asked.query:
            return Say(status=500)
        return say_json(
            {"more": True, "next": "2", "objects": [{"id": "a"}]},
            **{"X-TAXII-Date-Added-Last": "2026-11-19T01:00:00Z"},
        )

    places: list[Place | None] = []
    with serving(answer) as server, pytest.raises(TryLater):
        places.extend(each.place for each in taxii.carry(order(server.url)))  # type: ignore[union-attr]
    assert places == [None]


# MISP ----------------------------------------------------------------------------------------

ONE, TWO = "5f5f5f5f-0000-4000-8000-000000000001", "5f5f5f5f-0000-4000-8000-000000000002"


def test_a_misp_feed_brings_only_events_that_changed() -> None:
    recent = int((NOW - timedelta(days=1)).timestamp())
    old = int((NOW - timedelta(days=400)).timestamp())
    manifest = {ONE: {"timestamp": str(recent)}, TWO: {"timestamp": str(old)}, "../x": {}}

    def answer(asked: Asked) -> Say:
        if asked.path.endswith("manifest.json"):
            return say_json(manifest)
        return say_json({"Event": {"uuid": asked.path[1:-5]}})

    with serving(answer) as server:
        came, place = carried(misp.carry, order(server.url))
        same, _ = carried(misp.carry, order(server.url, place=place))
        manifest[TWO] = {"timestamp": str(recent + 1)}
        more, _ = carried(misp.carry, order(server.url, place=place))

    assert [each.name for each in came] == [f"{ONE}.json"]
    assert same == []
    assert [each.name for each in more] == [f"{TWO}.json"]


def test_a_misp_instance_is_searched_page_by_page_with_its_key() -> None:
    def answer(asked: Asked) -> Say:
        wanted = json.loads(asked.body)
        rows = [{"Event": {"id": str(n)}} for n in range(120)]
        start = (wanted["page"] - 1) * wanted["limit"]
        return say_json({"response": rows[start : start + wanted["limit"]]})

    with serving(answer) as server:
        came, place = carried(
            misp.carry,
            order(server.url, secret="k3y", options={"search": "yes", "tags": "tlp:green"}),
        )

    assert [len(json.loads(each.content)["response"]) for each in came] == [50, 50, 20]
    assert server.asked[0].headers["authorization"] == "k3y"
    assert json.loads(server.asked[0].body)["tags"] == ["tlp:green"]
    assert place.cursor == str(int(NOW.timestamp()) - 300)


# n6 ------------------------------------------------------------------------------------------


def test_n6_is_asked_for_what_became_known_since_and_a_little_twice() -> None:
    lines = (
        b'{"id": "1", "time": "2026-11-20T07:00:00Z", "modified": "2026-11-20T07:59:58Z"}\n'
        b'{"id": "2", "time":"2026-10-30 07:59:58Z", "modified":"2026-11-20 07:30:00Z"}\n'
    )

    def answer(asked: Asked) -> Say:
        begin = asked.query["modified.min"][0]
        return Say(body=lines if begin <= "2026-11-20T07:59:58" else b"")

    with serving(answer) as server:
        address = f"{server.url}/report/inside.sjson?category=bots"
        came, place = carried(n6.carry, order(address, secret="token"))
        again, still = carried(n6.carry, order(address, place=place))
        none, stays = carried(n6.carry, order(address, place=Place(cursor="2026-11-20T08:30:00Z")))

    assert [each.content for each in came] == [lines]
    assert place.cursor == "2026-11-20T07:59:58Z"
    # Rows become visible after the moment written into them: five minutes are asked for twice.
    assert [each.content for each in again] == [lines]
    assert still == place
    assert (none, stays.cursor) == ([], "2026-11-20T08:30:00Z")
    assert server.asked[0].query["category"] == ["bots"]
    assert server.asked[0].headers["authorization"] == "Bearer token"
    assert server.asked[0].query["modified.min"] == ["2026-11-19T08:00:00Z"]
    assert server.asked[0].query["time.min"] == ["2026-10-20T08:00:00Z"]
    assert server.asked[1].query["modified.min"] == ["2026-11-20T07:54:58Z"]


@pytest.mark.parametrize(
    ("body", "cursor"),
    [
        (b'{"time": "2026-11-20T07:00:00Z"}', "2026-11-20T07:00:00Z"),
        (b'{"time": "2026-11-20T07:00:00Z", "modified": "2031-01-01T00:00:00Z"}', f"{NOW:%FT%TZ}"),
        (b'{"time": "2001-01-01T07:00:00Z", "modified": "2001-01-01T07:00:00Z"}', "since"),
    ],
    ids=["no-change-told", "a-clock-ahead", "a-clock-behind"],
)
def test_n6_s_place_moves_only_forwards_and_never_past_now(body: bytes, cursor: str) -> None:
    with serving(lambda _: Say(body=body)) as server:
        address = f"{server.url}/report/inside.sjson"
        _, place = carried(n6.carry, order(address))

    assert place.cursor == ("2026-11-19T08:00:00Z" if cursor == "since" else cursor)


def test_n6_is_shown_the_client_certificate_that_is_kept_for_it(tmp_path: Path) -> None:
    authority = make_certificate(tmp_path)
    server_pem, server_key = tmp_path / "server.pem", tmp_path / "server.key"
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    asking.load_cert_chain(server_pem, server_key)
    asking.load_verify_locations(server_pem)
    asking.verify_mode = ssl.CERT_REQUIRED
    lines = b'{"id": "1", "time": "2026-11-20T07:00:00Z"}\n'

    with serving(lambda _: Say(body=lines), tls=asking) as server:
        address = f"{server.url}/report/threats.sjson"
        ours = server_pem.read_bytes() + server_key.read_bytes()
        known = WebClient(allow=LOOPBACK, trusted=authority, certificate=ours, seconds=10)
        came, _ = carried(n6.carry, order(address, web=known))
        with pytest.raises(TryLater):
            carried(n6.carry, order(address, web=WebClient(allow=LOOPBACK, trusted=authority)))
        with pytest.raises(TryLater):
            carried(n6.carry, order(address, web=WebClient(allow=LOOPBACK)))

    assert [each.content for each in came] == [lines]
    with pytest.raises(GiveUp, match="private key"):
        WebClient(certificate=authority)
