"""Who starts children ends them, however often it is told to stop."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from lionrock.jobs import up

SLOW_TO_END = """
import signal, sys, time
def end(*_):
    time.sleep(0.5)
    sys.exit(0)
signal.signal(signal.SIGINT, end)
print("ready", flush=True)
time.sleep(60)
"""


def told_to_stop_twice(child: "subprocess.Popen[bytes]", second: threading.Timer) -> None:
    """Keep a child, and be told to stop; once more while it ends."""
    with up.children() as started:
        started.append(child)
        assert child.stdout is not None
        with child.stdout as told:
            told.readline()
        second.start()
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_leaves_no_child_behind(again: signal.Signals) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    second = threading.Timer(0.2, os.kill, (os.getpid(), again))
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW_TO_END], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        with pytest.raises(KeyboardInterrupt):
            told_to_stop_twice(child, second)
        assert child.returncode == 0
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        second.join()
        signal.signal(signal.SIGINT, before)
