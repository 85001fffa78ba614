"""Where tables are published, and the fetching of those that changed."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

from lionrock.core.errors import LionrockError
from lionrock.enrich.update import Incoming, Outcome
from lionrock.net.fetch import Answered, Fetched, fetch
from lionrock.net.guard import Network

LIMIT: Final = 2 << 30
TIMEOUT: Final = 1800.0
MARKS: Final = "fetched.json"
"""What each source last said of its file, so that an unchanged one is not fetched again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A published table: ``url`` may hold ``{month}``; ``checked`` is when both were last confirmed."""

    name: str
    url: str
    licence: str
    checked: date


@dataclass(slots=True, kw_only=True)
class Collected:
    """What came, what did not, and what to remember once the tables are kept."""

    files: list[Incoming]
    outcomes: list[Outcome]
    marks: dict[str, dict[str, str]]

    def remember(self, folder: Path) -> None:
        """Write down what was fetched, so that only news come next time."""
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{MARKS}"
        fresh.write_text(json.dumps(self.marks, indent=1) + "\n", encoding="utf-8")
        fresh.replace(folder / MARKS)


def published() -> tuple[Source, ...]:
    """Return the sources that are fetched."""
    text = files(__package__).joinpath("data/sources.toml").read_text(encoding="utf-8")
    return tuple(Source(**source) for source in tomllib.loads(text)["source"])


def collect(
    sources: Sequence[Source],
    *,
    into: Path,
    tables: Path,
    now: datetime,
    allow: Sequence[str | Network] = (),
    tell: Callable[[str], None] = lambda text: None,
) -> Collected:
    """Fetch what changed into the folder ``into``; a source that fails does not stop the others."""
    found = Collected(files=[], outcomes=[], marks=_marks(tables))
    for source in sources:
        tell(f"{source.name}: {source.url}")
        try:
            path, fetched = _first(source, into, found.marks.get(source.name, {}), now, allow)
        except LionrockError as error:
            found.outcomes.append(Outcome(what=source.name, why=str(error)))
            continue
        if not fetched.fresh:
            found.outcomes.append(Outcome(what=source.name, why="has not changed"))
            continue
        day = (_modified(fetched) or now).date()
        found.files.append(Incoming(path=path, day=day, licence=source.licence))
        found.marks[source.name] = {
            "url": fetched.url,
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
        }
    return found


def _first(
    source: Source,
    into: Path,
    mark: Mapping[str, str],
    now: datetime,
    allow: Sequence[str | Network],
) -> tuple[Path, Fetched]:
    """Fetch the source's file of this month or, where none is out yet, of the month before."""
    urls = list(_urls(source.url, now))
    path = into / source.name
    for number, url in enumerate(urls, start=1):
        same = mark.get("url") == url
        try:
            with path.open("wb") as file:
                fetched = fetch(
                    url,
                    into=file,
                    limit=LIMIT,
                    timeout=TIMEOUT,
                    etag=mark.get("etag", "") if same else "",
                    last_modified=mark.get("last_modified", "") if same else "",
                    allow=allow,
                )
        except Answered as error:
            if error.status != 404 or number == len(urls):
                raise
        else:
            return path, fetched
    raise AssertionError(source.url)


def _urls(url: str, now: datetime) -> Iterator[str]:
    if "{month}" not in url:
        yield url
        return
    yield url.replace("{month}", f"{now:%Y-%m}")
    yield url.replace("{month}", f"{now.replace(day=1) - timedelta(days=1):%Y-%m}")


def _modified(fetched: Fetched) -> datetime | None:
    try:
        return parsedate_to_datetime(fetched.last_modified).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _marks(tables: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads((tables / MARKS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
