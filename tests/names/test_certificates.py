"""Names and marks of certificates are what cryptography's own reader finds, whatever bytes come."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from lionrock.names.certificates import Certificates, Recent, read
from lionrock.names.normalise import normalise
from lionrock.names.x509 import NO_TIME
from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.states import SignedState
from tests.net.ct.localog import ISSUED, Authority

STATE = SignedState(size=10**6, root=bytes(32), at=datetime(2026, 11, 1, tzinfo=UTC), note=b"")
AUTHORITY = Authority()


def leaves(entries: Sequence[bytes], *, bare: Sequence[bool] = (), first: int = 100) -> Leaves:
    """Return a batch that holds these certificates (TBSCertificates, where ``bare``)."""
    ends = np.cumsum([len(entry) for entry in entries], dtype=np.int64)
    return Leaves(
        log_id=b"a log",
        first=first,
        next=first + len(entries),
        state=STATE,
        text=np.frombuffer(b"".join(entries), dtype=np.uint8),
        starts=ends - np.array([len(entry) for entry in entries], dtype=np.int64),
        ends=ends,
        precertificate=np.array(bare or [False] * len(entries), dtype=np.bool_),
        timestamps=np.arange(len(entries), dtype=np.int64) + 1_793_491_200_000,
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def names_in(found: Certificates, index: int = 100) -> list[bytes]:
    """Return the names of one entry as they were written."""
    return [found.names.value(i) for i in np.flatnonzero(found.names.numbers == index).tolist()]


def test_a_certificate_and_its_precertificate_say_the_same_and_are_one() -> None:
    before, after = AUTHORITY.issue("a.example", "*.a.example", common_name="a.example")
    found = read(leaves([after.tbs_precertificate_bytes, der(after)], bare=[True, False]))
    assert (found.first, found.next, len(found), found.rejects) == (100, 102, 2, ())
    one, other = found.entry(0), found.entry(1)
    assert (one.index, one.precertificate, one.at) == (100, True, datetime(2026, 11, 1, tzinfo=UTC))
    assert (other.index, other.precertificate) == (101, False)
    for entry in (one, other):
        assert entry.names == ("a.example",)
        assert (entry.issuer, entry.not_before) == ("Lamp Post Certificates, Lamp Post 1", ISSUED)
    assert one.certificate == other.certificate
    assert len(one.certificate) == 16
    # The precertificate as it was submitted is one with them, too.
    assert read(leaves([der(before)])).entry(0).certificate == one.certificate


def test_a_ca_that_repeats_a_serial_number_hides_nothing() -> None:
    pair = [AUTHORITY.issue(name, serial=7)[1] for name in ("a.example", "b.example")]
    found = read(leaves([der(one) for one in pair]))
    assert found.entry(0).certificate != found.entry(1).certificate
    assert Recent(10).unseen(found).tolist() == [True, True]


@pytest.mark.parametrize(
    ("common_name", "taken"),
    [
        ("c.example", True),
        ("*.c.example", True),
        ("A.Example", False),  # it is among the alternative names, whatever its case
        ("bücher.example", True),
        ("Example Limited", False),
        ("Example Ltd.", False),
        ("localhost", False),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
        ("someone@c.example", False),
        ("https://c.example/", False),
        ("", False),
        (None, False),
    ],
)
def test_a_common_name_counts_where_it_is_a_name(common_name: str | None, taken: bool) -> None:
    if common_name == "":
        common_name = " "
    _, after = AUTHORITY.issue("a.example", common_name=common_name)
    found = names_in(read(leaves([der(after)])))
    assert found == [b"a.example", *((str(common_name).encode(),) if taken else ())]


def test_names_go_on_as_hosts() -> None:
    _, after = AUTHORITY.issue(
        "*.WWW.example", "b.example", "xn--bcher-kva.example", common_name="bücher.example"
    )
    found = read(leaves([der(after)]))
    hosts, rejects = normalise(found.names)
    assert [hosts.host(i) for i in range(len(hosts))] == [
        "www.example",
        "b.example",
        "xn--bcher-kva.example",
        "xn--bcher-kva.example",
    ]
    assert rejects == []
    assert found.entry(0).names == ("www.example", "b.example", "xn--bcher-kva.example")


def test_what_is_no_name_is_rejected_with_the_entry_s_number() -> None:
    _, after = AUTHORITY.issue("-.example", "a..example", "b.example")
    hosts, rejects = normalise(read(leaves([der(after)], first=77)).names)
    assert [hosts.host(i) for i in range(len(hosts))] == ["b.example"]
    assert {reject.line for reject in rejects} == {77}
    assert len(rejects) == 2


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
hosts = st.lists(labels, min_size=2, max_size=5).map(".".join)


@given(
    names=st.lists(hosts | hosts.map("*.{}".format), min_size=1, max_size=60),
    common_name=st.none() | hosts.filter(lambda name: len(name) <= 64),
    stamp=st.datetimes(datetime(1950, 1, 2), datetime(2049, 1, 1)),  # noqa: DTZ001  # as x509 has them
)
def test_every_certificate_is_read_as_cryptography_reads_it(
    names: list[str], common_name: str | None, stamp: datetime
) -> None:
    _, after = AUTHORITY.issue(*names, common_name=common_name, begins=stamp.replace(microsecond=0))
    found = read(leaves([der(after), after.tbs_precertificate_bytes], bare=[False, True]))
    san = after.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    expected = [name.encode() for name in san.get_values_for_type(x509.DNSName)]
    for index in (100, 101):
        told = names_in(found, index)
        assert told[: len(expected)] == expected
        assert len(told) - len(expected) <= 1
    assert (found.not_before == after.not_valid_before_utc.timestamp()).all()
    assert found.issuers.value(0) in after.issuer.public_bytes()
    assert (found.digests[0] == found.digests[1]).all()


BIG = der(AUTHORITY.issue(*(f"n{i}.a.example" for i in range(12)), common_name="cn.example")[1])
BARE = AUTHORITY.issue("a.example", "b.example")[1].tbs_precertificate_bytes


@settings(max_examples=400)
@given(
    at=st.integers(0, len(BIG) - 1),
    bits=st.integers(1, 255),
    cut=st.integers(0, 40) | st.integers(0, len(BIG)),
)
def test_a_spoilt_certificate_is_refused_or_read_as_cryptography_reads_it(
    at: int, bits: int, cut: int
) -> None:
    spoilt = bytearray(BIG)
    spoilt[at] ^= bits
    text = bytes(spoilt[: len(spoilt) - (cut if cut % 5 == 0 else 0)])
    found = read(leaves([text, BARE, text], bare=[False, True, True]))
    assert len(found) + len(found.rejects) == 3
    # Its neighbour is not touched by it.
    assert names_in(found, 101) == [b"a.example", b"b.example"]
    for reject in found.rejects:
        assert (reject.digest, bool(reject.why)) == (sha256(text).digest(), True)
    try:
        certificate = x509.load_der_x509_certificate(text)
        san = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        expected = [name.encode() for name in san.get_values_for_type(x509.DNSName)]
    except Exception:  # noqa: BLE001  # with whatever the reference refuses it
        return
    assert names_in(found)[: len(expected)] == [name for name in expected if name]


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_are_too_odd_to_be_refused(text: bytes, bare: bool) -> None:
    found = read(leaves([text], bare=[bare]))
    assert len(found) + len(found.rejects) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "is of a kind that is not known"),
        (b"\x30\x80\x00\x00", "is no certificate in DER"),
        (b"\x30\x00", "is no certificate in DER"),
        (b"\x30\x02\x30\x00", "lacks a field that every certificate has"),
        (b"\x30\x84\xff\xff\xff\xff" + bytes(100), "is no certificate in DER"),
        (b"\x30\x89" + bytes(100), "is no certificate in DER"),
    ],
)
def test_a_refusal_says_why(text: bytes, why: str) -> None:
    (reject,) = read(leaves([text], first=9)).rejects
    assert (reject.index, reject.why, reject.digest) == (9, why, sha256(text).digest())


def test_extensions_that_cannot_be_told_apart_are_refused() -> None:
    san = BIG.index(bytes.fromhex("0603551d11"))
    short = BIG[: san + 5] + b"\x04\x03\x30\x82\x01" + BIG[san + 10 :]
    (reject,) = read(leaves([short])).rejects
    assert reject.why in {
        "has alternative names that cannot be told apart",
        "has extensions that cannot be told apart",
    }
    # No name of a refused certificate is handed on.
    assert len(read(leaves([short])).names) == 0


def test_a_certificate_with_very_many_names_is_read() -> None:
    _, after = AUTHORITY.issue(*(f"n{i}.example" for i in range(20_000)))
    found = read(leaves([der(after), BIG]))
    assert len(found.names) == 20_000 + 13
    assert found.names.value(19_999) == b"n19999.example"
    assert names_in(found, 101)[-1] == b"cn.example"


def test_an_impossible_time_is_absent() -> None:
    at = BIG.index(b"261031120000Z")
    for time in (b"261331120000Z", b"26103112000aZ", b"261031250000Z", b"261000120000Z"):
        found = read(leaves([BIG[:at] + time + BIG[at + 13 :]]))
        assert found.not_before[0] == NO_TIME
        assert found.entry(0).not_before is None


def test_rows_that_are_kept_keep_their_names() -> None:
    pairs = [AUTHORITY.issue(f"n{i}.example", f"m{i}.example") for i in range(4)]
    found = read(leaves([der(after) for _, after in pairs] + [b"nonsense"]))
    some = found.only(np.array([False, True, False, True]))
    assert some.indexes.tolist() == [101, 103]
    assert [some.entry(i).names for i in range(2)] == [
        ("n1.example", "m1.example"),
        ("n3.example", "m3.example"),
    ]
    assert some.names.numbers.tolist() == [101, 101, 103, 103]
    assert some.entry(1) == found.entry(3)
    assert (some.first, some.next, some.rejects) == (100, 105, found.rejects)


def test_each_certificate_is_new_once_in_whichever_log() -> None:
    pairs = [AUTHORITY.issue(f"n{i}.example") for i in range(3)]
    first = read(
        leaves(
            [entry for _, after in pairs for entry in (after.tbs_precertificate_bytes, der(after))],
            bare=[True, False] * 3,
        )
    )
    other_log = read(leaves([der(after) for _, after in reversed(pairs)], first=5))
    recent = Recent(10)
    assert recent.unseen(first).tolist() == [True, False, True, False, True, False]
    assert recent.unseen(other_log).tolist() == [False, False, False]


def test_what_is_recent_is_remembered_and_what_is_long_past_is_not() -> None:
    entries = [der(AUTHORITY.issue(f"n{i}.example")[1]) for i in range(30)]
    recent = Recent(10)
    assert recent.unseen(read(leaves(entries))).tolist() == [True] * 30
    assert recent.unseen(read(leaves(entries[20:]))).tolist() == [False] * 10
    assert recent.unseen(read(leaves(entries[:5]))).tolist() == [True] * 5


def lines(*values: object) -> NameLines:
    """Return a batch of a names tile."""
    return NameLines(
        log_id=b"a log",
        first=10,
        next=10 + len(values),
        state=STATE,
        lines=tuple(
            value if isinstance(value, bytes) else json.dumps(value).encode() for value in values
        ),
    )


def test_names_tiles_are_read() -> None:
    found = read(
        lines(
            {"Timestamp": 1_793_491_200_000, "DNS": ["a.example", "*.a.example"]},
            {"Timestamp": 5, "Subject": {"CommonName": "b.example"}, "DNS": ["c.example"]},
            {"Timestamp": 5, "Subject": {"CommonName": "Somebody"}, "Index": 12},
        )
    )
    assert found.rejects == ()
    first = found.entry(0)
    assert (first.index, first.names, first.issuer) == (10, ("a.example",), "")
    assert (first.at, first.not_before) == (datetime(2026, 11, 1, tzinfo=UTC), None)
    assert [found.entry(i).names for i in (1, 2)] == [("c.example", "b.example"), ()]


def test_entries_of_names_tiles_with_the_same_names_are_one() -> None:
    found = read(
        lines(
            {"Timestamp": 5, "DNS": ["a.example", "b.example"]},
            {"Timestamp": 7, "DNS": ["B.example", "a.example"]},
            {"Timestamp": 7, "DNS": ["a.example"]},
        )
    )
    assert Recent(10).unseen(found).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"7", "is no entry of a names tile"),
        (b"{}", "is no entry of a names tile"),
        (b'{"Timestamp": "5"}', "is no entry of a names tile"),
        (b'{"Timestamp": 5, "DNS": "a.example"}', "has names that cannot be told apart"),
        (b'{"Timestamp": 5, "DNS": [7]}', "has names that cannot be told apart"),
        (b'{"Timestamp": 5, "Index": 11}', "is another entry than that of its place"),
    ],
)
def test_a_line_that_is_no_entry_is_rejected(line: bytes, why: str) -> None:
    found = read(lines(line))
    (reject,) = found.rejects
    assert (reject.index, reject.why, reject.digest) == (10, why, sha256(line).digest())
    assert len(found) == 0


def test_an_empty_batch_holds_nothing() -> None:
    found = read(leaves([]))
    assert (len(found), len(found.names), found.rejects) == (0, 0, ())
    assert len(read(lines())) == 0


def test_the_subject_s_other_words_are_no_names() -> None:
    """An organisation that is called like a host is still none."""
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "bank.example")])
    assert b"bank.example" in name.public_bytes()
    text = BIG.replace(
        b"\x06\x03\x55\x04\x03\x0c\x0acn.example", b"\x06\x03\x55\x04\x0a\x0c\x0acn.example"
    )
    assert b"cn.example" not in names_in(read(leaves([text])))
