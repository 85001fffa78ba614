"""Tells a signed mail from another by its beginning, so that pages can say that nobody checked the signature."""

from email.parser import BytesHeaderParser
from email.policy import compat32
from enum import StrEnum
from typing import Final

BEGINNING: Final = 64 * 1024
"""Bytes of a mail in which its header stands."""
_CLEAR: Final = b"-----BEGIN PGP SIGNED MESSAGE-----"
SEALED: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
"""Content inside its signature: without opening it there is nothing to read."""


class Signature(StrEnum):
    """How a mail is signed. We hold no keys of those who report: none is verified."""

    OPENPGP = "openpgp"
    """RFC 3156, or text between PGP's own lines."""
    SMIME = "smime"
    """RFC 8551, beside the content or around it."""
    ANNOUNCED = "announced"
    """X-ARF's header ``X-XARF: SECURE`` promises a signature, and none is to be seen."""


def signature_of(beginning: bytes) -> Signature | None:
    """Return how a delivery that begins so is signed; None where it is not, or no mail."""
    head, _, rest = beginning[:BEGINNING].replace(b"\r\n", b"\n").partition(b"\n\n")
    header = BytesHeaderParser(policy=compat32).parsebytes(head)
    if not header.keys():
        return None
    kind = header.get_content_type()
    if kind == "multipart/signed":
        protocol = str(header.get_param("protocol") or "").lower()
        return Signature.OPENPGP if "pgp" in protocol else Signature.SMIME
    if kind in SEALED and str(header.get_param("smime-type") or "signed-data") == "signed-data":
        return Signature.SMIME
    if _CLEAR in rest:
        return Signature.OPENPGP
    if str(header.get("X-XARF", "")).strip().upper() == "SECURE":
        return Signature.ANNOUNCED
    return None
