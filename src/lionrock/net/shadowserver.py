"""The Shadowserver Foundation's reports API: which reports there are, and each report once.

Source: the foundation's "API: Reports Query" and "API Documentation" pages (method
``reports/list``; every request is JSON with ``apikey``, signed by HMAC-SHA-256 of its body under the
secret, in the header ``HMAC2``), and downloads by id from its download host.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from lionrock.core.errors import GiveUp, TryLater
from lionrock.net.carrying import Arrival, Order, Place, Refused
from lionrock.net.http import kept_headers

API: Final = "https://transform.shadowserver.org/api2/"
DOWNLOADS: Final = "https://dl.shadowserver.org/"
BACK: Final = 3
"""Days behind the newest one that are asked for again: reports come late."""
MOST_DAYS: Final = 14
LIST_LIMIT: Final = 32 * 2**20
_ID: Final = re.compile(r"[A-Za-z0-9_-]{4,128}")


def carry(order: Order) -> Iterator[Arrival | Place]:
    """Yield each report that was not fetched yet, by day.

    The secret is the API key and its secret with a space between. Options: ``types`` and ``reports``
    narrow (words), ``days`` looks further back at first (at most 14), ``downloads`` is another
    download host. The cursor holds the newest day and the ids fetched in the days asked again.
    """
    key, _, secret = order.secret.partition(" ")
    if not key or not secret.strip():
        raise Refused("Shadowserver wants a key and its secret: set them with a space between")
    newest, seen = read_cursor(order.place.cursor)
    today = order.now.date()
    days = min(int(order.options.get("days", "2") or 2), MOST_DAYS)
    begin = (
        max(newest - timedelta(days=BACK), today - timedelta(days=MOST_DAYS))
        if newest
        else (today - timedelta(days=days))
    )
    listed = _list(order, key=key, secret=secret.strip(), begin=begin, end=today)
    for report in sorted(listed, key=lambda each: (each["timestamp"], each["id"])):
        day = date.fromisoformat(report["timestamp"])
        if report["id"] in seen:
            continue
        url = f"{order.options.get('downloads', DOWNLOADS).rstrip('/')}/{report['id']}"
        with order.web(url, limit=order.limit) as reply:
            seen[report["id"]] = day
            newest = max(newest or day, day)
            yield Arrival(
                name=report["file"],
                content=reply.body,
                origin=url,
                headers={**kept_headers(reply.headers), "report-type": report["type"]},
                place=Place(cursor=write_cursor(newest, seen)),
            )


def _list(order: Order, *, key: str, secret: str, begin: date, end: date) -> list[dict[str, str]]:
    """Ask which reports there are in these days."""
    asked: dict[str, Any] = {"apikey": key, "date": f"{begin}:{end}"}  # Any: JSON
    if reports := order.options.get("reports", "").split():
        asked["reports"] = reports
    body = json.dumps(asked).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    url = f"{(order.address or API).rstrip('/')}/reports/list"
    headers = {"hmac2": signature, "content-type": "application/json"}
    with order.web(url, headers=headers, send=body, limit=LIST_LIMIT) as reply:
        try:
            found = json.load(reply.body)
        except ValueError as error:
            raise TryLater(f"{urlsplit(url).hostname} does not answer in JSON") from error
    if isinstance(found, dict) and "error" in found:
        raise Refused(f"Shadowserver says: {str(found['error'])[:200]}")
    if not isinstance(found, list):
        raise TryLater("Shadowserver's answer is no list of reports")
    types = order.options.get("types", "").split()
    listed = [report for each in found if (report := _report(each)) is not None]
    return [each for each in listed if not types or each["type"] in types]


def _report(found: Any) -> dict[str, str] | None:  # Any: what the server said
    """Return one entry of the list when it is one: its id becomes part of an address."""
    if not isinstance(found, dict):
        return None
    wanted = {name: str(found.get(name, ""))[:300] for name in ("id", "file", "timestamp", "type")}
    wanted["timestamp"] = wanted["timestamp"][:10]
    try:
        date.fromisoformat(wanted["timestamp"])
    except ValueError:
        return None
    if not _ID.fullmatch(wanted["id"]):
        return None
    wanted["file"] = wanted["file"].rpartition("/")[2] or f"{wanted['id']}.csv"
    return wanted


def read_cursor(cursor: str) -> tuple[date | None, dict[str, date]]:
    """Return the newest day and the ids already fetched, from a cursor."""
    try:
        found = json.loads(cursor or "{}")
        days = {str(day): date.fromisoformat(day) for day in found.get("ids", {})}
        seen = {name: days[day] for day, names in found.get("ids", {}).items() for name in names}
        return (date.fromisoformat(found["newest"]) if "newest" in found else None), seen
    except (ValueError, AttributeError, TypeError) as error:
        raise GiveUp(f"the place reached cannot be read: {cursor[:100]}") from error


def write_cursor(newest: date, seen: dict[str, date]) -> str:
    """Return the cursor: ids of days that will not be asked for again are left out."""
    ids: dict[str, list[str]] = {}
    for name, day in sorted(seen.items()):
        if newest - day <= timedelta(days=BACK + 1):
            ids.setdefault(day.isoformat(), []).append(name)
    return json.dumps({"newest": newest.isoformat(), "ids": ids}, separators=(",", ":"))
