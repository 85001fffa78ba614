"""Follows lists of certificate logs: logs appear from a list, stopped; an administrator starts them."""

import base64
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from lionrock.core.errors import LionrockError
from lionrock.desk.streams.models import LogList, Standing
from lionrock.desk.streams.services.running import plain, wait_after
from lionrock.desk.streams.services.setting_up import Listed, take_list
from lionrock.net.ct.logs import LOG_LIST, LONGEST_LIST, Log, read_log_list
from lionrock.net.fetch import fetch

EVERY: Final = timedelta(hours=12)
SECONDS: Final = 60.0
DEFAULT: Final = LOG_LIST

Clock = Callable[[], datetime]


def follow_due(*, clock: Clock) -> int:
    """Fetch the lists that are followed and whose time has come; return how many were read."""
    due = Q(next_at=None) | Q(next_at__lte=clock())
    read = 0
    for row in LogList.objects.filter(due, wanted=True):
        read += follow_one(row, clock=clock)
    return read


def follow_one(row: LogList, *, clock: Clock) -> bool:
    """Fetch one list and take its logs; write what went wrong to its row, and return whether all
    went well."""
    body = io.BytesIO()
    try:
        fetched = fetch(
            row.address,
            into=body,
            limit=LONGEST_LIST,
            timeout=SECONDS,
            etag=row.etag,
            last_modified=row.last_modified,
            allow=settings.LIONROCK_INTERNAL,
        )
        logs = read_log_list(body.getvalue()).logs if fetched.fresh else None
    except (LionrockError, OSError) as error:
        row.failures += 1
        row.failure = plain(str(error) or type(error).__name__)[:2000]
        row.next_at = clock() + wait_after(row.failures + 6)
        row.save(update_fields=["failures", "failure", "next_at"])
        return False
    with transaction.atomic():
        if logs is not None:
            take_list([listed(log) for log in logs], now=clock())
            row.logs = len(logs)
            row.etag = fetched.etag[:1000]
            row.last_modified = fetched.last_modified[:100]
        row.failures, row.failure = 0, ""
        row.listed_at, row.next_at = clock(), clock() + EVERY
        row.save()
    return True


def take_file(content: bytes, *, now: datetime) -> tuple[int, int]:
    """Take the logs of a list handed in as a file; return how many were new and how many changed."""
    return take_list([listed(log) for log in read_log_list(content).logs], now=now)


def listed(log: Log) -> Listed:
    """Return a log as the desk keeps it."""
    options = {
        "key": base64.b64encode(log.key).decode(),
        "protocol": log.kind.value,
        "mmd": str(log.mmd),
        "operator": log.operator[:200],
    }
    if log.submission_url != log.url:
        options["submission"] = log.submission_url
    known = log.state.value in set(Standing.values)
    return Listed(
        name=log.origin,
        title=log.description or log.origin,
        address=log.url,
        options=options,
        standing=Standing(log.state.value) if known else Standing.PENDING,
    )
