"""Reads what people expect of the time to come: texts that stand in statistics as they were written."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp

LARGEST: Final = 256 * 1024
MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What somebody expects, and who: no program makes one."""

    by: str
    title: Mapping[str, str]
    text: Mapping[str, str]


def read_forecasts(content: bytes) -> tuple[Forecast, ...]:
    """Return the forecasts of a TOML file; raise GiveUp, naming the first thing that is wrong."""
    if len(content) > LARGEST:
        raise GiveUp("the forecasts are longer than 256 KiB")
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GiveUp(f"the forecasts are no TOML in UTF-8: {error}") from None
    entries = table.pop("forecast", [])
    if table or not isinstance(entries, list) or len(entries) > MOST:
        raise GiveUp(f"forecasts are at most {MOST} tables [[forecast]] and nothing else")
    return tuple(_forecast(number, entry) for number, entry in enumerate(entries, start=1))


def _forecast(number: int, entry: object) -> Forecast:
    if not isinstance(entry, dict) or set(entry) != {"by", "title", "text"}:
        raise GiveUp(f"forecast {number} must say by, title and text, and nothing else")
    by = entry["by"]
    if not isinstance(by, str) or not by.strip():
        raise GiveUp(f"forecast {number} must say by whom it is")
    return Forecast(
        by=by.strip(),
        title=_told(number, "title", entry["title"]),
        text=_told(number, "text", entry["text"]),
    )


def _told(number: int, key: str, said: object) -> dict[str, str]:
    if not isinstance(said, dict) or set(said) != set(LANGUAGES):
        raise GiveUp(f"the {key} of forecast {number} must be told in {', '.join(LANGUAGES)}")
    if not all(isinstance(text, str) and text.strip() for text in said.values()):
        raise GiveUp(f"the {key} of forecast {number} is empty in a language")
    return {language: said[language].strip() for language in LANGUAGES}
