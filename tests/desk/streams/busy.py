"""Streams in which something happened, for the tests of their pages and for pictures."""

from datetime import datetime, timedelta

from lionrock.core.streams import Gap, Head, Portion, StreamKind, Unread
from lionrock.desk.streams.models import LogList, Standing, Stream
from lionrock.desk.streams.services import keeping, running, setting_up
from lionrock.desk.streams.services.keeping import Found, Here
from lionrock.desk.streams.services.setting_up import Listed
from lionrock.desk.suspects.brands import current
from tests.desk.suspects.conftest import judgement

KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"


def busy_streams(*, now: datetime) -> None:
    """A log far behind with gaps and rejects, one that lied, a certstream that fails, a zone, more."""
    options = {"key": KEY, "protocol": "tiles", "submission": "https://log.example/2026h2/"}
    for name in ("lamp-post-2026h2", "harbour-2026h2"):
        _added(name, StreamKind.CT_LOG, f"https://{name}.example/", now=now, options=options)
    _added("mirror", StreamKind.CERTSTREAM, "wss://stream.example/", now=now)
    zone = {"zone": "example"}
    _added("zone", StreamKind.AXFR, "dns://192.0.2.53", now=now, options=zone)
    setting_up.add(
        name="gtlds",
        kind=StreamKind.CZDS,
        address="https://czds-api.icann.org/",
        account="cert@example.org",
        by=None,
        now=now,
    )
    retired = Listed(
        name="Old 2024",
        title="An old log",
        address="https://old.example/",
        options={**options, "key": "b2xk"},
        standing=Standing.RETIRED,
    )
    setting_up.take_list([retired], now=now)
    LogList.objects.create(
        address=setting_up.LOG_LIST, wanted=True, listed_at=now, logs=41, next_at=now
    )
    for hour in reversed(range(30)):
        at = now - timedelta(hours=hour)
        _kept("lamp-post-2026h2", _portion(hour, at), at=at, found=hour == 0)
    _kept("mirror", Portion(entries=3, newest=now), at=now)
    mirror = Stream.objects.get(name="mirror")
    Stream.objects.filter(pk=mirror.pk).update(claimed_by="w/2")
    running.fail(
        stream_id=mirror.pk,
        claimant="w/2",
        why="stream.example does not take a connection on port 443 (Connection refused)",
        asked=None,
        now=now,
    )
    harbour = Stream.objects.get(name="harbour-2026h2")
    Stream.objects.filter(pk=harbour.pk).update(claimed_by="w/3")
    running.ring(
        stream_id=harbour.pk,
        claimant="w/3",
        why="https://harbour-2026h2.example/: the tree is not a longer one of the tree we know",
        evidence={"lie": "forked", "held-size": 10, "offered": "AAAA"},
        now=now,
    )


def _portion(hour: int, at: datetime) -> Portion:
    gaps = (
        (Gap(why="before this stream began", first=0, last=1_200_000_000),)
        if hour == 29
        else (Gap(why="skipped: a person asked for it", first=1_200_300_000, last=1_200_400_000),)
        if hour == 9
        else ()
    )
    return Portion(
        entries=40_000 + 977 * (hour % 7),
        position={"index": 1_200_900_000 - hour},
        index=1_200_900_000 - hour,
        head=Head(size=1_201_500_000, root="ab" * 32, at=at, note="bm90ZQ=="),
        newest=at - timedelta(minutes=70),
        unread=[
            Unread(
                place=str(n),
                text="<script>alert(1)</script> name",
                why="has a character that no host name holds",
                raw=b"H",
            )
            for n in range(hour % 3)
        ],
        gaps=gaps,
    )


def _added(
    name: str,
    kind: StreamKind,
    address: str,
    *,
    now: datetime,
    options: dict[str, str] | None = None,
) -> None:
    since = now - timedelta(days=2)
    setting_up.add(name=name, kind=kind, address=address, by=None, now=since, options=options)
    setting_up.start(name=name, by=None, now=since)


def _kept(name: str, portion: Portion, *, at: datetime, found: bool = False) -> None:
    stream = Stream.objects.get(name=name)
    Stream.objects.filter(pk=stream.pk).update(claimed_by="w/1")
    host = f"hsbc-verify-{stream.pk}.example"
    keeping.keep(
        stream_id=stream.pk,
        portion=portion,
        found=Found(
            judgements=[judgement(host)] if found else [],
            judged=portion.entries // 2,
            repeated=portion.entries // 3,
            model_version="1",
        ),
        here=Here(claimant="w/1", machine="here", process=1),
        book=current(),
        now=at,
    )
