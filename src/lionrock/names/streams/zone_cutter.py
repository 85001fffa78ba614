"""Walk the bytes of a zone file and write down its owner names, compiled."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import LONGEST_VALUE
from lionrock.names.compiled import compiled
from lionrock.names.streams.pages import TEXT_BYTES, VALUES, Page

# What is remembered from one piece of input to the next, by place in ``state``.
LINE: Final = 0
RECORD: Final = 1  # line on which the present record began
MODE: Final = 2
DEPTH: Final = 3  # open parentheses
WORD: Final = 4  # length of the word being read, kept while the type is looked for
OWNER: Final = 5  # length of the present owner; -1 before the first
LAST: Final = 6  # length of the owner written last
ORIGIN: Final = 7
VALUES_READ: Final = 8
TEXT: Final = 9
STOPPED: Final = 10
ESCAPE: Final = 11  # 0 none, 1 after a backslash, 2 and 3 after its first and second digit
CODE: Final = 12  # the number those digits make
SEEKING: Final = 13  # 3 a first word, 1 the type, 2 the type a signature covers, 0 nothing more
PLAIN_END: Final = 14  # the owner ends in a dot that is not escaped
SIZE: Final = 15


class Owners(NamedTuple):
    """Names and words being read: the origin, the present owner, the one written last, a word."""

    origin: NDArray[np.uint8]
    owner: NDArray[np.uint8]
    last: NDArray[np.uint8]
    word: NDArray[np.uint8]


MODE_START: Final = 0
_OWNER: Final = 1
_REST: Final = 2
_COMMENT: Final = 3
_QUOTED: Final = 4
_CONTROL: Final = 5

# Why the walk stopped.
PIECE_END: Final = 0
FULL: Final = 1
DIRECTIVE: Final = 2
NO_OWNER: Final = 3
NO_TYPE: Final = 4

_TAB, _NEWLINE, _RETURN, _BLANK, _QUOTE, _DOLLAR = 9, 10, 13, 32, 34, 36
_OPEN, _CLOSE, _DOT, _SEMICOLON, _AT, _BACKSLASH = 40, 41, 46, 59, 64, 92


@compiled
def cut_zone(
    data: NDArray[np.uint8], at: int, state: NDArray[np.int64], names: Owners, page: Page
) -> int:
    """Walk ``data`` from ``at``; return where it stopped, ``state[STOPPED]`` says why."""
    origin, owner, _, word = names
    mode = state[MODE]
    stopped = PIECE_END
    while at < len(data) and stopped == PIECE_END:
        if mode == MODE_START:
            after = _plain_record(data, at, state, names, page)
            if after > at:
                at = after
                if _page_full(state):
                    stopped = FULL
                continue
        byte = data[at]
        at += 1
        if mode == _COMMENT and byte != _NEWLINE:
            continue
        if byte == _NEWLINE:
            if mode == _OWNER:
                _end_owner(state, origin, owner)
            elif mode == _CONTROL:
                stopped = DIRECTIVE
            _end_word(state, names, page)
            state[ESCAPE] = 0
            if mode == MODE_START:
                state[RECORD] = state[LINE] + 1
            elif state[DEPTH] == 0 or mode == _CONTROL:
                if state[SEEKING] in (1, 2):
                    stopped = NO_TYPE
                mode = MODE_START
            else:
                mode = _REST
            state[LINE] += 1
            if mode == MODE_START and stopped == PIECE_END:
                state[SEEKING] = 0
                if _page_full(state):
                    stopped = FULL
            continue
        if mode == MODE_START:
            state[RECORD] = state[LINE]
            state[SEEKING] = 1
            state[WORD] = 0
            if byte == _RETURN:
                state[SEEKING] = 0
            elif byte == _SEMICOLON:
                state[SEEKING] = 0
                mode = _COMMENT
            elif byte == _DOLLAR:
                mode = _CONTROL
                state[SEEKING] = 0
                word[0] = byte
                state[WORD] = 1
            elif byte in (_BLANK, _TAB, _OPEN):
                mode = _REST
                state[SEEKING] = 3  # a blank line is no record: wait for its first word
                state[DEPTH] = 1 if byte == _OPEN else 0
            else:
                mode = _OWNER
                state[OWNER] = 0
                state[PLAIN_END] = 0
                _take_owner_byte(state, owner, byte)
            continue
        if mode == _OWNER:
            if state[ESCAPE] == 0 and byte in (_BLANK, _TAB, _RETURN, _OPEN, _SEMICOLON):
                _end_owner(state, origin, owner)
                mode = _COMMENT if byte == _SEMICOLON else _REST
                if byte == _OPEN:
                    state[DEPTH] = 1
            else:
                _take_owner_byte(state, owner, byte)
                while state[OWNER] > LONGEST_VALUE and at < len(data) and _is_letter(data[at]):
                    at += 1  # too long to be a name: find its end without looking
            continue
        if mode == _CONTROL:
            if state[WORD] < len(word):
                word[state[WORD]] = byte
                state[WORD] += 1
            continue
        if state[ESCAPE] == 1:
            state[ESCAPE] = 0
            continue
        if byte == _BACKSLASH:
            state[ESCAPE] = 1
            continue
        if mode == _QUOTED:
            if byte == _QUOTE:
                mode = _REST
            continue
        if byte in (_BLANK, _TAB, _RETURN, _OPEN, _CLOSE, _SEMICOLON):
            if state[WORD] > 0:
                _end_word(state, names, page)
            if byte == _OPEN:
                state[DEPTH] += 1
            elif byte == _CLOSE and state[DEPTH] > 0:
                state[DEPTH] -= 1
            elif byte == _SEMICOLON:
                mode = _COMMENT
            continue
        if byte == _QUOTE:
            mode = _QUOTED
            continue
        if state[SEEKING] == 3:
            if state[OWNER] < 0:
                state[SEEKING] = 0
                stopped = NO_OWNER
            else:
                state[SEEKING] = 1
        if state[SEEKING] > 0 and state[WORD] < 16:
            word[state[WORD]] = byte
            state[WORD] += 1
    state[MODE] = mode
    state[STOPPED] = stopped
    return at


def _word_code(word: str) -> int:
    return int.from_bytes(word.encode("ascii"), "big")


_IN: Final = _word_code("in")
_CH: Final = _word_code("ch")
_HS: Final = _word_code("hs")
_CS: Final = _word_code("cs")
_SIG: Final = _word_code("sig")
_RRSIG: Final = _word_code("rrsig")
_NSEC3: Final = _word_code("nsec3")


def _special_bytes() -> NDArray[np.uint8]:
    table = np.zeros(256, dtype=np.uint8)
    for byte in b'"();\\\n':
        table[byte] = 1
    return table


_SPECIAL: Final = _special_bytes()


@compiled
def _plain_record(
    data: NDArray[np.uint8], at: int, state: NDArray[np.int64], names: Owners, page: Page
) -> int:
    """Read a record that is one line without anything special, as nearly all of a large zone are.

    Return where the next line begins; ``at`` when this one needs the careful walk.
    """
    byte = data[at]
    if byte in (_BLANK, _TAB, _RETURN, _DOLLAR, _AT):
        return at
    end = at
    while end < len(data) and not _SPECIAL[data[end]]:
        end += 1
    if end == len(data) or data[end] != _NEWLINE:
        return at
    word_end = _word_end(data, at, end)
    length = word_end - at
    if length > LONGEST_VALUE:
        return at
    covered = False
    begin = word_end
    while True:
        while begin < end and data[begin] in (_BLANK, _TAB, _RETURN):
            begin += 1
        if begin == end:
            return at
        word_end = _word_end(data, begin, end)
        code = _code(data, begin, word_end - begin)
        if covered or not _is_no_type(data, begin, code):
            if covered or code not in (_RRSIG, _SIG):
                break
            covered = True
        begin = word_end
    for i in range(length):
        names.owner[i] = data[at + i]
    state[OWNER] = length
    state[PLAIN_END] = 1 if names.owner[length - 1] == _DOT else 0
    state[RECORD] = state[LINE]
    _end_owner(state, names.origin, names.owner)
    if code != _NSEC3:
        _write_owner(state, names, page)
    state[LINE] += 1
    state[RECORD] = state[LINE]
    return end + 1


@compiled
def _is_letter(byte: int) -> bool:
    return byte > _BLANK and not _SPECIAL[byte]


@compiled
def _word_end(data: NDArray[np.uint8], begin: int, end: int) -> int:
    while begin < end and data[begin] not in (_BLANK, _TAB, _RETURN):
        begin += 1
    return begin


@compiled
def _page_full(state: NDArray[np.int64]) -> bool:
    return bool(state[VALUES_READ] == VALUES or state[TEXT] + LONGEST_VALUE + 1 > TEXT_BYTES)


@compiled
def _take_owner_byte(state: NDArray[np.int64], owner: NDArray[np.uint8], byte: int) -> None:
    """Append a byte to the owner, resolving ``\\X`` and ``\\DDD``; an escaped dot stays escaped."""
    escape = state[ESCAPE]
    if escape == 0 and byte == _BACKSLASH:
        state[ESCAPE] = 1
        return
    escaped = escape > 0
    if escaped and 48 <= byte <= 57:
        state[CODE] = byte - 48 if escape == 1 else state[CODE] * 10 + byte - 48
        if escape < 3:
            state[ESCAPE] = escape + 1
            return
        byte = state[CODE] & 255
    state[ESCAPE] = 0
    length = state[OWNER]
    if escaped and byte in (_DOT, _AT) and length <= LONGEST_VALUE:
        owner[length] = _BACKSLASH
        length += 1
    if length <= LONGEST_VALUE:
        owner[length] = byte
        length += 1
    state[OWNER] = length
    state[PLAIN_END] = 1 if byte == _DOT and not escaped else 0


@compiled
def _end_owner(
    state: NDArray[np.int64], origin: NDArray[np.uint8], owner: NDArray[np.uint8]
) -> None:
    """Make the owner absolute: ``@`` is the origin, and a relative name lies below it."""
    state[ESCAPE] = 0
    length = state[OWNER]
    if length == 1 and owner[0] == _AT:
        length = 0
    elif state[PLAIN_END] or state[ORIGIN] == 0:
        return
    else:
        owner[length] = _DOT
        length += 1
        if state[ORIGIN] == 1:  # the root
            state[OWNER] = length
            return
    for i in range(state[ORIGIN]):
        owner[length + i] = origin[i]
    state[OWNER] = length + state[ORIGIN]


@compiled
def _end_word(state: NDArray[np.int64], names: Owners, page: Page) -> None:
    """Look at a finished word of the record until its type says whether the owner counts."""
    word = names.word
    length = state[WORD]
    if state[SEEKING] not in (1, 2) or length == 0:
        return
    state[WORD] = 0
    code = _code(word, 0, length)
    if state[SEEKING] == 1:
        if _is_no_type(word, 0, code):
            return
        if code in (_RRSIG, _SIG):
            state[SEEKING] = 2
            return
    state[SEEKING] = 0
    if code != _NSEC3:
        _write_owner(state, names, page)


@compiled
def _is_no_type(word: NDArray[np.uint8], begin: int, code: int) -> bool:
    """Say whether the word is a time to live or a class."""
    return 48 <= word[begin] <= 57 or code in (_IN, _CH, _HS, _CS)


@compiled
def _write_owner(state: NDArray[np.int64], names: Owners, page: Page) -> None:
    """Write the present owner on the page, unless it was the last one written."""
    _, owner, last, _ = names
    size = min(state[OWNER], LONGEST_VALUE + 1)
    same = size == state[LAST]
    i = 0
    while same and i < size:
        same = _lower(owner[i]) == _lower(last[i])
        i += 1
    if same:
        return
    begin = state[TEXT]
    for i in range(size):
        page.text[begin + i] = owner[i]
        last[i] = owner[i]
    state[LAST] = size
    page.numbers[state[VALUES_READ]] = state[RECORD]
    state[VALUES_READ] += 1
    state[TEXT] = begin + size
    page.starts[state[VALUES_READ]] = begin + size


@compiled
def _lower(byte: int) -> int:
    return byte + 32 if 65 <= byte <= 90 else byte


@compiled
def _code(word: NDArray[np.uint8], begin: int, length: int) -> int:
    """Return a short word as one number, whatever its case; 0 for one of more than six letters."""
    code = 0
    if length <= 6:
        for i in range(begin, begin + length):
            code = code * 256 + _lower(word[i])
    return code
