"""Every reader of the catalogue, on samples that somebody spoilt and on bytes that mean nothing."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.feeds import catalogue
from tests.feeds.invariants import tried
from tests.feeds.test_samples import samples

PIECES = [
    b"\0", b"\n", b"\r", b'"', b",", b";", b"{", b"}", b"[", b"]", b"<", b">", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\\ud800", b"\\u0000", b"9" * 30, b"-1", b"NaN", b"1e999", b"null", b"true", b"\x1f\x8b\x08", b"PK\x03\x04",
    b"::", b"0.0.0.0", b"http://[", b"=?utf-8?q?=00?=", b"Content-Type: multipart/mixed; boundary=x\n\n",
    b"<!ENTITY x SYSTEM 'file:///etc/passwd'>", b"0000-00-00", b"99999-12-31", "١".encode(), "İ".encode(),
]  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, sources: list[Path]) -> tuple[str, bytes]:
    """Return a sample's name and its bytes after a few cuts, doublings and insertions."""
    source = draw(st.sampled_from(sources))
    content = source.read_bytes()[: 1 << 15]
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        match draw(st.integers(0, 4)):
            case 0:
                content = content[:start] + content[end:]
            case 1:
                content = content[:start] + content[start:end] * 2 + content[end:]
            case 2:
                content = content[:start] + draw(st.sampled_from(PIECES)) + content[start:]
            case 3:
                content = content[:start] + draw(st.binary(max_size=8)) + content[end:]
            case _:
                content = content[:end]
    if draw(st.integers(0, 9)) == 0:
        content = gzip.compress(content, mtime=0)
    return source.name, content


def samples_of(feed: str) -> list[Path]:
    return [sample for sample in samples() if sample.parent.name == feed]


@pytest.mark.parametrize("feed", sorted({sample.parent.name for sample in samples()}))
@given(data=st.data())
def test_a_spoilt_delivery_becomes_events_and_rejects(feed: str, data: st.DataObject) -> None:
    name, content = data.draw(spoilt(samples_of(feed)))
    tried(catalogue()[feed], content, name)


@pytest.mark.parametrize("feed", sorted(catalogue()))
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_bytes_that_mean_nothing_become_rejects(feed: str, content: bytes) -> None:
    tried(catalogue()[feed], content)
