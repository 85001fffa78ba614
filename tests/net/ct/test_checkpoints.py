"""A checkpoint is read to the letter, and believed only when the log's own key signed it."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp
from lionrock.net.ct.checkpoints import NoNote, NotSigned, read_checkpoint
from lionrock.net.ct.signatures import moment, signed
from tests.net.ct.localog import LocalLog, some_entries


@pytest.fixture(scope="module", params=["ecdsa", "rsa"])
def log(request: pytest.FixtureRequest) -> LocalLog:
    made = LocalLog(
        key=ec.generate_private_key(ec.SECP256R1())
        if request.param == "ecdsa"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    made.grow(some_entries(5))
    return made


def read(text: bytes, log: LocalLog) -> object:
    return read_checkpoint(text, origin=log.name, key=log.public)


def test_what_is_signed_is_read(log: LocalLog) -> None:
    text = log.checkpoint()
    state = read_checkpoint(text, origin=log.name, key=log.public)
    assert (state.size, state.root, state.note) == (5, log.root(), text)
    assert state.at == datetime(2026, 11, 1, 0, 0, 1, tzinfo=UTC)


def test_an_empty_tree_is_one(log: LocalLog) -> None:
    state = read_checkpoint(log.checkpoint(0), origin=log.name, key=log.public)
    assert state.size == 0


@pytest.mark.parametrize(
    ("part", "by"),
    [
        (b"\n5\n", b"\n6\n"),
        (b"\n5\n", b"\n4\n"),
        (b"log.example/2026h2\n5", b"log.example/2025h2\n5"),
    ],
)
def test_what_was_changed_after_signing_is_refused(log: LocalLog, part: bytes, by: bytes) -> None:
    with pytest.raises(NotSigned):
        read(log.checkpoint().replace(part, by, 1), log)


def test_another_root_is_refused(log: LocalLog) -> None:
    root, other = b64encode(log.root()), b64encode(bytes(32))
    with pytest.raises(NotSigned, match="does not hold"):
        read(log.checkpoint().replace(root, other), log)


def test_lines_that_the_signature_does_not_cover_are_refused(log: LocalLog) -> None:
    with pytest.raises(NotSigned, match="does not cover"):
        read(log.checkpoint().replace(b"\n\n", b"\nmore\n\n"), log)


def test_a_note_without_the_log_s_signature_is_refused(log: LocalLog) -> None:
    lines = log.checkpoint().split(b"\n")
    with pytest.raises(NotSigned, match="no signature of the log's key"):
        read(b"\n".join([*lines[:-2], b""]), log)


def test_a_signature_in_the_log_s_name_by_another_kind_of_key_is_left_alone(log: LocalLog) -> None:
    line = f"— {log.name} {b64encode(b'abcd' + bytes(64)).decode()}\n".encode()
    assert read(log.checkpoint() + line, log)


def test_one_signature_that_does_not_hold_spoils_the_note(log: LocalLog) -> None:
    good = log.checkpoint()
    bad = good.replace(b64encode(log.root()), b64encode(bytes(32)))
    last = bad.splitlines(keepends=True)[-1]
    other = LocalLog(key=log.key, name=log.name, entries=[])
    other.grow(some_entries(6))
    foreign = other.checkpoint().splitlines(keepends=True)[-1]
    assert last == good.splitlines(keepends=True)[-1]
    with pytest.raises(NotSigned, match="does not hold"):
        read(good + foreign, log)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"<html></html>",
        b"log.example/2026h2\n5\n",
        b"log.example/2026h2\n05\n" + b64encode(bytes(32)) + b"\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"log.example/2026h2\n-5\n" + b64encode(bytes(32)) + b"\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"log.example/2026h2\n5\n" + b64encode(bytes(31)) + b"\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"log.example/2026h2\n5\nnonsense\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"log.example/2026h2\n5\n" + b64encode(bytes(32)) + b"\n\n- a AAAAAAAA\n",
        b"log.example/2026h2\n5\n" + b64encode(bytes(32)) + b"\n\n\xe2\x80\x94 a AAAA\n",
        b"log.example/2026h2\n5\n" + b64encode(bytes(32)) + b"\n\n\xe2\x80\x94 a AAAAAAAA",
        b"log.example/2026h2\r\n5\n" + b64encode(bytes(32)) + b"\n\n\xe2\x80\x94 a AAAAAAAA\n",
        b"\xff" * 200,
        b"a" * 100_000,
        b"log.example/2026h2\n5\n"
        + b64encode(bytes(32))
        + b"\n\n"
        + 65 * b"\xe2\x80\x94 a AAAAAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_not_read(text: bytes) -> None:
    with pytest.raises(NoNote):
        read_checkpoint(text, origin="log.example/2026h2", key=b"")


@given(cut=st.integers(0, 400), flip=st.integers(0, 400), bit=st.integers(0, 7))
def test_no_bent_checkpoint_is_believed(cut: int, flip: int, bit: int) -> None:
    text = bytearray(SAID.checkpoint())
    if flip < len(text):
        text[flip] ^= 1 << bit
    bent = bytes(text[: len(text) - cut])
    try:
        state = read_checkpoint(bent, origin=SAID.name, key=SAID.public)
    except (NoNote, NotSigned):
        return
    assert (state.size, state.root) == (5, SAID.root())  # only a witness's line was bent


SAID = LocalLog()
SAID.grow(some_entries(5))


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()).public_key(),
        rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
    ],
    ids=["P-384", "RSA 1024", "Ed25519"],
)
def test_keys_that_the_rfc_does_not_allow_are_refused(
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey,
) -> None:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(GiveUp, match="neither ECDSA on P-256 nor RSA"):
        signed(der, b"\4\3\0\0", timestamp=0, size=0, root=bytes(32))


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(GiveUp, match="cannot be read"):
        signed(b"no key", b"\4\3\0\0", timestamp=0, size=0, root=bytes(32))


@pytest.mark.parametrize(
    "signature", [b"", b"\4", b"\4\3\0\1", b"\2\3\0\0", b"\4\1\0\0", b"\4\3\0\0"]
)
def test_a_signature_of_another_form_does_not_hold(signature: bytes) -> None:
    assert not signed(SAID.public, signature, timestamp=0, size=0, root=bytes(32))


def test_a_moment_beyond_calendars_is_none() -> None:
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert moment(2**63) is None
    assert moment(253_402_300_799_999) is not None
