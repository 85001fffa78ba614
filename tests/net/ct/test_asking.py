"""How a log is asked: who asks stands in one plain line."""

from lionrock.net.ct.asking import user_agent


def test_a_log_is_told_who_asks_in_one_plain_line() -> None:
    assert "; cert@example.org)" in user_agent("cert@example.org")
    assert user_agent("a\r\nx-evil: (1)\\é").endswith("; ax-evil: 1)")
    assert user_agent("").endswith("(certificate transparency monitor)")
