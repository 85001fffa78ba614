"""All that was counted of one period, looked up by id or by what it counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Final

from lionrock.core.figures import Figure, Gap, Period

UNNAMED: Final = "unnamed"
"""What stands in an id for a name that a source left out."""

_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Every Figure of a period, in the order of publication.

    ``upto`` is the last day that is in: before ``period.last`` where the period is not over.
    ``gaps`` are the silences of all feeds, those of a Figure's own feeds stand in the Figure.
    ``uncounted`` are days whose events changed since they were last counted: while there is one, the
    figures lack what came late.
    """

    period: Period
    upto: date
    figures: tuple[Figure, ...]
    gaps: tuple[Gap, ...] = ()
    uncounted: tuple[date, ...] = ()
    _by_id: dict[str, Figure] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse two figures of one id."""
        by_id = {figure.id: figure for figure in self.figures}
        if len(by_id) != len(self.figures):
            raise ValueError("two figures bear the same id")
        object.__setattr__(self, "_by_id", by_id)

    def __iter__(self) -> Iterator[Figure]:
        """Yield the figures in order."""
        return iter(self.figures)

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a Figure of that id, with or without the period's key."""
        return self._full(name) in self._by_id

    def __getitem__(self, name: str) -> Figure:
        """Return the Figure of an id; its period's key may be left out (``phishing.unique_url``)."""
        return self._by_id[self._full(name)]

    def get(self, name: str) -> Figure | None:
        """Return the Figure of an id, ``None`` where there is none."""
        return self._by_id.get(self._full(name))

    def parts(self, definition: str, by: str) -> tuple[Figure, ...]:
        """Return what a count is told apart by (``bots.size`` by ``family``), the highest first."""
        return tuple(
            figure
            for figure in self.figures
            if figure.definition == definition and [name for name, _ in figure.filters] == [by]
        )

    def part(self, definition: str, by: str, value: str) -> Figure:
        """Return one of the parts; zero where the whole was counted and nothing was met of this part.

        ``None`` is its value where the whole could not be counted. Raises KeyError where there is no
        such whole.
        """
        name = f"{self.period.key}.{definition}.{by}.{slug(by, value)}"
        found = self._by_id.get(name)
        if found is not None:
            return found
        whole = self[definition]
        return Figure(
            id=name,
            stream=whole.stream,
            definition=definition,
            period=whole.period,
            unit=whole.unit,
            value=None if whole.value is None else 0,
            filters=((by, value),),
            query=whole.query,
            gaps=whole.gaps,
        )

    def _full(self, name: str) -> str:
        start = f"{self.period.key}."
        return name if name.startswith(start) else start + name


def slug(by: str, value: str) -> str:
    """Return a value as it stands in an id: itself where it is plain, else what is plain of it and a digest."""
    if by == "network":
        return f"as{value}" if value != "0" else "unknown"
    if not value:
        return UNNAMED
    low = value.lower()
    if value == low and value != UNNAMED and _PLAIN.fullmatch(value):
        return value
    if by == "country" and _PLAIN.fullmatch(low):
        return low
    rest = re.sub(r"[^a-z0-9._-]+", "-", low).strip("._-")[:40]
    digest = blake2b(value.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{rest}-{digest}" if rest else f"x-{digest}"
