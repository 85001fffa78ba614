"""Read one host name as people and feeds write it, and write one so that nobody clicks on it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import idna

LONGEST_VALUE: Final = 4096
"""Bytes of a value that are looked at; a longer one is no name."""

_STRIPPED: Final = " \t\r\n\v\f\"'`<>,;"
_DEFANGED: Final = (
    (re.compile(r"[\[({]\s*(?:\.|dot)\s*[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s*:\s*[\])}]"), ":"),
    (re.compile(r"[\[({]\s*://\s*[\])}]"), "://"),
    (re.compile(r"[\[({]\s*@\s*[\])}]"), "@"),
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://|//")
_AUTHORITY_END: Final = re.compile(r"[/?#]")
_PORT: Final = re.compile(r":[0-9]*\Z")
_LDH: Final = re.compile(r"[a-z0-9_\-]+\Z")
_NUMBER: Final = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoHost:
    """Why a text is no host name, in words that complete the sentence “The line …”."""

    why: str


EMPTY: Final = NoHost(why="is empty")
COMMENT: Final = NoHost(why="is a comment")


def as_host(text: str) -> str | None:
    """Return the host that ``text`` names, as lower-case A-labels, or None when it names none."""
    found = read_host(text.encode("utf-8", "surrogatepass"))
    return found if isinstance(found, str) else None


def read_host(value: bytes) -> str | NoHost:
    """Return the host that ``value`` names, or why it names none.

    A scheme (also defanged), user, port, path, query and fragment, one leading wildcard or dot, a
    final dot, quotes and white space around it are dropped; international labels become A-labels
    (UTS 46, non-transitional). ``_`` and a hyphen at a label's edge are taken as they come left of
    the last two labels, where the DNS holds such names.
    """
    if len(value) > LONGEST_VALUE:
        return NoHost(why=f"is longer than {LONGEST_VALUE} bytes")
    try:
        text = value.decode("utf-8").strip(_STRIPPED)
    except UnicodeDecodeError:
        return NoHost(why="is not valid UTF-8")
    if not text:
        return EMPTY
    if text.startswith("#"):
        return COMMENT
    return _host_of(_authority(_refanged(text)))


def unicode_form(host: str) -> str:
    """Return ``host`` as people read it: A-labels become U-labels where that is safe to show."""
    return ".".join(_shown(label) for label in host.split("."))


def defang(host: str) -> str:
    """Return ``host`` so that no program makes a link of it: ``a.example`` is ``a[.]example``."""
    return host.replace(".", "[.]")


def _refanged(text: str) -> str:
    if "[" in text or "(" in text or "{" in text:
        for pattern, plain in _DEFANGED:
            text = pattern.sub(plain, text)
    return text


def _authority(text: str) -> str:
    if scheme := _SCHEME.match(text):
        text = text[scheme.end() :]
    if end := _AUTHORITY_END.search(text):
        text = text[: end.start()]
    return text.rpartition("@")[2]


def _host_of(authority: str) -> str | NoHost:
    if authority.startswith("[") or authority.count(":") > 1:
        return NoHost(why=_ADDRESS)
    name = _PORT.sub("", authority)
    if not name.isascii():
        try:
            name = idna.uts46_remap(name, std3_rules=False, transitional=False)
        except idna.IDNAError:
            return NoHost(why=_CHARACTER)
    name = name.lower()
    while name.startswith("*."):
        name = name[2:]
    name = name.removeprefix(".").removesuffix(".")
    if "." not in name:
        return NoHost(why="has no dot" if name else "has no host in it")
    labels = name.split(".")
    encoded = []
    for left, label in enumerate(labels, start=1 - len(labels)):
        # What is no name is not remembered: hostile input would fill the memory with it.
        read = _a_label if len(name) <= 253 else _a_label.__wrapped__
        label_or_why = read(label, at_the_end=left >= -1)
        if isinstance(label_or_why, NoHost):
            return label_or_why
        encoded.append(label_or_why)
    if _NUMBER.match(encoded[-1]):
        return NoHost(why=_ADDRESS)
    host = ".".join(encoded)
    return host if len(host) <= 253 else NoHost(why="is longer than 253 characters")


_ADDRESS: Final = "is an address, not a name"
_CHARACTER: Final = "has a character that no host name holds"


@lru_cache(maxsize=65536)
def _a_label(label: str, *, at_the_end: bool) -> str | NoHost:
    if not label:
        return NoHost(why="has an empty label")
    if at_the_end and "_" in label:
        return NoHost(why=_CHARACTER)
    if not label.isascii():
        return _encoded(label)
    if not _LDH.match(label):
        return NoHost(why=_CHARACTER)
    if len(label) > 63:
        return NoHost(why="has a label longer than 63 characters")
    if at_the_end and (label[0] == "-" or label[-1] == "-"):
        return NoHost(why="has a label that begins or ends with a hyphen")
    if label.startswith("xn--") and _decoded(label) is None:
        return NoHost(why="has a label that is no valid punycode")
    return label


def _encoded(label: str) -> str | NoHost:
    if unicodedata.category(label[0]).startswith("M"):
        return NoHost(why=_CHARACTER)
    a_label = "xn--" + label.encode("punycode").decode("ascii")
    if len(a_label) > 63:
        return NoHost(why="has a label longer than 63 characters")
    # Punycode leaves ASCII as it is, so what no ASCII label may hold must not hide beside a letter.
    known = _LDH.match(a_label) and _decoded(a_label) == label
    return a_label if known else NoHost(why=_CHARACTER)


@lru_cache(maxsize=65536)
def _decoded(label: str) -> str | None:
    """Return the Unicode text of an A-label; None when it is not the one spelling of that text.

    Wider than IDNA 2008 on purpose: registries sell symbols and emoji, and abusers use them.
    """
    try:
        text = label[4:].encode("ascii").decode("punycode")
        again = text.encode("punycode").decode("ascii")
    except (UnicodeError, OverflowError, ValueError):
        return None
    if text.isascii() or again != label[4:] or any(map(_is_control, text)):
        return None
    return text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}


def _shown(label: str) -> str:
    text = _decoded(label) if label.startswith("xn--") else None
    if text is None:
        return label
    try:
        stable = idna.uts46_remap(text, std3_rules=False, transitional=False) == text
    except idna.IDNAError:
        stable = False
    return text if stable and not _hidden(text) else label


def _hidden(text: str) -> bool:
    return any(unicodedata.category(c) in {"Cf", "Zs", "Zl", "Zp"} for c in text)
