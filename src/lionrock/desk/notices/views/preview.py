"""A notice as its recipient gets it: the letter that left, or the one that would."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.desk.notices.mail import Shown, show, unpack
from lionrock.desk.notices.models import LetterState, Notice
from lionrock.desk.notices.services.compose import (
    KeyUnusable,
    NothingLeft,
    compose,
    message_id_of,
    references,
    sealed_for,
    signing_key,
    wrap,
)
from lionrock.desk.notices.services.outbox import next_address
from lionrock.desk.notices.words import why_in_words


class Missing(StrEnum):
    """Why there is no letter to show."""

    NOBODY = "nobody"
    SETTLED = "settled"
    FORGOTTEN = "forgotten"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A letter, and whether it is the one that left; ``sealed``: it will be encrypted as it leaves,
    ``open``: it will not, since its recipient gave no key; ``broken``: why it cannot be, and
    ``final``: nobody may let it leave all the same."""

    shown: Shown | None = None
    left: bool = False
    sealed: bool = False
    open: bool = False
    broken: str = ""
    final: bool = False
    missing: Missing | None = None
    why: str = ""


def preview_of(notice: Notice, *, now: datetime) -> Preview:
    """Return the notice's last letter, or the one that would be written now.

    One that is to be encrypted is shown before it is: nobody but the recipient could read it then.
    """
    letter = notice.letters.exclude(state=LetterState.CANCELLED).order_by("-pk").first()
    if letter is not None and not letter.body:
        return Preview(missing=Missing.FORGOTTEN)
    if letter is not None:
        return Preview(shown=show(unpack(bytes(letter.body))), left=letter.sent_at is not None)
    found = next_address(notice)
    if found is None:
        return Preview(missing=Missing.NOBODY)
    to, contact = found
    try:
        composed = compose(notice, contact=contact)
        content = wrap(
            replace(composed, unsealed=True),
            to=to,
            contact=None,
            message_id=message_id_of(notice, to=to, attempt=1),
            answers=references(notice),
            key=signing_key(),
            now=now,
        )
    except NothingLeft:
        return Preview(missing=Missing.SETTLED)
    except GiveUp as why:
        return Preview(missing=Missing.REFUSED, why=str(why))
    try:
        sealed = sealed_for(composed, contact, to=to, now=now) is not None
    except KeyUnusable as why:
        final = why.final and not composed.tlp.allows(Tlp.AMBER)
        return Preview(shown=show(content), broken=why_in_words(why.reason), final=final)
    return Preview(shown=show(content), sealed=sealed, open=not sealed)
