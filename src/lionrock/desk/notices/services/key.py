"""The key that signs letters and the mail servers' passwords: files for the owner alone, in the secrets."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from pysequoia import Tsk

from lionrock.core.errors import GiveUp
from lionrock.desk.audit.services import record
from lionrock.desk.notices.services.compose import KEY_FILE, team_of
from lionrock.desk.notices.services.mailing import mailing
from lionrock.desk.people.models import Person


def make_key(*, by: Person | None, now: datetime) -> Tsk:
    """Make and keep the signing key for the sender's address.

    Raise GiveUp when there is one, or no sender whose name it could bear.
    """
    if _place(KEY_FILE).exists():
        raise GiveUp("there is a signing key already")
    sender = mailing().sender
    if not sender:
        raise GiveUp(
            "the key bears the sender's address, and none is set yet; "
            "first: lionrock mail server HOST --sender ADDRESS"
        )
    team = team_of(mailing(), language="en", sender=sender)
    key = Tsk.generate(user_id=f"{team.name} <{sender}>")
    keep_private(KEY_FILE, str(key).encode("ascii"))
    record(
        by=by,
        action="mailing.key",
        subject=sender,
        details={"fingerprint": key.extract_certificate().fingerprint},
        now=now,
    )
    return key


def keep_private(name: str, value: bytes) -> None:
    """Write a secret (file 0600 in a folder 0700); what was there before is gone at once."""
    place = _place(name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(value)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_private(name: str) -> bytes | None:
    """Return a secret, or None where there is none."""
    place = _place(name)
    return place.read_bytes() if place.exists() else None


def _place(name: str) -> Path:
    return Path(settings.LIONROCK_DATA) / "secrets" / name
