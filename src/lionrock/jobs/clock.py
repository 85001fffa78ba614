"""What is done again and again, how often, and by which service: the day of a worker."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import connections

from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.selectors.blobs import waiting
from lionrock.desk.feeds.services import aids, drop, silence, sources
from lionrock.desk.feeds.services.collect import Surroundings, collect
from lionrock.desk.work import services as work
from lionrock.regions import load

log: Final = structlog.get_logger()

Clock = Callable[[], datetime]
AT_ONCE: Final = 8
"""Deliveries that are offered to the workers in one go; each reads one at a time."""
LISTENS: Final = 3600.0
"""Seconds for which a worker listens to a stream before it begins anew."""
LISTENS_ONCE: Final = 60.0
"""The same for somebody who waits for the end."""
STREAMS: Final = 6 * 3600.0
"""Seconds for which a worker reads a stream of names before any worker may take it up anew."""
CONTACTS_AT_ONCE: Final = 30
"""Questions to registries in one go; each server is asked once in a second."""


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing to do. ``cron`` says when (seconds first); ``due`` looks whether there is work now.

    ``do`` takes the worker's name and the clock and can be repeated, or killed, at any time.
    """

    name: str
    cron: str
    do: Callable[[str, Clock], object]
    due: Callable[[datetime], bool] = lambda _now: False


def around(*, stay: float = LISTENS) -> Surroundings:
    """Return what collecting needs to know of this machine."""
    return Surroundings(
        data=Path(settings.LIONROCK_DATA), allow=settings.LIONROCK_INTERNAL, stay=stay
    )


# Two things are done one by one: a feed is collected, a delivery is read ---------------------


def collect_one(feed: str, worker: str, clock: Clock) -> object:
    """Collect one feed."""
    return collect(feed=feed, worker=worker, around=around(), clock=clock)


def read_one(blob: int, worker: str, clock: Clock) -> None:
    """Read one delivery."""
    from lionrock.jobs.road import read_blob  # noqa: PLC0415  # heavy, and not every worker reads

    read_blob(blob, worker=worker, clock=clock)


def read_some(first: int, worker: str, clock: Clock) -> None:
    """Read a delivery and a few that wait behind it: a promise of the engine costs half a second."""
    read_one(first, worker, clock)
    for blob in waiting_blobs(clock()):
        read_one(blob, worker, clock)


def due_feeds(now: datetime) -> list[str]:
    """Return the feeds to collect now."""
    return sources.due(now=now)


def waiting_blobs(now: datetime) -> list[int]:
    """Return the deliveries to read now, oldest first: fresh ones, and those whose reader died."""
    return [blob.pk for blob in waiting(now=now, limit=AT_ONCE)]


def due_streams(now: datetime) -> list[int]:
    """Return the streams of names to read now: started, and read by nobody."""
    from lionrock.desk.streams.services import running  # noqa: PLC0415  # as above

    return running.due(now=now)


def stream_one(stream: int, worker: str, clock: Clock, *, stay: float = STREAMS) -> object:
    """Read one stream of names for as long as it is wanted, ``stay`` seconds at most."""
    from lionrock.jobs import streaming  # noqa: PLC0415  # heavy, and not every worker has a stream

    return streaming.run_stream(
        stream, worker=worker, around=streaming.here_around(), clock=clock, stay=stay
    )


# The others are done for everything at once ---------------------------------------------------


def route(worker: str, clock: Clock) -> object:
    """Make notices of what complete deliveries say, and pass on what is others'."""
    from lionrock.desk.notices.services.passing import route_passed  # noqa: PLC0415  # heavy
    from lionrock.desk.notices.services.route import route_complete  # noqa: PLC0415  # as above

    now = clock()
    return route_complete(now=now) + route_passed(now=now)


def escalate(worker: str, clock: Clock) -> object:
    """Tell the next one where nothing was fixed and nobody answered in time."""
    from lionrock.desk.notices.services.escalate import escalate_due  # noqa: PLC0415  # heavy

    return escalate_due(now=clock())


def send(worker: str, clock: Clock) -> object:
    """Send the letters whose time has come."""
    from lionrock.desk.notices.services.outbox import send_due  # noqa: PLC0415  # heavy
    from lionrock.jobs.mail import transport  # noqa: PLC0415  # as above

    with transport() as line:
        return send_due(transport=line, worker=worker, now=clock())


def tell_subscribers(worker: str, clock: Clock) -> object:
    """Send subscribers their mails about alerts, and those that ask to confirm."""
    from lionrock.desk.alerts.services.outbox import send_due  # noqa: PLC0415  # heavy
    from lionrock.jobs.mail import transport  # noqa: PLC0415  # as above

    with transport() as line:
        return send_due(transport=line, worker=worker, now=clock())


def answers(worker: str, clock: Clock) -> object:
    """Take the mails that came back."""
    from lionrock.jobs.mail import take_answers  # noqa: PLC0415  # heavy

    return take_answers(now=clock())


def recheck(worker: str, clock: Clock) -> object:
    """See what was fixed and what was merely not seen."""
    from lionrock.desk.notices.services.looks import looked  # noqa: PLC0415  # heavy
    from lionrock.desk.notices.services.recheck import recheck as look  # noqa: PLC0415  # as above

    return look(now=clock(), probe=looked())


def look_around(worker: str, clock: Clock) -> object:
    """Look ourselves whether told services still answer, where an administrator switched that on."""
    from lionrock.desk.notices.services.looks import look_around as look  # noqa: PLC0415  # heavy

    return look(now=clock())


def hand_over(worker: str, clock: Clock) -> object:
    """Hand newly confirmed suspects to the road, and call back those taken back."""
    from lionrock.jobs.own import deliver_confirmed  # noqa: PLC0415  # heavy

    return deliver_confirmed(now=clock())


def contacts(worker: str, clock: Clock) -> object:
    """Look up whom to tell where no constituent is responsible."""
    from lionrock.desk.constituents.services import found  # noqa: PLC0415  # heavy
    from lionrock.enrich.tables import Tables  # noqa: PLC0415  # as above
    from lionrock.net.rdap import Rdap, asking  # noqa: PLC0415  # as above

    if not found.due(now=clock()):
        return 0
    ask = asking(settings.LIONROCK_INTERNAL)
    return found.look_up(
        rdap=Rdap(found.servers(ask=ask, now=clock()), ask=ask),
        tables=Tables.load(settings.LIONROCK_DATA / "tables", load(settings.LIONROCK_REGION)),
        now=clock(),
        most=CONTACTS_AT_ONCE,
    )


def ring(worker: str, clock: Clock) -> object:
    """Ring for feeds that fell silent."""
    return silence.ring(now=clock())


def count_days(worker: str, clock: Clock) -> object:
    """Count the days that changed."""
    from lionrock.desk.figures.services.days import count_due  # noqa: PLC0415  # heavy

    return count_due(now=clock())


def correct_figures(worker: str, clock: Clock) -> object:
    """Count again what is kept of the periods that ended last, where late data changed their days."""
    from lionrock.desk.figures.services.editions import keep_again  # noqa: PLC0415  # heavy

    return keep_again(now=clock())


def retain(worker: str, clock: Clock) -> object:
    """Remove what was kept long enough."""
    from lionrock.desk.events.services.retention import retain as remove  # noqa: PLC0415  # heavy
    from lionrock.desk.figures.services import days  # noqa: PLC0415  # as above
    from lionrock.desk.notices.services.retention import forget  # noqa: PLC0415  # as above

    drop.sweep(data=Path(settings.LIONROCK_DATA), now=clock())
    forget(now=clock())
    days.forget(now=clock())
    return remove(now=clock())


def refresh_aids(worker: str, clock: Clock) -> object:
    """Fetch again what reading profits from, once a week."""
    return aids.refresh(around=around(), now=clock())


def follow_lists(worker: str, clock: Clock) -> object:
    """Look up which certificate logs there are, where an administrator follows a list."""
    from lionrock.jobs import log_lists  # noqa: PLC0415  # heavy

    return log_lists.follow_due(clock=clock)


def notice(worker: str, clock: Clock) -> object:
    """Look at the day before: what is new or rising; again as late events come in."""
    from lionrock.jobs.trends import find_due  # noqa: PLC0415  # heavy

    return find_due(now=clock())


def tidy_streams(worker: str, clock: Clock) -> object:
    """Remove what was kept long enough of streams."""
    from lionrock.desk.streams.services.keeping import tidy  # noqa: PLC0415  # as above

    return tidy(before=clock() - timedelta(days=settings.LIONROCK_KEEP_DELIVERIES))


def news(worker: str, clock: Clock) -> object:
    """Ask the sources of news that an administrator follows."""
    from lionrock.jobs.news_collecting import collect_due  # noqa: PLC0415  # heavy

    return collect_due(clock=clock)


def forget_news(worker: str, clock: Clock) -> object:
    """Remove news that were kept long enough."""
    from lionrock.desk.news.services.keeping import forget  # noqa: PLC0415  # heavy

    return forget(now=clock())


def second_opinions(worker: str, clock: Clock) -> object:
    """Ask a large language model about the suspects on top, where one is configured."""
    if not settings.LIONROCK_LLM_URL:
        return None
    from lionrock.jobs.opinions import ask_now  # noqa: PLC0415  # heavy

    return ask_now(clock=clock)


def unrouted(now: datetime) -> bool:
    """Tell whether a delivery was read and not routed."""
    return Blob.objects.filter(state=BlobState.COMPLETE, routed_at=None).exists()


def routable(now: datetime) -> bool:
    """Tell whether there is something to make notices of."""
    from lionrock.desk.events.models import Passed  # noqa: PLC0415  # as above

    return unrouted(now) or Passed.objects.filter(notice_id=None).exists()


def letters_due(now: datetime) -> bool:
    """Tell whether a letter may leave."""
    from lionrock.desk.notices.models import Letter, LetterState  # noqa: PLC0415  # as above

    return Letter.objects.filter(state=LetterState.READY, next_at__lte=now).exists()


def posts_due(now: datetime) -> bool:
    """Tell whether a mail to a subscriber waits to leave."""
    from lionrock.desk.alerts.services.outbox import due  # noqa: PLC0415  # heavy

    return due(now=now)


def scanned(now: datetime) -> bool:
    """Tell whether a scan came in since the last recheck, and nothing more is on its way just now."""
    from lionrock.desk.notices.models import Scan  # noqa: PLC0415  # heavy

    latest = Scan.objects.order_by("-pk").values_list("blob_id", flat=True).first()
    if latest is None or unrouted(now) or waiting(now=now, limit=1):
        return False
    routed = Blob.objects.filter(pk=latest).values_list("routed_at", flat=True).first()
    return routed is not None and not work.begun_since(name="recheck", at=routed)


DUTIES: Final[tuple[Duty, ...]] = (
    Duty(name="own", cron="10 * * * * *", do=hand_over),
    Duty(name="contacts", cron="15 */10 * * * *", do=contacts),
    Duty(name="route", cron="20 * * * * *", do=route, due=routable),
    Duty(name="send", cron="40 * * * * *", do=send, due=letters_due),
    Duty(name="subscribers", cron="45 * * * * *", do=tell_subscribers, due=posts_due),
    Duty(name="answers", cron="5 */2 * * * *", do=answers),
    Duty(name="escalate", cron="50 */10 * * * *", do=escalate),
    Duty(name="silence", cron="30 * * * * *", do=ring),
    Duty(name="recheck", cron="0 17 * * * *", do=recheck, due=scanned),
    Duty(name="probe", cron="0 37 * * * *", do=look_around),
    Duty(name="opinions", cron="35 */5 * * * *", do=second_opinions),
    Duty(name="aids", cron="0 47 */6 * * *", do=refresh_aids),
    Duty(name="log-lists", cron="25 */10 * * * *", do=follow_lists),
    Duty(name="news", cron="55 */10 * * * *", do=news),
    Duty(name="old-news", cron="0 43 4 * * *", do=forget_news),
    Duty(name="streams", cron="0 33 4 * * *", do=tidy_streams),
    Duty(name="figures", cron="55 */10 * * * *", do=count_days),
    Duty(name="corrections", cron="0 41 5 * * *", do=correct_figures),
    Duty(name="trends", cron="45 12 * * * *", do=notice),
    Duty(name="retention", cron="0 23 3 * * *", do=retain),
)
BY_NAME: Final = {duty.name: duty for duty in DUTIES}


def perform(name: str, *, worker: str, clock: Clock = utc_now) -> str:
    """Do a duty once, wherever nobody else does; return what went wrong, empty when nothing did."""
    if not work.begin_duty(name=name, by=worker, now=clock()):
        return ""
    failure = guarded(lambda: BY_NAME[name].do(worker, clock))
    work.end_duty(name=name, by=worker, now=clock(), failure=failure)
    return failure


def guarded(act: Callable[[], object]) -> str:
    """Do something and return what went wrong: the one place where a worker survives everything.

    The thread's connections are given back: it is the engine's, and may never be ours again.
    """
    try:
        act()
    except Exception as error:  # noqa: BLE001  # the worker's loop goes on to the next thing
        log_failure(error)
        return f"{type(error).__name__}: {error}"[:2000]
    finally:
        connections.close_all()
    return ""


def log_failure(error: Exception) -> None:
    """Write what happened where the administrator looks, with its place and without its data."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    log.error("work.failed", kind=type(error).__name__, where=where)


def once(*, worker: str, clock: Clock = utc_now) -> Iterator[str]:
    """Do everything there is to do, in order, until nothing is left; yield a line about each thing.

    The same services as the worker calls, without its engine: the tables alone say what is due.
    """
    for buried in work.bury(by=worker, now=clock()):
        yield f"took over from {buried}"
    for feed in due_feeds(clock()):
        done = collect(feed=feed, worker=worker, around=around(stay=LISTENS_ONCE), clock=clock)
        if done.busy:
            continue
        yield f"collected {feed}: {len(done.fresh)} new" + (
            f"; {done.failure}" if done.failure else ""
        )
    yield from _read_all(worker, clock)
    for stream in due_streams(clock()):
        yield f"read stream {stream}: {_stream_once(stream, worker, clock)}"
    for duty in DUTIES:
        failure = perform(duty.name, worker=worker, clock=clock)
        yield f"{duty.name}: {failure or 'done'}"


def _stream_once(stream: int, worker: str, clock: Clock) -> str:
    """Read what a stream holds by now, for a while; say what came of it."""
    from lionrock.jobs import streaming  # noqa: PLC0415  # as above

    ran = streaming.run_stream(
        stream,
        worker=worker,
        around=streaming.here_around(),
        clock=clock,
        stay=LISTENS_ONCE,
        until_caught_up=True,
    )
    return f"{ran.names} names, {ran.fresh} new suspects" + (
        f"; {ran.failure}" if ran.failure else ""
    )


def _read_all(worker: str, clock: Clock) -> Iterator[str]:
    """Read every waiting delivery once; one that fails is left to the next time."""
    tried: set[int] = set()
    while fresh := [blob for blob in waiting_blobs(clock()) if blob not in tried]:
        yield from _read_these(fresh, worker, clock)
        tried.update(fresh)


def _read_these(blobs: Iterable[int], worker: str, clock: Clock) -> Iterator[str]:
    for blob in blobs:
        failure = guarded(lambda blob=blob: read_one(blob, worker, clock))  # type: ignore[misc]  # bound at once
        yield f"read delivery {blob}" + (f": {failure}" if failure else "")
