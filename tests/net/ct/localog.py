"""Certificate logs on loopback: real certificates, a real Merkle tree, real signatures, made here.

The same content is served as static files (static-ct-api, with names tiles where wanted) and as answers
to questions (RFC 6962); what is served can be bent before it goes out, so that a log lies.
"""

import gzip
import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from lionrock.net.ct.logs import Kind, Log, State
from tests.net.serving import Answer, Asked, Server, serving

BEGAN: Final = datetime(2026, 11, 1, tzinfo=UTC)
ISSUED: Final = datetime(2026, 10, 31, 12, tzinfo=UTC)
_USE: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
_ASK: Final = x509.AuthorityInformationAccess(
    [
        x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier("http://issuer.lamp-post.example/1.cer"),
        )
    ]
)
_POLICY: Final = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), None)]
)
_REVOKED: Final = x509.CRLDistributionPoints(
    [
        x509.DistributionPoint(
            full_name=[x509.UniformResourceIdentifier("http://crl.lamp-post.example/77.crl")],
            relative_name=None,
            reasons=None,
            crl_issuer=None,
        )
    ]
)
_SCT: Final = b"\0" + bytes(32) + bytes(8) + b"\0\0" + b"\4\3" + b"\0\x48" + bytes(72)
_SCTS: Final = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"),
    b"\x04\x81\xf4" + b"\0\xf2" + 2 * (len(_SCT).to_bytes(2, "big") + _SCT),
)

LogKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An entry as a log took it: its TimestampedEntry, and what a tile holds beside it."""

    stamp: int
    entry: bytes
    beside: bytes
    names: tuple[str, ...]

    @property
    def leaf(self) -> bytes:
        """The MerkleTreeLeaf."""
        return b"\0\0" + self.entry


class Authority:
    """Issues real certificates, each with the precertificate it was made of."""

    def __init__(self, organisation: str = "Lamp Post Certificates") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._public = ec.generate_private_key(ec.SECP256R1()).public_key()
        self._serial = 2**120
        self._ours = x509.SubjectKeyIdentifier.from_public_key(self._public)
        self._theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        self._name = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
                x509.NameAttribute(NameOID.COMMON_NAME, "Lamp Post 1"),
            ]
        )
        spki = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_hash = sha256(spki).digest()

    def issue(
        self,
        *names: str,
        common_name: str | None = None,
        serial: int | None = None,
        begins: datetime = ISSUED,
    ) -> tuple[x509.Certificate, x509.Certificate]:
        """Return precertificate and certificate for ``names``."""
        self._serial += 1
        subject = (
            [] if common_name is None else [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(self._name)
            .public_key(self._public)
            .serial_number(self._serial if serial is None else serial)
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=90))
            .add_extension(x509.ExtendedKeyUsage([x509.OID_SERVER_AUTH]), critical=False)
            .add_extension(_USE, critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(self._ours, critical=False)
            .add_extension(self._theirs, critical=False)
            .add_extension(_ASK, critical=False)
            .add_extension(_POLICY, critical=False)
            .add_extension(_REVOKED, critical=False)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
            )
        )
        before = builder.add_extension(x509.PrecertPoison(), critical=True)
        after = builder.add_extension(_SCTS, critical=False)
        return before.sign(self._key, hashes.SHA256()), after.sign(self._key, hashes.SHA256())


def taken(
    authority: Authority, *names: str, common_name: str | None = None, stamp: int, index: int = 0
) -> tuple[Taken, Taken]:
    """Return the two entries of one certificate: as precertificate, and as certificate a second later."""
    return entries_of(
        authority, *authority.issue(*names, common_name=common_name), stamp=stamp, index=index
    )


def entries_of(
    authority: Authority,
    before: x509.Certificate,
    after: x509.Certificate,
    *,
    stamp: int,
    index: int = 0,
) -> tuple[Taken, Taken]:
    """Return what a log makes of a precertificate and a certificate."""
    extensions = b"\0\x08" + b"\0" + b"\0\x05" + index.to_bytes(5, "big")
    chain = _sized(2, sha256(b"an issuer").digest() + sha256(b"a root").digest())
    held, whole = before.public_bytes(Encoding.DER), after.public_bytes(Encoding.DER)
    names = tuple(
        after.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value.get_values_for_type(x509.DNSName)
    )
    bare = after.tbs_precertificate_bytes
    return (
        Taken(
            stamp=stamp,
            entry=struct.pack(">QH", stamp, 1) + authority.key_hash + _sized(3, bare) + extensions,
            beside=_sized(3, held) + chain,
            names=names,
        ),
        Taken(
            stamp=stamp + 1000,
            entry=struct.pack(">QH", stamp + 1000, 0) + _sized(3, whole) + extensions,
            beside=chain,
            names=names,
        ),
    )


def some_entries(count: int, *, authority: Authority | None = None) -> list[Taken]:
    """Return ``count`` entries, a precertificate and its certificate after each other."""
    authority = authority or Authority()
    stamp = int(BEGAN.timestamp() * 1000)
    pairs = [
        taken(authority, f"n{i}.example", f"www.n{i}.example", stamp=stamp + 100 * i)
        for i in range(-(-count // 2))
    ]
    return [entry for pair in pairs for entry in pair][:count]


@dataclass(kw_only=True)
class LocalLog:
    """A log's content and key. ``grow`` appends; ``signed_size`` is what it admits to."""

    key: LogKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: str = "log.example/2026h2"
    entries: list[Taken] = field(default_factory=list)
    cap: int = 32
    names: bool = False
    packed: bool = True
    signed_size: int = 0
    stamp: int = int(BEGAN.timestamp() * 1000)
    _levels: list[list[bytes]] = field(default_factory=lambda: [[]])

    def grow(self, entries: Sequence[Taken]) -> None:
        """Take entries, and sign the tree with them a second later than before."""
        self.entries += entries
        self._levels[0] += [sha256(b"\0" + entry.leaf).digest() for entry in entries]
        self._raise()
        self.signed_size = len(self.entries)
        self.stamp += 1000

    def described(self, url: str, kind: Kind) -> Log:
        """Return the log as the list of logs would describe it, at ``url``."""
        key = self.public
        return Log(
            id=sha256(key).digest(),
            key=key,
            kind=kind,
            operator="Lamp Post",
            description="a log in a test",
            url=f"{url}/",
            submission_url=f"https://{self.name}/" if kind is Kind.TILES else f"{url}/",
            mmd=60,
            state=State.USABLE,
        )

    @property
    def public(self) -> bytes:
        """The public key (DER)."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the tree when it had so many entries."""
        return self._root(0, self.signed_size if size is None else size)

    def tree_head(self, size: int | None = None, stamp: int | None = None) -> bytes:
        """Return the TreeHeadSignature."""
        size = self.signed_size if size is None else size
        stamp = self.stamp if stamp is None else stamp
        says = struct.pack(">BBQQ", 0, 1, stamp, size) + self.root(size)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return b"\4\1" + _sized(2, self.key.sign(says, padding.PKCS1v15(), hashes.SHA256()))
        return b"\4\3" + _sized(2, self.key.sign(says, ec.ECDSA(hashes.SHA256())))

    def checkpoint(self, size: int | None = None, stamp: int | None = None) -> bytes:
        """Return the checkpoint."""
        size = self.signed_size if size is None else size
        stamp = self.stamp if stamp is None else stamp
        log_id = sha256(self.public).digest()
        key_id = sha256(self.name.encode() + b"\n\x05" + log_id).digest()[:4]
        signature = key_id + stamp.to_bytes(8, "big") + self.tree_head(size, stamp)
        return (
            f"{self.name}\n{size}\n{b64encode(self.root(size)).decode()}\n\n"
            f"— witness.example/1 {b64encode(b'1234' + bytes(64)).decode()}\n"
            f"— {self.name} {b64encode(signature).decode()}\n"
        ).encode()

    def tiled(self, asked: Asked) -> Answer:
        """Answer as static-ct-api says."""
        path = urlsplit(asked.path).path.removeprefix("/")
        if path == "checkpoint":
            return Answer(body=self.checkpoint())
        found = self._file(path)
        if found is None:
            return Answer(status=404)
        if self.packed and not path.startswith(_HASHES):
            return Answer(
                body=gzip.compress(found, 1, mtime=0), headers={"Content-Encoding": "gzip"}
            )
        return Answer(body=found)

    def dynamic(self, asked: Asked) -> Answer:
        """Answer as RFC 6962 says."""
        url = urlsplit(asked.path)
        of = {name: values[0] for name, values in parse_qs(url.query).items()}
        answers: Mapping[str, Callable[[Mapping[str, str]], object]] = {
            "/ct/v1/get-sth": self._get_sth,
            "/ct/v1/get-sth-consistency": self._get_consistency,
            "/ct/v1/get-proof-by-hash": self._get_proof,
            "/ct/v1/get-entries": self._get_entries,
        }
        if url.path not in answers:
            return Answer(status=404)
        if any(
            int(of.get(name, 0)) > self.signed_size for name in ("second", "tree_size", "start")
        ):
            return Answer(status=400)
        return Answer(body=json.dumps(answers[url.path](of)).encode())

    def _get_sth(self, _: Mapping[str, str]) -> object:
        return {
            "tree_size": self.signed_size,
            "timestamp": self.stamp,
            "sha256_root_hash": b64encode(self.root()).decode(),
            "tree_head_signature": b64encode(self.tree_head()).decode(),
        }

    def _get_consistency(self, of: Mapping[str, str]) -> object:
        proof = self._proof(int(of["first"]), 0, int(of["second"]), whole=True)
        return {"consistency": [b64encode(one).decode() for one in proof]}

    def _get_proof(self, of: Mapping[str, str]) -> object:
        index = self._levels[0].index(b64decode(of["hash"]))
        path = self._path(index, 0, int(of["tree_size"]))
        return {"leaf_index": index, "audit_path": [b64encode(one).decode() for one in path]}

    def _get_entries(self, of: Mapping[str, str]) -> object:
        first = int(of["start"])
        last = min(int(of["end"]), first + self.cap - 1, self.signed_size - 1)
        return {
            "entries": [
                {
                    "leaf_input": b64encode(entry.leaf).decode(),
                    "extra_data": b64encode(entry.beside).decode(),
                }
                for entry in self.entries[first : last + 1]
            ]
        }

    def _file(self, path: str) -> bytes | None:
        parts = path.split("/")
        if parts[0] != "tile" or len(parts) < 3:
            return None
        width = 256
        if parts[-2].endswith(".p"):
            width = int(parts.pop())
            parts[-1] = parts[-1].removesuffix(".p")
        index = int("".join(part.removeprefix("x") for part in parts[2:]))
        first, last = 256 * index, 256 * index + width
        kind = parts[1]
        if kind in {"data", "names"}:
            if last > self.signed_size or (kind == "names" and not self.names):
                return None
            entries = self.entries[first:last]
            if kind == "data":
                return b"".join(entry.entry + entry.beside for entry in entries)
            return b"".join(_named(entry, first + i) for i, entry in enumerate(entries))
        level = int(kind)
        if last > self.signed_size >> 8 * level:
            return None
        return b"".join(self._levels[8 * level][first:last])

    def _raise(self) -> None:
        """Compute the rows of whole subtrees above the leaves, as far as they are not there yet."""
        height = 0
        while len(self._levels[height]) > 1:
            if len(self._levels) == height + 1:
                self._levels.append([])
            below, row = self._levels[height], self._levels[height + 1]
            for i in range(len(row), len(below) // 2):
                row.append(_above(below[2 * i], below[2 * i + 1]))
            height += 1

    def _root(self, first: int, last: int) -> bytes:
        """Return MTH(D[first:last]) (RFC 6962, section 2.1); whole subtrees are looked up."""
        count = last - first
        if count == 0:
            return sha256(b"").digest()
        height = count.bit_length() - 1
        if count == 1 << height and first % count == 0:
            return self._levels[height][first >> height]
        split = 1 << (count - 1).bit_length() - 1
        return _above(self._root(first, first + split), self._root(first + split, last))

    def _path(self, index: int, first: int, last: int) -> list[bytes]:
        """Return PATH(index, D[first:last]) (section 2.1.1)."""
        if last - first == 1:
            return []
        split = 1 << (last - first - 1).bit_length() - 1
        middle = first + split
        if index < split:
            return [*self._path(index, first, middle), self._root(middle, last)]
        return [*self._path(index - split, middle, last), self._root(first, middle)]

    def _proof(self, size: int, first: int, last: int, *, whole: bool) -> list[bytes]:
        """Return SUBPROOF(size, D[first:last], whole) (section 2.1.2)."""
        count = last - first
        if size == count:
            return [] if whole else [self._root(first, last)]
        split = 1 << (count - 1).bit_length() - 1
        middle = first + split
        if size <= split:
            return [*self._proof(size, first, middle, whole=whole), self._root(middle, last)]
        return [*self._proof(size - split, middle, last, whole=False), self._root(first, middle)]


@contextmanager
def running(
    log: LocalLog, kind: Kind, *, bent: Callable[[Asked, Answer], Answer] | None = None
) -> Iterator[tuple[Log, Server]]:
    """Serve a log until the block ends; ``bent`` may change what goes out."""
    says = log.tiled if kind is Kind.TILES else log.dynamic

    def answer(asked: Asked) -> Answer:
        said = says(asked)
        return said if bent is None else bent(asked, said)

    with serving(answer) as server:
        yield log.described(server.url, kind), server


_HASHES: Final = tuple(f"tile/{level}/" for level in range(6))


def _named(entry: Taken, index: int) -> bytes:
    of = {"Index": index, "Timestamp": entry.stamp, "DNS": list(entry.names)}
    return json.dumps(of).encode() + b"\n"


def _above(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _sized(width: int, content: bytes) -> bytes:
    return len(content).to_bytes(width, "big") + content
