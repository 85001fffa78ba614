"""The report's words in each language, and how runs are put into their places."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lionrock.briefing.report.runs import Basis, Ref, Run, Runs
from lionrock.core.alerts import LANGUAGES
from lionrock.core.figures import Figure, Period, change

MINUS: Final = "\N{MINUS SIGN}"
_PLACE: Final = re.compile(r"\{([a-z_]+)(?:\?([^:}]*):([^}]*))?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language."""

    language: str
    table: Mapping[str, Any]  # Any: parsed TOML, its shape held by a test

    def has(self, key: str) -> bool:
        """Tell whether there are words for a key."""
        return self._find(key) is not None

    def raw(self, key: str) -> str:
        """Return the words of a key as they stand."""
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(key)
        return found

    def many(self, key: str) -> list[str]:
        """Return the list of a key."""
        found = self._find(key)
        if not isinstance(found, list):
            raise KeyError(key)
        return found

    def say(self, key: str, **places: Run | Runs | str) -> Runs:
        """Return the words of a key with its places filled; raise KeyError when one is not given.

        ``{n?event:events}`` picks by whether the number in ``n`` is one.
        """
        return tuple(self._filled(self.raw(key), places))

    def listed(self, items: Sequence[Runs]) -> Runs:
        """Return several things as one enumeration."""
        found: list[Run] = []
        for place, item in enumerate(items):
            if place:
                last = place == len(items) - 1
                found.append(Run(text=self.raw("last_comma" if last else "comma")))
            found += item
        return tuple(found)

    def joined(self, items: Sequence[Runs], mark: str = "semicolon") -> Runs:
        """Return several things with a mark between them."""
        found: list[Run] = []
        for place, item in enumerate(items):
            found += [Run(text=self.raw(mark))] if place else []
            found += item
        return tuple(found)

    def number(self, figure: Figure, *, strong: bool = False) -> Run:
        """Return a Figure's value; the dash where nothing was counted."""
        ref = Ref(basis=Basis.FIGURE, id=figure.id)
        return Run(text=self.shown(figure.value), ref=ref, strong=strong)

    def shown(self, value: int | Decimal | None) -> str:
        """Return a number as it is printed."""
        return self.raw("none") if value is None else f"{value:,}"

    def counted(self, figure: Figure) -> Runs:
        """Return a Figure's value with its unit."""
        return self.say(f"units.{figure.unit.value}", n=self.number(figure))

    def change(self, now: Figure, before: Figure, *, places: int = 0) -> Run:
        """Return the change as a table shows it: signed, ``new`` after a zero, the dash where there is
        none to tell."""
        ref = Ref(basis=Basis.CHANGE, id=now.id, before=before.id, places=places)
        return Run(text=self.change_shown(now, before, places=places), ref=ref)

    def change_shown(self, now: Figure, before: Figure, *, places: int) -> str:
        """Return the text of a change."""
        by = change(now, before, places=places)
        if by is None:
            new = before.value is not None and not before.value and now.value
            return self.raw("new") if new else self.raw("none")
        sign = MINUS if by < 0 else "+" if by > 0 else ""
        return f"{sign}{abs(by):,}%"

    def size_of_change(self, now: Figure, before: Figure, *, places: int = 0) -> Run:
        """Return the change without its sign, for a sentence that says which way."""
        by = change(now, before, places=places)
        if by is None:
            raise ValueError("there is no change to tell")
        ref = Ref(basis=Basis.CHANGE, id=now.id, before=before.id, places=places)
        return Run(text=f"{abs(by):,}%", ref=ref)

    def quarter(self, period: Period) -> Run:
        """Return a quarter in short."""
        return self._period(period, "quarter")

    def quarter_short(self, period: Period) -> Run:
        """Return a quarter as a column's head has room for it."""
        return self._period(period, "quarter_short")

    def quarter_long(self, period: Period) -> Run:
        """Return a quarter as sentences say it."""
        return self._period(period, "quarter_long")

    def day(self, day: date) -> Run:
        """Return a day."""
        text = self._filled(
            self.raw("day"),
            {
                "year": str(day.year),
                "month": self.many("months")[day.month - 1],
                "day": str(day.day),
            },
        )
        ref = Ref(basis=Basis.DAY, id=day.isoformat())
        return Run(text="".join(run.text for run in text), ref=ref)

    def fact(self, name: str, value: int) -> Run:
        """Return a number of the configuration."""
        return Run(text=f"{value:,}", ref=Ref(basis=Basis.FACT, id=name))

    def _period(self, period: Period, key: str) -> Run:
        year, _, number = period.key.partition("Q")
        places: dict[str, Run | Runs | str] = {
            "year": year,
            "number": number,
            "ordinal": self.many("ordinals")[int(number) - 1],
        }
        text = "".join(run.text for run in self._filled(self.raw(key), places))
        return Run(text=text, ref=Ref(basis=Basis.PERIOD, id=period.key))

    def _filled(self, text: str, places: Mapping[str, Run | Runs | str]) -> Iterator[Run]:
        done = 0
        for found in _PLACE.finditer(text):
            if found.start() > done:
                yield Run(text=text[done : found.start()])
            done = found.end()
            given = places[found[1]]
            runs = (given,) if isinstance(given, Run) else given
            if found[2] is not None:
                said = "".join(run if isinstance(run, str) else run.text for run in runs)
                yield Run(text=found[2] if said == "1" else found[3])
            elif isinstance(runs, str):
                yield Run(text=runs)
            else:
                yield from runs
        if done < len(text):
            yield Run(text=text[done:])

    def _find(self, key: str) -> object:
        found: object = self.table
        for word in key.split("."):
            if not isinstance(found, Mapping) or word not in found:
                return None
            found = found[word]
        return found


@cache
def words_of(language: str) -> Words:
    """Return the words of one of ``LANGUAGES``; raise ValueError for another."""
    if language not in LANGUAGES:
        raise ValueError(f"reports are written in {', '.join(LANGUAGES)}, not in {language}")
    place = files("lionrock.briefing.report") / "words" / f"{language}.toml"
    return Words(language=language, table=tomllib.loads(place.read_text(encoding="utf-8")))


def name(text: str) -> Run:
    """Return a proper name, which may hold digits."""
    return Run(text=text, ref=Ref(basis=Basis.NAME, id=text))


def of_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text of a language, the English one where there is none, or else any."""
    return texts.get(language) or texts.get(LANGUAGES[0]) or next(iter(texts.values()), "")
