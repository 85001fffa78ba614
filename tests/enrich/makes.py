"""Small tables and events for tests of facts and scope."""

from datetime import UTC, date, datetime
from pathlib import Path

from lionrock.core.events import Asset, AssetKind, Event, Part
from lionrock.core.region import Region
from lionrock.core.rsit import Rsit
from lionrock.enrich.update import Incoming, Outcome, take_in

XX = Region(
    code="xx",
    names={"en": "Nowhere"},
    timezone="UTC",
    languages=("en",),
    tlds=("xx", "xn--j1ay"),
    countries=("XX", "XY"),
    sectors={},
    brands=(),
)


def event(asset: str, kind: AssetKind = AssetKind.ADDRESS, **more: object) -> Event:
    settings: dict[str, object] = {
        "line": 1,
        "at": datetime(2026, 11, 20, 8, tzinfo=UTC),
        "asset": Asset(kind=kind, value=asset),
        "part": Part.HOST,
        "kind": Rsit.OTHER,
        "address": asset if kind is AssetKind.ADDRESS else None,
        "host": asset if kind is AssetKind.HOST else None,
        **more,
    }
    return Event(**settings)  # type: ignore[arg-type]  # as each test says


def laid(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file to take in."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / name
    place.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return place


def taken(
    folder: Path,
    content: str | bytes,
    *,
    day: str = "2026-11-20",
    force: bool = False,
    keep: int = 12,
) -> list[Outcome]:
    """Take one file into ``folder / "tables"`` and return what became of it."""
    path = laid(folder / "in", "file", content)
    return take_in(
        [Incoming(path=path, day=date.fromisoformat(day))],
        into=folder / "tables",
        force=force,
        keep=keep,
    )
