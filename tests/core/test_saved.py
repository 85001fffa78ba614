"""Files as office programs save them."""

import pytest

from lionrock.core.saved import text_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_usual_encodings_give_the_same_text(encoding: str) -> None:
    assert text_of("name,網絡\n".encode(encoding)) == "name,網絡\n"


@pytest.mark.parametrize("content", [b"\xa4\xa4\xa4\xe5", b"a\0b", b"\xff\xfea"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnicodeError):
        text_of(content)
