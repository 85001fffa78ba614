"""Walks certificates without building them: where in many of them names, issuer and time lie.

Written for millions of certificates of which strangers chose every byte: every length is checked
against what holds it, nothing is called recursively, and what is odd is refused with a number that
``REFUSALS`` puts into words. Sources: X.690 (DER), RFC 5280, section 4.1, and RFC 6962, section 3.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names.compiled import compiled

REFUSALS: Final = (
    "",
    "is of a kind that is not known",
    "is no certificate in DER",
    "lacks a field that every certificate has",
    "has extensions that cannot be told apart",
    "has alternative names that cannot be told apart",
)
"""By outcome: why a certificate was refused; 0 is none."""
_UNKNOWN: Final = 1
_NO_DER: Final = 2
_NO_FIELD: Final = 3
_BAD_EXTENSIONS: Final = 4
_BAD_NAMES: Final = 5

NO_TIME: Final = -(2**63)
"""Stands where a certificate states no time that a calendar has."""

OUTCOME: Final = 0
ISSUER: Final = 1
ISSUER_END: Final = 2
NOT_BEFORE: Final = 3
ABOUT: Final = 4
"""Columns of what is found out about each certificate, and how many there are."""

_NAMES: Final = np.frombuffer(bytes.fromhex("551d11"), dtype=np.uint8)
_COMMON_NAME: Final = np.frombuffer(bytes.fromhex("550403"), dtype=np.uint8)
_MOST_COMMON_NAMES: Final = 8
"""Each is compared with every alternative name, of which there may be very many."""
_POISON_OR_SCTS: Final = np.frombuffer(bytes.fromhex("2b06010401d6790204"), dtype=np.uint8)
"""1.3.6.1.4.1.11129.2.4, under which 2 is the list of SCTs and 3 the poison (RFC 6962)."""


@compiled
def walk(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    bare: NDArray[np.bool_],
    about: NDArray[np.int64],
    names: NDArray[np.int64],
    plain: NDArray[np.uint8],
    plain_starts: NDArray[np.int64],
) -> int:
    """Read every ``text[starts[i]:ends[i]]``, a TBSCertificate where ``bare[i]``, else a Certificate.

    Writes a row of ``about`` for each, a row (certificate, begin, end) of ``names`` for each name, and
    to ``plain`` the TBSCertificate without poison and SCT list, from ``plain_starts[i]`` on. Returns
    how many names there are, which may be more than ``names`` had room for: ask again with room then.
    """
    count = 0
    at = 0
    for row in range(len(starts)):
        plain_starts[row] = at
        before = count
        about[row, NOT_BEFORE] = NO_TIME
        outcome, at, count = _certificate(
            text, starts[row], ends[row], bare[row], row, about, names, count, plain, at
        )
        about[row, OUTCOME] = outcome
        if outcome:
            count = before
            at = plain_starts[row]
    plain_starts[len(starts)] = at
    return count


@compiled
def _certificate(
    text: NDArray[np.uint8],
    at: int,
    end: int,
    bare: bool,
    row: int,
    about: NDArray[np.int64],
    names: NDArray[np.int64],
    count: int,
    plain: NDArray[np.uint8],
    to: int,
) -> tuple[int, int, int]:
    """Read one certificate; return outcome, how far ``plain`` is filled, and how many names there are."""
    if at == end:
        return _UNKNOWN, to, count
    tag, begin, finish = header(text, at, end)
    if tag != 0x30:
        return _NO_DER, to, count
    if not bare:
        tag, begin, finish = header(text, begin, finish)
        if tag != 0x30:
            return _NO_DER, to, count
    tag, here, after = header(text, begin, finish)
    if tag == 0xA0:
        tag, here, after = header(text, after, finish)
    if tag != 0x02:
        return _NO_FIELD, to, count
    subject = subject_end = 0
    for field in range(5):  # signature, issuer, validity, subject, subjectPublicKeyInfo
        tag, here, after = header(text, after, finish)
        if tag != 0x30:
            return _NO_FIELD, to, count
        if field == 1:
            about[row, ISSUER] = here
            about[row, ISSUER_END] = after
        elif field == 2:
            tag, time, time_end = header(text, here, after)
            about[row, NOT_BEFORE] = _seconds(text, tag, time, time_end)
        elif field == 3:
            subject, subject_end = here, after
    past = after
    extensions = extensions_end = 0
    while past < finish:
        tag, here, after = header(text, past, finish)
        if tag == 0xA3:
            tag, extensions, extensions_end = header(text, here, after)
            if tag != 0x30 or extensions_end != after or after != finish:
                return _BAD_EXTENSIONS, to, count
            break
        if tag not in (0x81, 0x82, 0xA1, 0xA2):
            return _BAD_EXTENSIONS, to, count
        past = after
    to = _copied(text, begin, past, plain, to)
    first = count
    while extensions < extensions_end:
        tag, here, after = header(text, extensions, extensions_end)
        if tag != 0x30:
            return _BAD_EXTENSIONS, to, count
        tag, oid, oid_end = header(text, here, after)
        if tag != 0x06:
            return _BAD_EXTENSIONS, to, count
        if not (
            oid_end - oid == len(_POISON_OR_SCTS) + 1
            and _is(text, oid, oid_end - 1, _POISON_OR_SCTS)
            and text[oid_end - 1] in (2, 3)
        ):
            to = _copied(text, extensions, after, plain, to)
        if _is(text, oid, oid_end, _NAMES):
            fine, count = _alternative_names(text, oid_end, after, row, names, count)
            if not fine:
                return _BAD_NAMES, to, count
        extensions = after
    count = _common_names(text, subject, subject_end, row, names, first, count)
    return 0, to, count


@compiled
def _alternative_names(
    text: NDArray[np.uint8], at: int, end: int, row: int, names: NDArray[np.int64], count: int
) -> tuple[bool, int]:
    """Take the DNS names of an extension whose OID ends at ``at``."""
    tag, here, after = header(text, at, end)
    if tag == 0x01:  # critical
        tag, here, after = header(text, after, end)
    if tag != 0x04 or after != end:
        return False, count
    tag, here, after = header(text, here, after)
    if tag != 0x30:
        return False, count
    while here < after:
        tag, begin, finish = header(text, here, after)
        if tag < 0:
            return False, count
        if tag == 0x82 and finish > begin:
            count = _taken(names, count, row, begin, finish)
        here = finish
    return True, count


@compiled
def _common_names(
    text: NDArray[np.uint8],
    at: int,
    end: int,
    row: int,
    names: NDArray[np.int64],
    first: int,
    count: int,
) -> int:
    """Take the subject's common names that are names and not among those from ``first`` on."""
    looked_at = 0
    while at < end and looked_at < _MOST_COMMON_NAMES:
        tag, here, after = header(text, at, end)
        if tag != 0x31:
            return count
        while here < after and looked_at < _MOST_COMMON_NAMES:
            tag, pair, pair_end = header(text, here, after)
            if tag != 0x30:
                return count
            tag, oid, oid_end = header(text, pair, pair_end)
            if tag == 0x06 and _is(text, oid, oid_end, _COMMON_NAME):
                looked_at += 1
                tag, begin, finish = header(text, oid_end, pair_end)
                if tag in (0x0C, 0x13, 0x14, 0x16) and _is_name(text, begin, finish):
                    known = False
                    for other in range(first, min(count, len(names))):
                        known = known or _alike(
                            text, begin, finish, names[other, 1], names[other, 2]
                        )
                    if not known:
                        count = _taken(names, count, row, begin, finish)
            here = pair_end
        at = after
    return count


@compiled
def _taken(names: NDArray[np.int64], count: int, row: int, begin: int, end: int) -> int:
    if count < len(names):
        names[count, 0] = row
        names[count, 1] = begin
        names[count, 2] = end
    return count + 1


@compiled
def _is_name(text: NDArray[np.uint8], begin: int, end: int) -> bool:
    """Tell whether this may be a host's name: dots, and nothing that only prose or an address has."""
    dots = 0
    letters = False
    for i in range(begin, end):
        byte = text[i]
        if byte == 46:
            dots += 1
            letters = False
        elif (97 <= byte <= 122) or (65 <= byte <= 90) or byte >= 128:
            letters = True
        elif not (48 <= byte <= 57 or byte in (42, 45, 95)):
            return False
    return dots > 0 and letters


@compiled
def _alike(text: NDArray[np.uint8], begin: int, end: int, other: int, other_end: int) -> bool:
    if end - begin != other_end - other:
        return False
    for i in range(end - begin):
        one = text[begin + i]
        two = text[other + i]
        if one != two and not (one | 32 == two | 32 and 97 <= one | 32 <= 122):
            return False
    return True


@compiled
def _is(text: NDArray[np.uint8], begin: int, end: int, what: NDArray[np.uint8]) -> bool:
    if end - begin != len(what):
        return False
    same = True
    for i in range(len(what)):
        same = same and text[begin + i] == what[i]
    return same


@compiled
def _copied(text: NDArray[np.uint8], begin: int, end: int, into: NDArray[np.uint8], to: int) -> int:
    into[to : to + end - begin] = text[begin:end]
    return to + end - begin


@compiled
def header(text: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """Return tag, begin and end of the value at ``at``; the tag is -1 where there is none within ``end``.

    Tags of several bytes and lengths without a number occur in no certificate and are refused.
    """
    if at + 2 > end or text[at] & 31 == 31:
        return -1, end, end
    tag = int(np.int64(text[at]))
    length = int(np.int64(text[at + 1]))
    begin = at + 2
    if length >= 128:
        more = length - 128
        if more < 1 or more > 4 or begin + more > end:
            return -1, end, end
        length = 0
        for i in range(more):
            length = length << 8 | int(np.int64(text[begin + i]))
        begin += more
    if length > end - begin:
        return -1, end, end
    return tag, begin, begin + length


@compiled
def _seconds(text: NDArray[np.uint8], tag: int, begin: int, end: int) -> int:
    """Return a UTCTime or GeneralizedTime as RFC 5280 allows it, in seconds since 1970."""
    long = tag == 0x18
    if tag not in (0x17, 0x18) or end - begin != (15 if long else 13) or text[end - 1] != 90:
        return NO_TIME
    for i in range(begin, end - 1):
        if text[i] < 48 or text[i] > 57:
            return NO_TIME
    year = _two(text, begin)
    at = begin + 2
    if long:
        year = 100 * year + _two(text, at)
        at += 2
    else:
        year += 1900 if year >= 50 else 2000
    month = _two(text, at)
    day = _two(text, at + 2)
    hour = _two(text, at + 4)
    minute = _two(text, at + 6)
    second = _two(text, at + 8)
    if year < 1 or not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24):
        return NO_TIME
    if minute > 59 or second > 59:
        return NO_TIME
    # The days of the proleptic Gregorian calendar, counted in years that begin in March.
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return ((days * 24 + hour) * 60 + minute) * 60 + second


@compiled
def _two(text: NDArray[np.uint8], at: int) -> int:
    return (int(np.int64(text[at])) - 48) * 10 + int(np.int64(text[at + 1])) - 48
