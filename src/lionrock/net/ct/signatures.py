"""Whether a log's key signed a tree head: the one structure behind ``get-sth`` and checkpoints.

RFC 6962, section 2.1.4, allows ECDSA on P-256 and RSA of at least 2048 bits, both with SHA-256, and
nothing else; static-ct-api changes none of that.
"""

import struct
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from lionrock.core.errors import GiveUp

_SHA256: Final = 4
_RSA: Final = 1
_ECDSA: Final = 3
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = 253_402_300_799_999
"""Milliseconds up to the end of the year 9999."""

Key = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def signed(key: bytes, signature: bytes, *, timestamp: int, size: int, root: bytes) -> bool:
    """Tell whether ``signature`` (TLS 1.2 digitally-signed) is ``key``'s on this tree head.

    Raises GiveUp when the key is none that a log may have.
    """
    if len(signature) < 4:
        return False
    hashed, algorithm, length = struct.unpack_from(">BBH", signature)
    if hashed != _SHA256 or length != len(signature) - 4:
        return False
    says = struct.pack(">BBQQ", 0, 1, timestamp, size) + root
    public = _key(key)
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            if algorithm != _ECDSA:
                return False
            public.verify(signature[4:], says, ec.ECDSA(hashes.SHA256()))
        else:
            if algorithm != _RSA:
                return False
            public.verify(signature[4:], says, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def moment(timestamp: int) -> datetime | None:
    """Return the moment so many milliseconds after 1970 began; None when no calendar has it."""
    return _EPOCH + timedelta(milliseconds=timestamp) if 0 <= timestamp <= _LAST else None


@lru_cache(maxsize=256)
def _key(der: bytes) -> Key:
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise GiveUp(f"the log's key cannot be read: {str(error)[:200]}") from error
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return key
    raise GiveUp("the log's key is neither ECDSA on P-256 nor RSA of 2048 bits (RFC 6962, 2.1.4)")
