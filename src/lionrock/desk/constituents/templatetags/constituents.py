"""Shows constituents the same way on every page."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from lionrock.desk.constituents.models import Contact, ContactRole
from lionrock.desk.constituents.reading import KeyEnd, key_end
from lionrock.desk.constituents.selectors.passing import Hearer
from lionrock.desk.constituents.selectors.responsible import Told
from lionrock.desk.constituents.services.importing import Refused
from lionrock.desk.constituents.words import field_word, hears_in_words, sentence, step_in_words
from lionrock.desk.suspects import brands

register = template.Library()


@register.filter
def sector_name(sector: str) -> str:
    """Return the sector's name in the reader's language."""
    return brands.current().sector_name(sector) if sector else ""


@register.filter
def refusal(refused: Refused) -> str:
    """Return why a row was refused, in words."""
    return sentence(refused.why, refused.value)


@register.filter
def field_words(names: tuple[str, ...]) -> str:
    """Return what fields are called."""
    return ", ".join(field_word(name) for name in names)


@register.filter
def step(told: Told) -> str:
    """Return why somebody stands on a rung of the ladder, in words."""
    return step_in_words(told)


@register.filter
def hears(hearer: Hearer) -> str:
    """Return what a partner gets by a rule of passing on, in words."""
    return hears_in_words(hearer)


@register.filter
def role_word(role: str) -> str:
    """Return what a contact is for, in words."""
    return str(dict(ContactRole.choices).get(role, role))


@register.filter
def fingerprint(contact: Contact) -> str:
    """Return the fingerprint of a contact's key, in groups of four; "" when there is none."""
    import pysequoia  # noqa: PLC0415  # only pages that show a key load it

    if not contact.pgp_key:
        return ""
    try:
        found = pysequoia.Cert.from_bytes(contact.pgp_key.encode()).fingerprint.upper()
    except Exception:  # noqa: BLE001  # the library raises bare RuntimeErrors of its own kinds
        return "?"
    return " ".join(found[at : at + 4] for at in range(0, len(found), 4))


@register.simple_tag
def key_ends(contact: Contact) -> KeyEnd:
    """Return how long the contact's key can still be used; pages warn before it ends."""
    return key_end(contact.pgp_key, now=timezone.now())


@register.simple_tag
def maybe_url(name: str, *args: object) -> str:
    """Return the address of a page that another part of the product may offer, "" when it does not."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
