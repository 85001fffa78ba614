"""The mail server of scripts.crash: it counts what it takes, and kills senders at their final dot."""

import asyncio
import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.with_postgres import free_port

SLOW_ANSWERS = (0.0, 0.02, 0.15, 0.6)
"""Seconds between the final dot and the answer: kills at random moments hit the gap more often."""
BEFORE_ANSWER = (0.0, 0.002)
AFTER_ANSWER = (0.0, 0.02)
"""Seconds within which a sender is killed; its receipt is written some milliseconds after the answer."""

Kill = Callable[[], None]
Holder = Callable[[int], Kill | None]
"""Finds who speaks from a port of this machine, and returns what kills them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A sender killed while this letter was leaving: before or after it was told that it was taken."""

    letter: str
    answered: bool


@dataclass(slots=True)
class Post:
    """An SMTP server that counts what it took, and is slow to say so."""

    chance: random.Random
    taken: Counter[str] = field(default_factory=Counter)
    deaths: list[Death] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    aim: Holder | None = None
    struck: threading.Event = field(default_factory=threading.Event)
    over: bool = False
    """Nobody is killed any more: what is left is answered at once."""

    def strike(self, holder: Holder, seconds: float) -> bool:
        """Kill the sender of the next letter at its final dot; False when no letter came in time."""
        self.struck.clear()
        with self.lock:
            self.aim = holder
        if self.struck.wait(seconds):
            return True
        with self.lock:
            late, self.aim = self.aim is None, None
        return late and self.struck.wait(seconds)

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the mail; answer after a moment in which the sender may die."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        letter = str(message_from_bytes(content)["Message-ID"])
        kill: Kill | None = None
        with self.lock:
            self.taken[letter] += 1
            if self.aim is not None and isinstance(session.peer, tuple):
                kill = self.aim(session.peer[1])
            if kill is not None:
                self.aim = None
        if kill is not None:
            await self._kill(kill, letter)
        elif not self.over:
            await asyncio.sleep(self.chance.choice(SLOW_ANSWERS))
        return "250 2.0.0 taken"

    async def _kill(self, kill: Kill, letter: str) -> None:
        """Kill the sender now, before it can hear an answer, or a moment after it was given one."""

        def strike() -> None:
            kill()
            self.struck.set()

        answered = self.chance.random() < 0.5
        self.deaths.append(Death(letter=letter, answered=answered))
        if answered:
            asyncio.get_running_loop().call_later(self.chance.uniform(*AFTER_ANSWER), strike)
        else:
            await asyncio.sleep(self.chance.uniform(*BEFORE_ANSWER))
            strike()


@contextmanager
def post_office(seed: int) -> Iterator[tuple[Post, int]]:
    """Run the SMTP server; yield what it counts, and its port."""
    post = Post(chance=random.Random(seed))
    port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    try:
        yield post, port
    finally:
        controller.stop()


def speaks_from(session: int, port: int) -> bool:
    """Say whether a process of this session holds the loopback connection that begins at ``port``.

    Reads /proc: the kernel knows both ends of a connection on loopback, and who holds each.
    """
    ends = f"0100007F:{port:04X}"
    inodes = {
        f"socket:[{fields[9]}]"
        for fields in map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
        if fields[1] == ends and fields[9] != "0"
    }
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if os.getsid(int(process.name)) != session:
                continue
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                return True
        except OSError:  # it ended, or closed what it held, while we looked
            continue
    return False
