"""Stored suspects for tests, put there through the product's own road."""

from datetime import UTC, datetime

from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.desk.suspects.brands import current
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.services.readings import (
    Counts,
    finish_reading,
    open_reading,
    store_batch,
)

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def store(
    *hosts: str, brand: str = "hsbc", score: float = 0.9, now: datetime = NOW
) -> list[Suspect]:
    """Store the hosts as suspects, each a little less certain than the one before; return them."""
    judgements = [
        Judgement(
            name=host,
            host=host,
            registrable=".".join(host.split(".")[-2:]),
            tenant_of=None,
            score=score - number / 100_000,
            verdict=Verdict.SUSPECT,
            brand=brand,
            reasons=(
                Reason(code="brand-word", about="hsbc", start=0, end=4),
                Reason(code="model"),
            ),
            model_version="test-1",
        )
        for number, host in enumerate(hosts)
    ]
    reading = open_reading(
        source="test", model_version="test-1", machine="", process=0, rejects_file="", now=now
    )
    store_batch(
        reading_id=reading.pk,
        judgements=judgements,
        counts=Counts(names=len(hosts)),
        book=current(),
        now=now,
    )
    finish_reading(reading_id=reading.pk, now=now)
    found = {suspect.host: suspect for suspect in Suspect.objects.filter(host__in=hosts)}
    return [found[host] for host in hosts]
