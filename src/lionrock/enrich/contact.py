"""Whom to tell about an asset whose holder is no constituent: the first source that names an address."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lionrock.core.errors import GiveUp, LionrockError, TryLater


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Addresses for abuse and where they come from: ``rdap https://…``, ``registry ripe 2026-11-20``."""

    mails: tuple[str, ...]
    source: str
    holder: str = ""


Lookup = Callable[[], Contact | None]
"""Asks one source; None where it names nobody. Raises TryLater or GiveUp."""


def first_contact(lookups: Iterable[Lookup]) -> Contact:
    """Ask the sources in order, until one names an address; later ones are not asked.

    The order is the caller's: our own directory, RDAP, registry data. Raise TryLater when nobody
    named one and a source could not be asked now, GiveUp when none ever will; both say why.
    """
    failures: list[LionrockError] = []
    holder = ""
    for lookup in lookups:
        try:
            contact = lookup()
        except LionrockError as error:
            failures.append(error)
            continue
        if contact is not None and contact.mails:
            return contact if contact.holder else replace(contact, holder=holder)
        holder = holder or (contact.holder if contact is not None else "")
    why = "; ".join(str(error) for error in failures) or "no source names an address for abuse"
    if any(isinstance(error, TryLater) for error in failures):
        raise TryLater(why)
    raise GiveUp(why)
