"""A killed sender loses no letter and doubles none; what nobody can know, a person is asked."""

import asyncio
import json
import socket
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from aiosmtpd.controller import Controller

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

LETTERS = 6


class Counts:
    """Takes mails by Message-ID; kills the sender at one of them, before or after taking it."""

    def __init__(self) -> None:
        self.took: Counter[str] = Counter()
        self.victim: subprocess.Popen[str] | None = None
        self.kill_at = 0
        self.keep_it = False
        self.seen = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Answer after the final dot, unless the sender is dead by then."""
        head = envelope.original_content.split(b"\r\n\r\n")[0].decode()
        (name,) = (line for line in head.split("\r\n") if line.startswith("Message-ID: "))
        self.seen += 1
        dies = self.victim is not None and self.seen == self.kill_at
        if not dies or self.keep_it:
            self.took[name.removeprefix("Message-ID: ")] += 1
        if dies and self.victim is not None:
            self.victim.kill()
            await asyncio.sleep(0.2)
        return "250 taken"


def begin(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """Start another process."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.desk.notices.other_sender", *words],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def run(environment: dict[str, str], *words: str) -> str:
    """Run another process to its end and return what it printed."""
    process = begin(environment, *words)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return printed


@pytest.mark.parametrize("keep_it", [True, False], ids=["it was taken", "it was lost"])
def test_a_sender_killed_after_the_final_dot_leaves_one_question_and_nothing_doubled(
    environment: dict[str, str], keep_it: bool
) -> None:
    run(environment, "prepare", str(LETTERS))
    counts = Counts()
    counts.keep_it, counts.kill_at = keep_it, 3
    probe = socket.create_server(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    controller = Controller(counts, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    try:
        counts.victim = begin(environment, "send", str(port), "w1")
        counts.victim.communicate(timeout=120)
        assert counts.victim.returncode == -9
        counts.victim = None
        run(environment, "send", str(port), "w1")
        run(environment, "send", str(port), "w1")
    finally:
        controller.stop()

    found = json.loads(run(environment, "report"))
    assert Counter(found["letters"].values()) == {"sent": LETTERS - 1, "unknown": 1}
    assert Counter(found["notices"]) == {"sent": LETTERS - 1, "unknown": 1}
    assert set(counts.took.values()) == {1}
    sent = {name for name, state in found["letters"].items() if state == "sent"}
    assert sent <= set(counts.took)
    assert len(counts.took) == (LETTERS if keep_it else LETTERS - 1)


def test_two_senders_at_once_send_each_letter_once(environment: dict[str, str]) -> None:
    run(environment, "prepare", str(LETTERS))
    counts = Counts()
    probe = socket.create_server(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    controller = Controller(counts, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    try:
        both = [begin(environment, "send", str(port), name) for name in ("w1", "w2")]
        sent = [int(one.communicate(timeout=120)[0]) for one in both]
    finally:
        controller.stop()

    assert sum(sent) == LETTERS
    assert len(counts.took) == LETTERS
    assert set(counts.took.values()) == {1}


def test_two_routers_at_once_make_each_notice_once(environment: dict[str, str]) -> None:
    run(environment, "deliver", str(LETTERS))
    both = [begin(environment, "route") for _ in range(2)]
    made = [int(one.communicate(timeout=120)[0]) for one in both]

    assert sum(made) == LETTERS
    assert len(json.loads(run(environment, "report"))["notices"]) == LETTERS
