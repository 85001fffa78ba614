"""Blocks of values become hosts or rejects."""

from hypothesis import example, given
from hypothesis import strategies as st

from lionrock.core.hosts import COMMENT, EMPTY, read_host
from lionrock.names.blocks import Reject, lines_of
from lionrock.names.normalise import normalise

PIECES = st.sampled_from(
    [
        b"a", b"Z", b"0", b"-", b"_", b".", b"*.", b"xn--", b"xn--ls8h", b"com", b"example", b":", b"//", b"://",
        b"http", b"@", b"/", b"?", b"#", b"[", b"]", b"[.]", b" ", b"\t", b"\r", b'"', b"'", b",", b"\0", b"\\", b"%2e",
        "例".encode(), "。".encode(), "\u00ad".encode(), "ß".encode(), b"\xff", b"1", b"127", b"0x", b"a" * 60, b"80",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=40),
    st.lists(PIECES, max_size=12).map(b"".join),
    st.from_regex(rb"[a-z0-9_-]{1,9}(\.[a-z0-9_-]{1,9}){0,4}", fullmatch=True),
)


@given(st.lists(VALUES, max_size=30))
@example([b"-a.com", b"a-.b.com", b"a_.com", b"a.b_", b"a.-b", b"a..b", b".a.b", b"..a.b", b"a.b."])
@example([b"x:80", b"a.b:80", b"a.b:", b"a.b:8:0", b"h://a.b", b"://a.b", b"//a.b", b"1://a.b.c"])
@example([b"A.B", b"*.*.a.b", b"*a.b", b"*..a.b", b"xn--a.b", b"a.12", b"a.0x", b"a.0xfg", b"1.2"])
@example([b"a@b.c@d.e:9/x@y.z", b"a.b/c.d", b"a.b#c", b"# \xff", b'"#"', b"a.b?x@c.d", b"\xff#"])
def test_a_block_says_the_same_as_one_host_at_a_time(values: list[bytes]) -> None:
    hosts, rejects = normalise(lines_of(values))
    answers = [read_host(value) for value in values]
    wanted = [(row, answer) for row, answer in enumerate(answers) if isinstance(answer, str)]
    whys = [
        (row + 1, answer.why)
        for row, answer in enumerate(answers)
        if not isinstance(answer, str) and answer not in (EMPTY, COMMENT)
    ]
    assert [(int(hosts.rows[i]), hosts.host(i)) for i in range(len(hosts))] == wanted
    assert [(reject.line, reject.why) for reject in rejects] == whys


def test_a_reject_keeps_the_first_200_characters() -> None:
    _, rejects = normalise(lines_of([b"?" * 300 + b"\xff"]))
    assert [len(reject.text) for reject in rejects] == [200]


def test_what_the_reader_rejected_stays_rejected() -> None:
    lines = lines_of([b"a.example"])
    broken = Reject(line=7, text="{", why="is no JSON")
    with_broken = type(lines)(
        text=lines.text, starts=lines.starts, numbers=lines.numbers, rejects=(broken,)
    )
    hosts, rejects = normalise(with_broken)
    assert (len(hosts), rejects) == (1, [broken])


def test_an_empty_block_is_no_trouble() -> None:
    hosts, rejects = normalise(lines_of([]))
    assert (len(hosts), rejects) == (0, [])
