"""The pages about constituents, asked for the way a browser does."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lionrock.desk.constituents.models import Constituent, Contact, Holding, Mode, Rule
from lionrock.desk.constituents.services.contacts import revive_contact
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.events.selectors.worst import worst_of
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from tests.desk.constituents import made
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Person:
    person = someone(Role.APPROVER, Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def text_of(client: Client, address: str, *, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_list_finds_a_constituent_by_name_network_and_address(
    client: Client, editor: Person
) -> None:
    made.constituent(local="甲網絡")
    made.constituent("Beta", network="198.51.100.0/24", email="noc@beta.example")

    for words in ("alpha", "甲網", "192.0.2.0/24", "abuse@alpha"):
        page = text_of(client, f"{reverse('constituents:list')}?q={words}")
        assert "Alpha Net" in page
        assert "Beta" not in page


def test_the_list_says_how_much_is_open_and_who_cannot_be_reached(
    client: Client, editor: Person
) -> None:
    alpha = made.constituent()
    for n in range(3):
        made.episode(alpha, f"192.0.2.{n}")
    made.episode(alpha, "192.0.2.9", standing=Standing.FIXED)
    Contact.objects.update(dead_since=made.NOW)

    page = text_of(client, reverse("constituents:list"))

    assert 'data-label="Open">3<' in page
    assert "no living contact" in page


def test_the_list_goes_on_behind_fifty(client: Client, editor: Person) -> None:
    Constituent.objects.bulk_create(
        Constituent(name=f"Number {n:03}", made_at=made.NOW) for n in range(60)
    )

    first = client.get(reverse("constituents:list"))
    second = client.get(reverse("constituents:list") + first.context["after_url"])

    names = [row.constituent.name for page in (first, second) for row in page.context["page"].rows]
    assert names == [f"Number {n:03}" for n in range(60)]


def test_a_constituents_page_shows_its_own_episodes_and_never_a_link_to_a_bad_url(
    client: Client, editor: Person
) -> None:
    alpha = made.constituent()
    made.episode(alpha, "http://login.alpha.example/x", kind="fraud.phishing")
    made.episode(made.constituent("Beta", network="198.51.100.0/24"), "198.51.100.9")

    page = text_of(client, reverse("constituents:constituent", args=[alpha.pk]))

    assert "198.51.100.9" not in page
    assert "hxxp://login[.]" in page.replace("<wbr>", "")
    assert 'href="http://login' not in page


@pytest.mark.parametrize(
    ("fixed", "still_open", "said"),
    [
        (2, 1, "3 days"),
        (1, 2, "not yet: fewer than half of it is fixed"),
        (0, 0, "not known: nothing was reported"),
    ],
)
def test_the_page_of_fixes_says_in_words_when_fewer_than_half_are_fixed(
    fixed: int, still_open: int, said: str, client: Client, editor: Person
) -> None:
    alpha = made.constituent()
    for number in range(fixed):
        made.episode(alpha, f"192.0.2.{number}", standing=Standing.FIXED)
    for number in range(still_open):
        made.episode(alpha, f"192.0.2.{100 + number}")

    page = text_of(client, reverse("constituents:fixing", args=[alpha.pk]))
    own_page = text_of(client, reverse("constituents:constituent", args=[alpha.pk]))
    assert said in page
    assert (said in own_page) == bool(fixed or still_open), "without anything there is no figure"
    assert "<dd>–</dd>" not in page + own_page


def test_what_is_open_stands_the_worst_first_and_then_the_latest(
    client: Client, editor: Person
) -> None:
    alpha = made.constituent()
    for number in range(15):
        made.episode(alpha, f"192.0.2.{number}")
    for place, (asset, severity) in enumerate(
        [("192.0.2.100", "critical"), ("192.0.2.101", "low"), ("192.0.2.102", "critical")]
    ):
        one = made.episode(alpha, asset, severity=severity)
        one.last_seen -= timedelta(days=10 - place)
        one.save()

    page = text_of(client, reverse("constituents:constituent", args=[alpha.pk]))
    places = [page.index(asset) for asset in ("192.0.2.102", "192.0.2.100", "192.0.2.14")]
    assert places == sorted(places)
    assert "192.0.2.101" not in page, "twelve are shown, and there are worse ones"


def test_the_worst_are_sought_among_so_many_and_no_more() -> None:
    alpha = made.constituent()
    for number in range(5):
        made.episode(alpha, f"192.0.2.{number}")
    own = Episode.objects.filter(constituent_id=alpha.pk)

    few, all_of_them = worst_of(own, size=2, among=4), worst_of(own, size=2, among=5)
    assert (len(few.rows), few.partial, dict(few.kinds)) == (
        2,
        True,
        {"vulnerable.potentially-unwanted-accessible": 4},
    )
    assert not all_of_them.partial


def test_adding_one_by_hand_leads_to_its_page(client: Client, editor: Person) -> None:
    response = client.post(
        reverse("constituents:add"), {"name": "Gamma", "kind": "hosting", "sector": "tech"}
    )

    gamma = Constituent.objects.get()
    assert response["Location"] == reverse("constituents:constituent", args=[gamma.pk])
    assert gamma.mode == Mode.APPROVED


def test_a_taken_name_is_said_beside_the_form(client: Client, editor: Person) -> None:
    made.constituent()

    response = client.post(reverse("constituents:add"), {"name": "ALPHA NET", "kind": "isp"})

    assert response.status_code == 400
    assert "is there already" in response.content.decode()
    assert Constituent.objects.count() == 1


def test_holdings_are_added_in_one_spelling_or_not_at_all(client: Client, editor: Person) -> None:
    alpha = made.constituent()
    address = reverse("constituents:add-holdings", args=[alpha.pk])

    client.post(address, {"kind": "asn", "written": "AS64496\nas64497"})
    wrong = client.post(address, {"kind": "asn", "written": "AS64498 nonsense"})

    assert set(alpha.holdings.filter(kind="asn").values_list("value", flat=True)) == {
        "64496",
        "64497",
    }
    assert wrong.status_code == 400
    assert "is no ASN" in wrong.content.decode()


def test_a_stale_form_writes_nothing(client: Client, editor: Person) -> None:
    alpha = made.constituent()
    Constituent.objects.update(version=5)

    response = client.post(
        reverse("constituents:mode", args=[alpha.pk]), {"version": 1, "mode": "automatic"}
    )

    assert response.status_code == 409
    assert Constituent.objects.get().mode == Mode.APPROVED


def test_a_dead_contact_says_why_and_can_be_taken_for_alive(client: Client, editor: Person) -> None:
    alpha = made.constituent()
    contact = alpha.contacts.get()
    Contact.objects.update(dead_since=made.NOW, dead_why="550 5.1.1 no such user")

    assert "550 5.1.1 no such user" in text_of(
        client, reverse("constituents:constituent", args=[alpha.pk])
    )
    client.post(
        reverse("constituents:act-on-contact", args=[alpha.pk]),
        {"contact": contact.pk, "do": "revive"},
    )

    assert Contact.objects.get().dead_since is None
    again = revive_contact(constituent_id=alpha.pk, contact_id=contact.pk, by=editor, now=made.NOW)
    assert again.dead_since is None


def test_a_contact_of_another_constituent_cannot_be_reached_through_ones_own(
    client: Client, editor: Person
) -> None:
    alpha, beta = made.constituent(), made.constituent("Beta", network="198.51.100.0/24")
    others = beta.contacts.get()

    response = client.post(
        reverse("constituents:act-on-contact", args=[alpha.pk]),
        {"contact": others.pk, "do": "remove"},
    )

    assert response.status_code == 404
    assert beta.contacts.count() == 1


def test_an_import_is_shown_before_it_is_done(client: Client, editor: Person) -> None:
    table = SimpleUploadedFile("a.csv", b"name,networks\nDelta,203.0.113.0/24\nBad,nonsense\n")

    shown = client.post(reverse("constituents:import"), {"table": table})
    assert "nonsense" in shown.content.decode()
    assert Constituent.objects.count() == 0

    client.post(reverse("constituents:apply-import"), {"content": shown.context["packed"]})
    assert Holding.objects.get().value == "203.0.113.0/24"
    assert Constituent.objects.get().name == "Delta"


@pytest.mark.parametrize("content", ["", "%%%", "AAAA"])
def test_a_mangled_import_is_refused_in_words(content: str, client: Client, editor: Person) -> None:
    response = client.post(reverse("constituents:apply-import"), {"content": content})

    assert response.status_code == 400


def test_a_rule_is_added_changed_and_removed(client: Client, editor: Person) -> None:
    rule = {
        "title": "Critical at once",
        "kind": "malicious-code",
        "severity": "high",
        "when": "at_once",
        "escalate_days": "2",
        "order": "10",
        "active": "on",
    }
    client.post(reverse("constituents:rules"), rule)
    added = Rule.objects.get()
    client.post(reverse("constituents:rule", args=[added.pk]), {**rule, "title": "At once"})

    assert Rule.objects.get().title == "At once"
    assert "At once" in text_of(client, reverse("constituents:rules"))
    client.post(reverse("constituents:remove-rule", args=[added.pk]))
    assert Rule.objects.count() == 0


def test_who_would_be_told_names_the_holder_then_a_person(client: Client, editor: Person) -> None:
    made.constituent()

    page = text_of(client, reverse("constituents:who") + "?asset=hxxp://192.0.2.9/x")

    assert "It holds 192.0.2.0/24." in page
    assert "a person decides" in page
    text_of(client, reverse("constituents:who") + "?asset=what%20is%20this", status=400)


def test_an_invited_person_gets_a_link_once_and_sees_the_constituent(
    client: Client, editor: Person
) -> None:
    alpha = made.constituent()
    address = reverse("constituents:invite", args=[alpha.pk])

    response = client.post(address, {"email": "noc@alpha.example", "name": "Noc"})

    assert "/people/welcome/" in response.content.decode()
    invited = alpha.people.get()
    assert invited.roles == {Role.CONSTITUENT}
    again = client.post(address, {"email": editor.email})
    assert again.status_code == 400
    client.post(reverse("constituents:release", args=[alpha.pk]), {"person": invited.pk})
    assert alpha.people.count() == 0


def test_an_analyst_sees_everything_and_changes_nothing(client: Client) -> None:
    alpha = made.constituent()
    client.force_login(someone(Role.ANALYST))

    page = text_of(client, reverse("constituents:constituent", args=[alpha.pk]))

    assert "Add a contact" not in page
    assert client.get(reverse("constituents:edit", args=[alpha.pk])).status_code == 403
    assert client.post(reverse("constituents:rules"), {"title": "x"}).status_code == 403
    assert Rule.objects.count() == 0
