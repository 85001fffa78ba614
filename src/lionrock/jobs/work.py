"""The command that works: it collects, reads, routes, sends, and lives until it is stopped."""

import os
import re
import signal
import socket
import sys
import threading
from importlib.metadata import version
from types import FrameType
from typing import Final, NoReturn

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

LOOK_SECONDS: Final = 1.0
"""Between two looks at what is due."""
BURY_EVERY: Final = 10
FORGET_EVERY: Final = 3600
"""Looks between two of each."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,78}")


def work(*, once: bool = False, name: str = "") -> int:
    """Do the work: collect feeds, read deliveries, make and send notices, take answers.

    Runs until Ctrl-C. `lionrock up` starts one beside the console; more may run at the same time, on
    this machine or others (with PostgreSQL), each under a name of its own. What a killed worker left
    unfinished is taken up by the others, or by itself when it is started again.

    For example:

        lionrock work
        lionrock work --name reader-2
        lionrock work --once

    Parameters
    ----------
    once
        Do everything that is due, then end.
    name
        The worker's name, the same after every restart and no other's. LIONROCK_WORKER says it as
        well; without either it is the machine's name and the first free number.
    """
    django.start()
    if django.unapplied():
        raise TryLater("the database is not ready; run: lionrock up")
    if name and not NAME.fullmatch(name):
        raise GiveUp("a worker's name has letters, digits, dots, hyphens, and at most 79 of them")
    if once:
        return do_once()
    do_always(name)


def do_once() -> int:
    """Do everything that is due and tell a line about each thing."""
    from lionrock.jobs import clock  # noqa: PLC0415  # needs Django started

    for line in clock.once(worker=f"{machine()}-once-{os.getpid()}"):
        tell(line)
    return Exit.FINE


def do_always(asked: str) -> NoReturn:
    """Work until stopped, then end the process."""
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    from lionrock.desk.notices.services.outbox import settle_own  # noqa: PLC0415  # as above
    from lionrock.desk.work import services  # noqa: PLC0415  # as above
    from lionrock.jobs import clock, work_engine  # noqa: PLC0415  # as above

    worker = (
        asked
        or settings.LIONROCK_WORKER
        or services.free_name(machine=machine(), now=clock.utc_now())
    )
    services.enlist(
        name=worker,
        machine=machine(),
        process=os.getpid(),
        version=version("lionrock"),
        now=clock.utc_now(),
    )
    over, lost = threading.Event(), threading.Event()
    # Letters that were leaving when an earlier process of this name died: a person decides.
    settle_own(worker=worker, now=clock.utc_now())
    beating = threading.Thread(
        target=beat, args=(worker, over, lost), name="heartbeat", daemon=True
    )
    beating.start()
    with stopped_by_signals(over):
        engine = work_engine.launch(worker)
        tell(f"Worker {worker} is at work.")
        try:
            look_again_and_again(worker, over)
        finally:
            over.set()
            work_engine.stop(engine)
            beating.join(10)
    if lost.is_set():
        raise TryLater(f"another worker took over from {worker}, which had fallen silent")
    services.leave(name=worker, process=os.getpid(), now=clock.utc_now())
    # A thread that still reads would hold the process up; what it has not committed is done again.
    sys.stderr.flush()
    os._exit(Exit.FINE)


def look_again_and_again(worker: str, over: threading.Event) -> None:
    """Offer what is due until told to stop; take over from the dead."""
    from lionrock.desk.work import services  # noqa: PLC0415  # needs Django started
    from lionrock.jobs import clock, work_engine  # noqa: PLC0415  # as above

    looks = 0
    while not over.is_set():
        clock.guarded(work_engine.offer_work)
        if looks % BURY_EVERY == 0:
            clock.guarded(lambda: work_engine.resume(services.bury(by=worker, now=clock.utc_now())))
        if looks % FORGET_EVERY == FORGET_EVERY // 2:
            clock.guarded(work_engine.forget_finished)
        looks += 1
        over.wait(LOOK_SECONDS)


def beat(worker: str, over: threading.Event, lost: threading.Event) -> None:
    """Say every few seconds that this worker lives; stop it when another has taken over."""
    from lionrock.desk.work import services  # noqa: PLC0415  # needs Django started
    from lionrock.jobs import clock  # noqa: PLC0415  # as above

    def once() -> None:
        if not services.beat(name=worker, process=os.getpid(), now=clock.utc_now()):
            lost.set()
            over.set()

    while not over.wait(services.BEAT.total_seconds()):
        clock.guarded(once)


class stopped_by_signals:  # used as a context
    """Set the event when somebody asks this process to stop."""

    def __init__(self, over: threading.Event) -> None:
        self._over = over

    def __enter__(self) -> None:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            self._over.set()

        self._before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)


def machine() -> str:
    """Return this machine's name as it may stand in a worker's."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname()) or "worker"


def tell(words: str) -> None:
    """Write one line for whoever watches."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()
