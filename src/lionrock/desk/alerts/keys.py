"""The keys in subscribers' links: a code made of chance, and a keyed hash that nobody else can make."""

import hmac
import secrets
from typing import Final, Literal

from django.utils.crypto import salted_hmac

from lionrock.desk.alerts.readers import Subscriber

What = Literal["confirm", "leave"]
_LENGTH: Final = 24


def new_code() -> str:
    """Return a code that no other subscriber has."""
    return secrets.token_hex(12)


def key_of(subscriber: Subscriber, what: What) -> str:
    """Return the key of a link; one to confirm holds only until the address is asked for again."""
    return f"{subscriber.code}-{_hash(subscriber, what)}"


def subscriber_of(key: str, what: What) -> Subscriber | None:
    """Return whose key it is; None for a key that is wrong, used up or forged."""
    code, _, given = key[:200].partition("-")
    found = Subscriber.objects.filter(code=code).first() if len(code) == _LENGTH else None
    if found is None or not hmac.compare_digest(_hash(found, what).encode(), given.encode()):
        return None
    return found


def _hash(subscriber: Subscriber, what: What) -> str:
    # Of the code alone for leaving: a mail of years ago still lets its reader out.
    value = f"{what}|{subscriber.code}"
    if what == "confirm":
        value += f"|{subscriber.asked_at.timestamp():.0f}"
    return salted_hmac("lionrock.alerts.subscriber", value, algorithm="sha256").hexdigest()[:32]
