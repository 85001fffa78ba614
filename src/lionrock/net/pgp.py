"""Opens mails that were encrypted to us, PGP/MIME (RFC 3156) and inline, without trusting what is inside.

A few encrypted kilobytes can unpack into gigabytes. So the opening happens in a process of its own,
whose memory and time end: python -m lionrock.net.pgp
"""

import resource
import subprocess
import sys
from base64 import encodebytes
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP, compat32
from typing import Final

import pysequoia

from lionrock.core.errors import GiveUp

BEGIN: Final = b"-----BEGIN PGP MESSAGE-----"
END: Final = b"-----END PGP MESSAGE-----"
ENDINGS: Final = (".pgp", ".gpg", ".asc")
SECONDS: Final = 60
MEMORY: Final = 1536 * 2**20
LARGEST: Final = 256 * 2**20
"""Bytes an encrypted part may unpack to."""
MOST_PARTS: Final = 200


def is_encrypted(mail: bytes) -> bool:
    """Tell whether some part of the mail is encrypted with PGP."""
    return any(_sealed(part) is not None for part in _leaves(mail))


def opened(mail: bytes, *, key: bytes) -> bytes | None:
    """Return the mail with everything encrypted opened, ``None`` when the key does not open it all.

    Raises GiveUp when the key itself cannot be used.
    """
    check_key(key)
    root = _parsed(mail)
    if root.get_content_type() == "multipart/encrypted":
        sealed = next((s for part in root.walk() if (s := _sealed(part)) is not None), None)
        inside = _decrypt(sealed, key) if sealed is not None else None
        return None if inside is None else _with_headers(root, inside)
    parts = [(part, sealed) for part in root.walk() if (sealed := _sealed(part)) is not None]
    if not parts:
        return None
    for part, sealed in parts:
        inside = _decrypt(sealed, key)
        if inside is None:
            return None
        _replace(part, inside)
    return root.as_bytes(policy=SMTP)


def check_key(key: bytes) -> None:
    """Raise GiveUp unless this is a private key that can decrypt and needs no passphrase."""
    if b"PUBLIC KEY BLOCK" in key:
        raise GiveUp("this is a public key; the private one is needed")
    try:
        pysequoia.Tsk.from_bytes(key).decryptor()
    except Exception as error:  # the library raises bare exceptions of many kinds
        said = str(error).partition("\n")[0][:200]
        raise GiveUp(f"the PGP key cannot be used: {said}") from error


def _leaves(mail: bytes) -> list["Message[str, str]"]:
    return [part for part in _parsed(mail).walk() if not part.is_multipart()]


def _parsed(mail: bytes) -> "Message[str, str]":
    """Parse the mail; one that nests deeper than any real one is treated as plain text."""
    if mail.lower().count(b"boundary") > MOST_PARTS:
        return EmailMessage()
    return BytesParser(policy=compat32).parsebytes(mail)


def _sealed(part: "Message[str, str]") -> bytes | None:
    """Return the encrypted bytes a part holds, ``None`` when it holds none."""
    if part.is_multipart():
        return None
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    begin = payload.find(BEGIN)
    if begin >= 0:
        end = payload.find(END, begin)
        return payload[begin : end + len(END)] + b"\n" if end >= 0 else None
    name = (part.get_filename() or "").lower()
    # Not a detached signature or a key, which have the same endings: packet tags 1, 3, 18 and 9, 20.
    if (
        name.endswith(ENDINGS)
        and payload[:1]
        and payload[0] & 0x80
        and _tag(payload[0]) in {1, 3, 9, 18, 20}
    ):
        return payload
    return None


def _tag(first: int) -> int:
    """Return an OpenPGP packet's tag from its first byte (RFC 9580, 4.2)."""
    return first & 0x3F if first & 0x40 else (first >> 2) & 0x0F


def _with_headers(outer: "Message[str, str]", inside: bytes) -> bytes:
    """Return the decrypted entity as a mail: the outer headers, its own content headers and body."""
    inner = BytesParser(policy=compat32).parsebytes(inside)
    for name, value in outer.items():
        if not name.lower().startswith("content-") and name.lower() != "mime-version":
            del inner[name]
            inner[name] = value
    if "mime-version" not in inner:
        inner["MIME-Version"] = "1.0"
    return inner.as_bytes(policy=SMTP)


def _replace(part: "Message[str, str]", inside: bytes) -> None:
    """Put the decrypted bytes where the encrypted ones were, under a name without the ending."""
    name = part.get_filename()
    if name and name.lower().endswith(ENDINGS):
        name = name[: name.rindex(".")]
        kind = "application/octet-stream"
    else:
        kind = part.get_content_type()
    charset = part.get_content_charset()
    for header in ("content-transfer-encoding", "content-type", "content-disposition"):
        del part[header]
    part.add_header(
        "Content-Type",
        kind,
        **({"charset": charset or "utf-8"} if kind.startswith("text/") else {}),
    )
    if name:
        part.add_header("Content-Disposition", "attachment", filename=name)
    part.add_header("Content-Transfer-Encoding", "base64")
    part.set_payload(encodebytes(inside).decode("ascii"))


def _decrypt(sealed: bytes, key: bytes) -> bytes | None:
    """Decrypt in a process of its own; ``None`` when the key does not fit or the limits are met."""
    handed = len(key).to_bytes(8, "big") + key + sealed
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lionrock.net.pgp"],
            input=handed,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def main() -> int:
    """Decrypt standard input (key length, key, message) to standard output, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    handed = sys.stdin.buffer.read()
    length = int.from_bytes(handed[:8], "big")
    try:
        decryptor = pysequoia.Tsk.from_bytes(handed[8 : 8 + length]).decryptor()
        inside = pysequoia.decrypt(handed[8 + length :], decryptor).bytes
    except Exception:  # noqa: BLE001  # the library raises bare exceptions of many kinds
        return 1
    if inside is None or len(inside) > LARGEST:
        return 3
    sys.stdout.buffer.write(inside)
    return 0


if __name__ == "__main__":
    sys.exit(main())
