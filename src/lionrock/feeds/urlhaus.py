"""URLhaus of abuse.ch: URLs that hand out malware, in each form it is published in."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, heading, moment_of, text_of
from lionrock.feeds.reading import (
    Json,
    Record,
    Row,
    Unreadable,
    as_hash,
    read_csv,
    read_json,
)

_URLS: Final = frozenset({AssetKind.URL})
_ONLINE: Final = Claim(
    kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="urls"
)
_DUMP: Final = (
    "id",
    "dateadded",
    "url",
    "url_status",
    "last_online",
    "threat",
    "tags",
    "urlhaus_link",
    "reporter",
)
_PAYLOADS: Final = ("firstseen", "url", "filetype", "md5", "sha256", "signature")
_DETAILS: Final = ("url_status", "threat", "urlhaus_link", "reporter", "filetype", "last_online")
_EMPTY: Final = {"", "none", "null", "n/a"}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per URL, and one per payload where the payloads of a URL are told.

    Read are the CSV dumps of URLs and of payloads, the text list, the JSON dump (records under
    their ids) and the API's answers.
    """
    start = beginning(delivery)
    if start.startswith("["):
        return read_json(delivery, lambda record: _described(record, record.value))
    if start.startswith("{"):
        wrapped = '"urls"' in start[:200]
        return read_json(
            delivery,
            lambda record: _described(record, record.value),
            path=("urls",) if wrapped else ("*",),
        )
    return _rows(delivery, start)


def _rows(delivery: Delivery, start: str) -> Iterator[Event | Reject]:
    first = next((row for row in start.splitlines() if row.strip() and row[0] != "#"), "")
    commas = first.count(",")
    if commas == 0 or first.lower().startswith("http"):
        columns: tuple[str, ...] = ("url",)
    elif commas < 7:
        columns = heading(delivery, _PAYLOADS, holding="sha256")
    else:
        columns = heading(delivery, _DUMP, holding="dateadded")

    def row(found: Row) -> Iterator[Event]:
        if columns == ("url",):
            yield _event(found.line, delivery.received, ",".join(found.fields))
            return
        at = moment_of(found["dateadded"] or found["firstseen"])
        made = _event(found.line, at, found["url"])
        status = found["url_status"]
        yield replace(
            made,
            family=_family(found["signature"]),
            severity=Severity.LOW if status == "offline" else made.severity,
            ref=found["id"] or None,
            report="payloads" if "sha256" in columns else "urls",
            details=_details(
                {
                    **{name: found[name] for name in _DETAILS},
                    "tags": tuple(t for t in found["tags"].split(",") if t.lower() not in _EMPTY),
                    "md5": found["md5"],
                    "sha256": found["sha256"],
                }
            ),
        )

    return read_csv(delivery, row, columns=columns, spaced=True)


def _described(record: Record, value: Json) -> Iterator[Event]:
    """Yield the events of one JSON entry; under an id of the dump stands a list of one."""
    for entry in value if isinstance(value, list) else [value]:
        if not isinstance(entry, dict):
            raise Unreadable("is no JSON object")
        at = moment_of(text_of(entry, "dateadded") or text_of(entry, "date_added"))
        made = _event(record.line, at, text_of(entry, "url"))
        inner = entry.get("url_info_from_api")
        api = inner if isinstance(inner, dict) else {}
        tags = entry.get("tags")
        tags = api.get("tags") if not isinstance(tags, list) else tags
        common: dict[str, str | tuple[str, ...]] = {name: text_of(entry, name) for name in _DETAILS}
        common["tags"] = tuple(str(t) for t in tags) if isinstance(tags, list) else ()
        ref = text_of(entry, "id") or text_of(entry, "url_id") or None
        status = text_of(entry, "url_status")
        made = replace(
            made,
            ref=ref,
            severity=Severity.LOW if status == "offline" else made.severity,
            details=_details(common),
        )
        payloads = entry.get("payloads") or api.get("payloads") or []
        for payload in payloads if isinstance(payloads, list) else []:
            if isinstance(payload, dict):
                yield _with_payload(made, common, payload)
        if not payloads:
            yield made


def _with_payload(
    made: Event, common: Mapping[str, str | tuple[str, ...]], payload: Mapping[str, Json]
) -> Event:
    hashes = {
        "md5": text_of(payload, "response_md5") or text_of(payload, "md5_hash"),
        "sha256": text_of(payload, "response_sha256") or text_of(payload, "sha256_hash"),
    }
    return replace(
        made,
        family=_family(text_of(payload, "signature")),
        details=_details(
            {
                **common,
                **{name: value.lower() for name, value in hashes.items() if as_hash(value)},
                "filename": text_of(payload, "filename"),
                "filetype": text_of(payload, "file_type"),
            }
        ),
    )


def _event(line: int, at: datetime, url: str) -> Event:
    return event(_ONLINE, line=line, at=at, asset=assets(url, kinds=_URLS))


def _family(text: str) -> str | None:
    return None if text.lower() in _EMPTY else text.lower()


def _details(found: Mapping[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
    return {
        name: value
        for name, value in found.items()
        if value and (isinstance(value, tuple) or value.lower() not in _EMPTY)
    }


FEED = Feed(
    id="urlhaus",
    title="URLhaus",
    provider="abuse.ch",
    home="https://urlhaus.abuse.ch/api/",
    tlp=Tlp.CLEAR,
    trust=80,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(hours=1),
    carrier=Carrier.HTTP,
    address="https://urlhaus.abuse.ch/downloads/csv_recent/",
    licence="CC0; key needed for the API",
)
