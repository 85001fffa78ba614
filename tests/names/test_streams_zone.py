"""Owner names are read from zone files."""

import io

import pytest

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Reject
from lionrock.names.streams import open_names
from tests.names.steps import counted


def owners(text: str) -> tuple[list[tuple[int, str]], list[Reject]]:
    found: list[tuple[int, str]] = []
    rejects: list[Reject] = []
    for lines in open_names(io.BytesIO(text.encode()), form="zone"):
        found += [(int(lines.numbers[i]), lines.value(i).decode()) for i in range(len(lines))]
        rejects += lines.rejects
    return found, rejects


def test_a_zone_in_all_its_spellings_gives_its_owner_names() -> None:
    zone = """\
$ORIGIN Example.COM.
$TTL 3600
@ IN SOA ns1 host (
    1 ; a serial, in a (comment
    2 3 4 5 )
    NS ns1
    IN 300 TXT "semi;colon (and" ; more
www 300 IN A 192.0.2.1
www IN 300 A 192.0.2.2
WWW AAAA 2001:db8::1
*.dev CNAME www
other.example.org. A 192.0.2.1
esc\\119w\\x A 192.0.2.1
a\\.b A 192.0.2.1
$ORIGIN sub
in 1h2m IN A 192.0.2.1
\t
; the end
txt TXT ( "two lines"
   "of it" ) ; and a comment
last A 192.0.2.1"""
    assert owners(zone) == (
        [
            (3, "Example.COM."),
            (8, "www.Example.COM."),
            (11, "*.dev.Example.COM."),
            (12, "other.example.org."),
            (13, "escwwx.Example.COM."),
            (14, "a\\.b.Example.COM."),
            (16, "in.sub.Example.COM."),
            (19, "txt.sub.Example.COM."),
            (21, "last.sub.Example.COM."),
        ],
        [],
    )


def test_names_that_only_deny_others_are_left_out() -> None:
    zone = """\
a.example. 86400 in ns ns1.example.
hash1.example. 86400 in nsec3 1 1 0 - hash2 ns
hash1.example. 86400 in rrsig nsec3 8 2 86400 x
b.example. 86400 in rrsig ds 8 2 86400 x
"""
    assert [name for _, name in owners(zone)[0]] == ["a.example.", "b.example."]


def test_what_a_zone_holds_besides_records_is_a_reject() -> None:
    zone = """\
   A 192.0.2.1
$INCLUDE other.zone
$GENERATE 1-9 host$ A 192.0.2.$
$FOO
lonely
a.example. 3600 IN
b.example. A 192.0.2.1
"""
    found, rejects = owners(zone)
    assert found == [(7, "b.example.")]
    assert [(reject.line, reject.why) for reject in rejects] == [
        (1, "begins with a blank, and no owner name stands before it"),
        (2, "includes another file, which is not read"),
        (3, "generates records, which are not read"),
        (4, "is no control entry of a zone"),
        (5, "has no record type"),
        (6, "has no record type"),
    ]


def test_a_parenthesis_that_never_closes_is_told() -> None:
    with pytest.raises(GiveUp, match="parenthesis opened near line 2"):
        owners("a.example. A 192.0.2.1\nb.example. TXT ( x\nc.example. A 192.0.2.1\n")


@pytest.mark.parametrize(
    "first",
    [
        "; a zone\n$ORIGIN example.\n",
        "$TTL 1h\n",
        "example.\t900\tin\tsoa\tns1.example. x. 1 2 3 4 5\n",
        "example. IN 900 SOA ns1.example. x. 1 2 3 4 5\n",
    ],
)
def test_a_zone_is_told_by_its_first_lines(first: str) -> None:
    data = f"{first}a.example.\t900\tin\tns\tns1.b.example.\n".encode()
    values = [lines.value(i) for lines in open_names(io.BytesIO(data)) for i in range(len(lines))]
    assert values[-1] == b"a.example."
    assert b"\t" not in b"".join(values)


def test_a_large_zone_takes_no_step_of_python_for_each_line() -> None:
    line = "name%d.example.\t86400\tin\tns\tns1.some-hoster.example.\n"
    data = "".join(line % (number // 2) for number in range(400_000)).encode()
    list(open_names(io.BytesIO(data[:10_000])))  # what is compiled is compiled by now
    count, calls = counted(lambda: sum(len(lines) for lines in open_names(io.BytesIO(data))))
    assert count == 200_000
    assert calls < 4_000
