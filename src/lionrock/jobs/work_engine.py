"""The durable engine under the worker: DBOS on a database of its own, its traps stepped around.

Each line of ``launch`` that looks odd has its reason in one of these: SQLite needs WAL set by us; two
processes with one executor id run each other's jobs; a fixed application version lets an upgraded
worker finish old work; queues and schedules are registered after launch; JSON instead of pickle;
bounded threads; connections given back after every step; a step may be repeated, so each is idempotent.

A workflow here is only a promise that something will be tried. What is due, and what was done, stands
in the tables: losing the engine's database costs nothing but the promises under way.
"""

import logging
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, error
from django.conf import settings

from lionrock.jobs import clock

NAME: Final = "lionrock"
VERSION: Final = "1"
"""Changed only when workflows of the old code cannot be finished by the new."""
FILE: Final = "work.sqlite3"
SCHEMA: Final = "dbos"
THREADS: Final = 112
KEPT_FOR: Final = timedelta(days=1)
"""How long the engine remembers what was finished."""
COLLECT, READ, DUTIES, STREAMS = "collect", "read", "duties", "streams"
SIDE_BY_SIDE: Final = {COLLECT: 4, READ: 1, DUTIES: 4, STREAMS: 80}
"""How many of each kind one worker does at a time."""

_worker = ""
"""Who this process is: workflows are plain functions and cannot be handed it."""


@DBOS.step()
def _collect(feed: str) -> str:
    return clock.guarded(lambda: clock.collect_one(feed, _worker, clock.utc_now))


@DBOS.step()
def _read(blob: int) -> str:
    return clock.guarded(lambda: clock.read_some(blob, _worker, clock.utc_now))


@DBOS.step()
def _stream(stream: int) -> str:
    return clock.guarded(lambda: clock.stream_one(stream, _worker, clock.utc_now))


@DBOS.step()
def _perform(name: str) -> str:
    return clock.perform(name, worker=_worker)


@DBOS.workflow(name="collect_feed")
def collect_feed(feed: str) -> str:
    """Collect one feed."""
    return _collect(feed)


@DBOS.workflow(name="read_delivery")
def read_delivery(blob: int) -> str:
    """Read a delivery, and some that wait behind it."""
    return _read(blob)


@DBOS.workflow(name="read_stream")
def read_stream(stream: int) -> str:
    """Read a stream of names for as long as it is wanted."""
    return _stream(stream)


@DBOS.workflow(name="do_duty")
def do_duty(_when: Any, name: Any) -> None:  # Any: what the scheduler hands over, as JSON
    """Do one duty: when its hour has come, or because there is work."""
    _perform(str(name))


def launch(worker: str) -> sa.Engine:
    """Start the engine for this worker; what an earlier process of its name left unfinished goes on."""
    global _worker  # noqa: PLW0603  # see above
    _worker = worker
    logging.getLogger("dbos").setLevel(logging.WARNING)
    engine = _engine()
    config: DBOSConfig = {
        "name": NAME,
        "system_database_engine": engine,
        "dbos_system_schema": SCHEMA,
        "executor_id": worker,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "max_executor_threads": THREADS,
        "use_listen_notify": False,
        "enable_otlp": False,
        "log_level": "WARNING",
        "scheduler_polling_interval_sec": 30.0,
    }
    DBOS(config=config)
    DBOS.launch()
    for name, count in SIDE_BY_SIDE.items():
        DBOS.register_queue(name, worker_concurrency=count, polling_interval_sec=0.5)
    DBOS.apply_schedules(
        [
            {
                "schedule_name": duty.name,
                "workflow_fn": do_duty,
                "schedule": duty.cron,
                "context": duty.name,
                "queue_name": DUTIES,
            }
            for duty in clock.DUTIES
        ]
    )
    return engine


def stop(engine: sa.Engine) -> None:
    """Stop taking work, give what is under way a moment, and let go."""
    if streaming := sys.modules.get("lionrock.jobs.streaming"):  # loaded where a stream was read
        streaming.end_all()
    DBOS.destroy(workflow_completion_timeout_sec=10)
    engine.dispose()


def offer_work() -> int:
    """Promise what the tables say is due now; return how many promises were new."""
    now = clock.utc_now()
    offered = 0
    for feed in clock.due_feeds(now):
        offered += _offer(COLLECT, f"collect {feed}", collect_feed, feed)
    for blob in clock.waiting_blobs(now):
        offered += _offer(READ, f"read {blob}", read_delivery, blob)
    for stream in clock.due_streams(now):
        offered += _offer(STREAMS, f"stream {stream}", read_stream, stream)
    for duty in clock.DUTIES:
        if duty.due(now):
            offered += _offer(DUTIES, f"duty {duty.name}", do_duty, "", duty.name)
    return offered


def resume(dead: list[str]) -> None:
    """Let this worker and the others finish what dead ones had begun."""
    if dead:
        DBOS._recover_pending_workflows(dead)  # its only public form is a paid service


def forget_finished() -> int:
    """Remove finished workflows from the engine's database; return how many."""
    before = (clock.utc_now() - KEPT_FOR).isoformat()
    old = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        end_time=before,
        limit=5000,
        load_input=False,
        load_output=False,
    )
    if old:
        DBOS.delete_workflows([each.workflow_id for each in old])
    return len(old)


def _offer(queue: str, key: str, workflow: Callable[..., object], *arguments: object) -> int:
    """Enqueue unless the same promise is still open, with whichever worker."""
    try:
        with SetEnqueueOptions(deduplication_id=key):
            DBOS.enqueue_workflow(queue, workflow, *arguments)
    except error.DBOSQueueDeduplicatedError:
        return 0
    return 1


def _engine() -> sa.Engine:
    """Return an engine for the jobs' own database: a file beside the records, or a schema beside them."""
    at = settings.DATABASES["default"]
    if at["ENGINE"].endswith("postgresql"):
        url = sa.URL.create(
            "postgresql+psycopg",
            username=at["USER"] or None,
            password=at["PASSWORD"] or None,
            host=at["HOST"] or None,
            port=int(at["PORT"]) if at["PORT"] else None,
            database=at["NAME"],
            query={k: str(v) for k, v in at["OPTIONS"].items() if k != "pool"},
        )
        return sa.create_engine(url, pool_size=5, max_overflow=10, pool_pre_ping=True)
    engine = sa.create_engine(
        f"sqlite:///{Path(settings.LIONROCK_DATA) / FILE}", connect_args={"timeout": 30}
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:  # Any: SQLAlchemy's own
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=30000",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine
