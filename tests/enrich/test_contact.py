"""The first source that names an address is believed, and nobody else is asked."""

import pytest

from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.enrich.contact import Contact, Lookup, first_contact

RDAP = Contact(mails=("abuse@a.example",), source="rdap https://rdap.example/", holder="A")
REGISTRY = Contact(mails=("abuse@b.example",), source="registry ripe 2026-11-20")
NAMED_ONLY = Contact(mails=(), source="rdap https://rdap.example/", holder="A")


def says(contact: Contact | None) -> Lookup:
    return lambda: contact


def fails(error: LionrockError) -> Lookup:
    def lookup() -> Contact | None:
        raise error

    return lookup


def test_the_first_that_names_an_address_wins_and_the_next_is_not_asked() -> None:
    assert first_contact([says(RDAP), fails(TryLater("never asked"))]) == RDAP


@pytest.mark.parametrize("error", [TryLater("busy"), GiveUp("unknown")])
def test_where_one_fails_the_next_is_asked(error: LionrockError) -> None:
    assert first_contact([fails(error), says(None), says(REGISTRY)]) == REGISTRY


def test_a_holder_named_by_one_stands_beside_the_address_of_another() -> None:
    found = first_contact([says(NAMED_ONLY), says(REGISTRY)])
    assert (found.holder, found.mails) == ("A", ("abuse@b.example",))


def test_nobody_is_named_now_or_ever() -> None:
    with pytest.raises(GiveUp, match="unknown"):
        first_contact([fails(GiveUp("unknown")), says(None)])
    with pytest.raises(TryLater, match="busy; unknown"):
        first_contact([fails(TryLater("busy")), fails(GiveUp("unknown"))])
    with pytest.raises(GiveUp, match="no source names"):
        first_contact([])
