"""Return addresses of letters: a bounce that comes to one names its letter, and cannot be guessed.

A letter leaves with an envelope sender of its own (``notices+b1z-k3…@cert.example``): its number, and
a keyed hash (HMAC) over its Message-ID and recipient. Whoever never got a letter cannot write a bounce
for it. Only where an administrator says that the mailbox of the sender takes plus-addressing.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final

from django.utils.crypto import salted_hmac

from lionrock.desk.notices.models import Letter
from lionrock.desk.notices.services.mailing import mailing

LONGEST_LOCAL: Final = 64
"""Characters before the @ of an address (RFC 5321)."""
HEADERS: Final = 2**16
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_TOKEN: Final = re.compile(r"\+b([0-9a-z]{1,13})-([a-z2-7]{16})@")


def return_path(message: bytes, *, sender: str, to: str) -> str:
    """Return the envelope sender for a letter; ``sender`` itself where there is none of its own."""
    if not mailing().plus:
        return sender
    headers = BytesHeaderParser(policy=compat32).parsebytes(message[:HEADERS])
    message_id = str(headers.get("Message-ID", "")).strip()
    letter = Letter.objects.filter(message_id=message_id, to=to).only("pk", "message_id", "to")
    found = letter.first()
    if found is None:
        return sender
    local, _, domain = sender.rpartition("@")
    token = f"{local}+b{_based(found.pk)}-{_hash(found)}"
    return f"{token}@{domain}" if len(token) <= LONGEST_LOCAL else sender


def letter_of(recipients: Iterable[str]) -> Letter | None:
    """Return the letter whose return address is among these; a wrong hash is nobody's."""
    for address in recipients:
        found = _TOKEN.search(address.lower())
        if found is None:
            continue
        letter = Letter.objects.filter(pk=int(found[1], 36)).defer("body").first()
        if letter is not None and hmac.compare_digest(_hash(letter), found[2]):
            return letter
    return None


def _hash(letter: Letter) -> str:
    """Return 80 bits in characters that no mail server changes, whatever it does to their case."""
    whole = salted_hmac(
        "lionrock.notices.returns", f"{letter.message_id} {letter.to.lower()}", algorithm="sha256"
    )
    return base64.b32encode(whole.digest()[:10]).decode("ascii").lower()


def _based(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
