"""Another process that sends, for the tests of what a killed one leaves behind.

Run as ``python -m tests.desk.notices.other_sender WHAT [ARGUMENT...]``.
"""

# ruff: noqa: T201 - what it prints is how the test follows it

import json
import sys
from collections.abc import Callable
from datetime import timedelta

from lionrock.jobs.django import start


def prepare(letters: str) -> None:
    """Make as many notices that are ready to leave."""
    from lionrock.desk.notices.services.route import route_complete
    from tests.desk.notices.making import NOW, constituent, delivery, episode

    constituent(per_hour=1000)
    for number in range(int(letters)):
        episode(delivery(), f"192.0.2.{number + 1}")
        route_complete(now=NOW)


def route() -> None:
    """Route what waits, and print how many notices that made."""
    from lionrock.desk.notices.services.route import route_complete
    from tests.desk.notices.making import NOW

    print(route_complete(now=NOW), flush=True)


def deliver(deliveries: str) -> None:
    """Make a constituent and deliveries that nobody routed."""
    from tests.desk.notices.making import constituent, delivery, episode

    constituent()
    for number in range(int(deliveries)):
        episode(delivery(), f"192.0.2.{number + 1}")


def send(port: str, worker: str) -> None:
    """Send what is due to the mail server on this port."""
    from functools import partial

    from lionrock.desk.notices.services.outbox import send_due, settle_own
    from lionrock.net import smtp
    from tests.desk.notices.making import NOW

    settle_own(worker=worker, now=NOW + timedelta(minutes=1))
    server = smtp.Server(host="127.0.0.1", port=int(port), security="none")
    done = send_due(
        transport=partial(smtp.send, server), worker=worker, now=NOW + timedelta(minutes=1)
    )
    print(done.sent, flush=True)


def report() -> None:
    """Print every letter's state by its Message-ID, and the notices' states."""
    from lionrock.desk.notices.models import Letter, Notice

    print(
        json.dumps(
            {
                "letters": dict(Letter.objects.values_list("message_id", "state")),
                "notices": list(Notice.objects.order_by("pk").values_list("state", flat=True)),
            }
        )
    )


if __name__ == "__main__":
    start()
    steps: dict[str, Callable[..., None]] = {
        "prepare": prepare,
        "route": route,
        "deliver": deliver,
        "send": send,
        "report": report,
    }
    steps[sys.argv[1]](*sys.argv[2:])
