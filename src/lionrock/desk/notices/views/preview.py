"""A notice as its recipient gets it: the letter that left, or the one that would."""

from datetime import datetime

from lionrock.desk.notices.mail import Shown, show, unpack
from lionrock.desk.notices.models import LetterState, Notice


def preview_of(notice: Notice, *, now: datetime) -> Shown | None:
    """Return the notice's letter; None when there is nobody to write it to."""
    letters = notice.letters.exclude(state=LetterState.CANCELLED).order_by("-pk")
    letter = letters.first()
    if letter is not None:
        return show(unpack(bytes(letter.body)))
    return None
