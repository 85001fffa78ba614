"""Another process on the same database, for the tests of what happens when two are at work.

Run as ``python -m tests.desk.other_process WHAT [ARGUMENT...]``; prints one line per step.
"""

# ruff: noqa: T201 - what it prints is how the test follows it

import json
import sys
from datetime import UTC, datetime

from lionrock.jobs.django import start

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
BATCH = 40


def prepare() -> None:
    """Make an analyst, and twenty suspects."""
    from lionrock.desk.people.models import Person
    from tests.desk.suspects.conftest import a_reading, judgement

    for name in ("ada", "grace"):
        Person.objects.create(email=f"{name}@cert.example", name=name, joined_at=NOW)
    from lionrock.desk.suspects import brands, services

    services.store_batch(
        reading_id=a_reading().pk,
        judgements=[judgement(f"hsbc-first{number}.top") for number in range(20)],
        counts=services.Counts(names=20),
        book=brands.current(),
        now=NOW,
    )


def store(batches: str) -> None:
    """Store batches of 40 suspects, and print the number of each after it was kept."""
    from lionrock import regions
    from lionrock.jobs.store import Store
    from tests.desk.suspects.conftest import judgement

    kept = Store.open(source="list", model_version="test-1", region=regions.load("hk"))
    for number in range(int(batches)):
        hosts = [f"hsbc-{number}x{member}.top" for member in range(BATCH)]
        kept.keep([judgement(host) for host in hosts], names=100, rejects=1)
        print(number, flush=True)
    kept.finish()


def decide(who: str, verdict: str) -> None:
    """On every line of input decide the suspect of that id, as seen in version 1."""
    from lionrock.desk.people.models import Person
    from lionrock.desk.suspects import services
    from lionrock.desk.suspects.models import Dismissal

    by = Person.objects.get(email=f"{who}@cert.example")
    print("ready", flush=True)
    for line in sys.stdin:
        suspect = int(line)
        try:
            if verdict == "confirm":
                services.confirm(suspect_id=suspect, seen_version=1, by=by, now=NOW)
            else:
                services.dismiss(
                    suspect_id=suspect,
                    seen_version=1,
                    by=by,
                    reason=Dismissal.ACCIDENT,
                    now=NOW,
                )
        except services.Stale:
            print("stale", flush=True)
        else:
            print("done", flush=True)


def report() -> None:
    """Print what the database holds."""
    from django.utils import timezone

    from lionrock.desk.audit.services import verify
    from lionrock.desk.suspects.models import Decision, Reading, Suspect
    from lionrock.desk.suspects.selectors.readings import state_of
    from lionrock.desk.suspects.views.here import this_machine

    readings = Reading.objects.filter(source="list").order_by("id").exclude(machine="elsewhere")
    print(
        json.dumps(
            {
                "hosts": list(Suspect.objects.values_list("host", flat=True)),
                "ids": list(Suspect.objects.order_by("id").values_list("id", flat=True)[:20]),
                "states": list(Suspect.objects.order_by("id").values_list("state", flat=True)[:20]),
                "decisions": Decision.objects.count(),
                "audit": verify() is None,
                "readings": [
                    {
                        "names": reading.names,
                        "suspects": reading.suspects,
                        "fresh": reading.fresh,
                        "state": state_of(
                            reading, machine=this_machine(), now=timezone.now()
                        ).value,
                    }
                    for reading in readings
                ],
            }
        )
    )


def main(what: str, *arguments: str) -> None:
    """Do what the test asks for."""
    if what == "prepare":
        prepare()
    elif what == "store":
        store(*arguments)
    elif what == "decide":
        decide(*arguments)
    else:
        report()


if __name__ == "__main__":
    start()
    main(*sys.argv[1:])
