"""The commands about single names and about what people taught: explain, labels."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from lionrock import regions
from lionrock.core.errors import GiveUp
from lionrock.jobs import django
from lionrock.jobs.current import current_model
from lionrock.names.blocks import lines_of
from lionrock.names.close_reading import close_reading
from lionrock.names.explain import explain_all, in_english
from lionrock.names.normalise import normalise
from lionrock.names.triage import Triage


def explain(*names: str, region: str = regions.DEFAULT) -> None:
    """Say which letters of a name made its score, by covering them and judging what is left.

    Prints the score, the name, and below it each telling part with its weight in log-odds (above 0 it
    raised the score), and one sentence.

    For example:

        lionrock names explain hsbc-verify.top
        lionrock names explain wsdgov1.cc parking-pcn12.vip

    Parameters
    ----------
    names
        The names to explain.
    region
        The region pack whose brands are watched.
    """
    hosts, rejects = normalise(lines_of([name.encode() for name in names]))
    if rejects:
        raise GiveUp(f"{rejects[0].text} is no name: {rejects[0].why}")
    if not len(hosts):
        raise GiveUp("name at least one name")
    triage = close_reading(Triage(regions.load(region), current_model()))
    for told in explain_all([hosts.host(i) for i in range(len(hosts))], triage):
        sys.stdout.write(f"{told.score:.6f}\t{told.host}\n")
        for mark in told.marks:
            dot = "." if mark.part == "ending" else ""
            sys.stdout.write(f"{mark.weight:+.2f}\t{dot}{mark.text}\n")
        sys.stdout.write(f"{in_english(told)} ({told.model_version})\n")


def labels(*, output: Path | None = None) -> None:
    """Write people's decisions as labels for the next training, one JSON object per line.

    The file is what `lionrock names train --labels` reads. It names nobody: people are told apart by a
    keyed hash. Handing it out is recorded in the audit log.

    For example:

        lionrock names labels --output labels.jsonl

    Parameters
    ----------
    output
        The file to write; standard output by default.
    """
    django.start()
    django.migrate()
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    from lionrock.desk.audit.services import record  # noqa: PLC0415  # as above
    from lionrock.desk.suspects.selectors.labels import in_json, labels  # noqa: PLC0415  # as above

    secret = str(settings.SECRET_KEY).encode()
    record(by=None, action="export.labels", subject="labels", details={}, now=datetime.now(UTC))
    stream = sys.stdout.buffer if output is None else output.open("wb")
    count = 0
    try:
        for label in labels(secret=secret):
            stream.write(in_json(label))
            count += 1
    finally:
        if output is not None:
            stream.close()
    sys.stderr.write(f"{count:,} labels\n")
