"""Whom to tell outside the directory is looked up once, kept with its source, and asked of nobody twice."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from lionrock.core.errors import TryLater
from lionrock.desk.constituents.models import Found
from lionrock.desk.constituents.services import found
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.models import Aid
from lionrock.enrich.tables import Tables
from lionrock.enrich.update import Incoming, take_in
from lionrock.net.fetch import Answered
from lionrock.net.rdap import Pace, Rdap, Servers
from tests.desk.constituents.made import NOW, constituent, episode
from tests.enrich.makes import XX, laid

pytestmark = pytest.mark.django_db

SERVICES = {
    "ipv4": [[["8.0.0.0/8"], ["https://ip.example/"]]],
    "asn": [[["64506-64510"], ["https://asn.example/"]]],
    "dns": [[["org"], ["https://tld.example/"]]],
}
SERVERS = {name: json.dumps({"services": services}).encode() for name, services in SERVICES.items()}


class World:
    """The registries: what they answer, and what they were asked."""

    def __init__(self, answers: dict[str, str | Exception]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, url: str, /, *, limit: int) -> tuple[bytes, str]:
        del limit
        self.asked.append(url)
        answer = self.answers.get(url, Answered("no", status=404))
        if isinstance(answer, Exception):
            raise answer
        card = ["vcard", [["fn", {}, "text", "Desk"], ["email", {}, "text", answer]]]
        document = {"name": "SAMPLE", "entities": [{"roles": ["abuse"], "vcardArray": card}]}
        return json.dumps(document).encode(), url

    @property
    def rdap(self) -> Rdap:
        return Rdap(Servers(SERVERS), ask=self, pace=Pace(seconds=0))


def nobodys(network: str = "8.1.0.0/16", asn: int | None = 64509, host: str = "") -> Episode:
    one = episode(None, f"8.1.{Episode.objects.count()}.1")
    one.network, one.asn, one.host = network, asn, host
    one.save()
    return one


def look(world: World, *, now: datetime = NOW, tables: Tables | None = None) -> int:
    none = tables or Tables.load(Path("/nonexistent"), XX)
    return found.look_up(rdap=world.rdap, tables=none, now=now)


def test_the_network_is_asked_about_first_and_nothing_wider_once_it_names_somebody() -> None:
    nobodys()
    world = World({"https://ip.example/ip/8.1.0.0/16": "abuse@net.example"})
    assert look(world) == 1
    row = Found.objects.get()
    assert (row.key, row.holder, row.emails) == ("8.1.0.0/16", "SAMPLE", ["abuse@net.example"])
    assert row.source == "rdap https://ip.example/ip/8.1.0.0/16"
    assert look(world) == 0
    assert world.asked == ["https://ip.example/ip/8.1.0.0/16"]


def test_the_many_episodes_of_one_network_hide_no_other() -> None:
    old = nobodys(network="8.9.0.0/16", asn=None)
    old.last_seen = NOW - timedelta(days=1)
    old.save()
    for _ in range(3):
        nobodys(asn=None)
    assert found.due(now=NOW, within=2) == ["8.1.0.0/16"]
    world = World({"https://ip.example/ip/8.1.0.0/16": "abuse@net.example"})
    none = Tables.load(Path("/nonexistent"), XX)
    assert found.find("8.1.0.0/16", rdap=world.rdap, tables=none, now=NOW)
    assert found.due(now=NOW, within=2) == ["8.9.0.0/16"]


def test_where_the_network_names_nobody_the_asn_is_asked_and_then_the_domain() -> None:
    nobodys(host="www.a.org")
    world = World({"https://tld.example/domain/a.org": "abuse@registrar.example"})
    for _ in range(4):
        look(world)
    assert world.asked == [
        "https://ip.example/ip/8.1.0.0/16",
        "https://asn.example/autnum/64509",
        "https://tld.example/domain/a.org",
    ]
    assert {row.key: row.emails for row in Found.objects.all()} == {
        "8.1.0.0/16": [],
        "AS64509": [],
        "a.org": ["abuse@registrar.example"],
    }


def test_what_rdap_does_not_say_the_registrys_own_data_says(tmp_path: Path) -> None:
    text = "role: A\nnic-hdl: A1\nabuse-mailbox: abuse@db.example\nsource: RIPE\n\ninetnum: 8.1.0.0 - 8.1.255.255\nabuse-c: A1\n"
    take_in(
        [Incoming(path=laid(tmp_path, "ripe", text), day=date(2026, 11, 19))], into=tmp_path / "t"
    )
    nobodys()
    assert look(World({}), tables=Tables.load(tmp_path / "t", XX)) == 1
    row = Found.objects.get()
    assert (row.emails, row.source) == (["abuse@db.example"], "registry ripe 2026-11-19")


def test_a_server_that_does_not_answer_is_asked_again_and_nothing_is_kept() -> None:
    nobodys()
    world = World({"https://ip.example/ip/8.1.0.0/16": TryLater("no answer")})
    assert look(world) == 0
    assert not Found.objects.exists()
    assert found.due(now=NOW) == ["8.1.0.0/16"]


def test_an_answer_is_asked_for_again_when_it_is_old() -> None:
    nobodys(asn=None)
    world = World({"https://ip.example/ip/8.1.0.0/16": "abuse@net.example"})
    look(world)
    Episode.objects.update(last_seen=NOW + timedelta(days=31))
    assert found.due(now=NOW + timedelta(days=29)) == []
    assert found.due(now=NOW + timedelta(days=31)) == ["8.1.0.0/16"]


def test_nobody_is_asked_about_what_is_told_already_over_or_made_up() -> None:
    served = constituent(network="8.2.0.0/16")
    owned = episode(served, "8.2.0.1")
    owned.network = "8.2.0.0/16"
    owned.save()
    closed = nobodys(network="8.3.0.0/16", asn=None)
    closed.standing = Standing.FIXED
    closed.save()
    away = nobodys(network="8.4.0.0/16", asn=None)
    away.why = "elsewhere"
    away.save()
    nobodys(network="192.0.2.0/25", asn=64496)
    nobodys(network="", asn=None, host="a.bank.example")
    nobodys(network="", asn=None, host="fee-1-lionrock-sample.org")
    assert found.due(now=NOW) == []


def test_a_constituent_whose_contacts_are_dead_is_no_longer_reached() -> None:
    served = constituent(network="8.2.0.0/16")
    owned = episode(served, "8.2.0.1")
    owned.network = "8.2.0.0/16"
    owned.save()
    served.contacts.update(dead_since=NOW)
    assert found.due(now=NOW) == ["8.2.0.0/16"]


def test_the_registries_of_servers_are_kept_for_a_week_and_old_ones_serve_on() -> None:
    asked: list[str] = []

    def ask(url: str, /, *, limit: int) -> tuple[bytes, str]:
        asked.append(url)
        return SERVERS.get(url.rpartition("/")[2].removesuffix(".json"), b"{}"), url

    def silent(url: str, /, *, limit: int) -> tuple[bytes, str]:
        raise TryLater("no answer")

    with pytest.raises(TryLater):
        found.servers(ask=silent, now=NOW)
    assert found.servers(ask=ask, now=NOW).of_asn(64509) == "https://asn.example/"
    found.servers(ask=ask, now=NOW + timedelta(days=6))
    assert len(asked) == 4
    later = found.servers(ask=silent, now=NOW + timedelta(days=8))
    assert later.of_network("8.8.8.8") == "https://ip.example/"
    found.servers(ask=ask, now=NOW + timedelta(days=8))
    assert len(asked) == 8
    assert Aid.objects.filter(name__startswith="rdap-").count() == 4
