"""Writes numbers, dates, periods and lists as each language does. Nothing else writes a digit of a draft."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from lionrock.briefing.wording import Wording
from lionrock.core.alerts import LANGUAGES
from lionrock.core.figures import Period

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_ORDINALS: Final = {1: "first", 2: "second", 3: "third", 4: "fourth"}
_QUARTERS: Final = {1: "一", 2: "二", 3: "三", 4: "四"}
_HAN: Final = r"\u3400-\u4dbf\u4e00-\u9fff"
_BETWEEN: Final = re.compile(rf"(?<=[{_HAN}])(?=[A-Za-z0-9(#+.-])|(?<=[A-Za-z0-9%)\]])(?=[{_HAN}])")
_DATES: Final = re.compile(r" ?(\d{4}) 年(?: ?(\d{1,2}) 月(?: ?(\d{1,2}) 日)?)? ?")
_SPACE: Final = re.compile(r" +([，。、；：！？「」（）“”《》])|([，。、；：！？「」（）“”《》]) +")

All = dict[str, str]


def number(value: int | Decimal) -> str:
    """Return a number with its thousands apart: 1,234; 2.5."""
    return f"{value:,}"


def percent(value: Decimal) -> str:
    """Return the size of a change; which way it went, the sentence says."""
    return f"{abs(value):,}%"


def day(when: date) -> All:
    """Return a day: 7 January 2026, 2026年1月7日."""
    chinese = f"{when.year}年{when.month}月{when.day}日"
    return {
        "en": f"{when.day} {MONTHS[when.month - 1]} {when.year}",
        "zh-Hant": chinese,
        "zh-Hans": chinese,
    }


def span(first: date, last: date, wording: Wording) -> All:
    """Return some days with the words that lead in: from 1 to 7 January 2026, 2026年1月1日至7日."""
    if first == last:
        return _filled(wording.terms["period"]["day"], a=day(first))
    start, end = day(first), day(last)
    if first.year == last.year:
        same = first.month == last.month
        start["en"] = f"{first.day}" if same else f"{first.day} {MONTHS[first.month - 1]}"
        short = f"{last.day}日" if same else f"{last.month}月{last.day}日"
        end |= {"zh-Hant": short, "zh-Hans": short}
    return _filled(wording.terms["period"]["span"], a=start, b=end)


def period(when: Period, wording: Wording) -> All:
    """Return a period with the words that lead in: in January 2026, 2026年1月."""
    terms = wording.terms["period"]
    if "Q" in when.key:
        quarter = int(when.key[-1])
        year = dict.fromkeys(LANGUAGES, str(when.first.year))
        name = {
            "en": _ORDINALS[quarter],
            "zh-Hant": _QUARTERS[quarter],
            "zh-Hans": _QUARTERS[quarter],
        }
        return _filled(terms["quarter"], q=name, y=year)
    if re.fullmatch(r"\d{4}", when.key):
        return _filled(terms["year"], y=dict.fromkeys(LANGUAGES, when.key))
    if re.fullmatch(r"\d{4}-\d{2}", when.key):
        chinese = f"{when.first.year}年{when.first.month}月"
        english = f"{MONTHS[when.first.month - 1]} {when.first.year}"
        return _filled(terms["month"], a={"en": english, "zh-Hant": chinese, "zh-Hans": chinese})
    return span(when.first, when.last, wording)


def joined(texts: Sequence[All], *, how: str = "and") -> All:
    """Return a list as each language writes it: a, b and c; a、b及c; a、b和c.

    ``how`` is ``and``, ``or``, or ``clauses`` for what is too long for one Chinese character between.
    """
    words = {
        "en": (", ", " or " if how == "or" else " and "),
        "zh-Hant": ("、", {"or": "或", "and": "及", "clauses": "，以及"}[how]),
        "zh-Hans": ("、", {"or": "或", "and": "和", "clauses": "，以及"}[how]),
    }
    found = {}
    for language in LANGUAGES:
        comma, final = words[language]
        parts = [each[language] for each in texts]
        found[language] = (
            parts[0] if len(parts) == 1 else comma.join(parts[:-1]) + final + parts[-1]
        )
    return found


def spaced(text: str, language: str) -> str:
    """Return Chinese text with a space between Chinese and Latin letters or numbers, dates excepted."""
    if not language.startswith("zh"):
        return " ".join(text.split())
    wide = _BETWEEN.sub(" ", text)
    wide = _DATES.sub(_date, " ".join(wide.split()))
    return _SPACE.sub(lambda found: found[1] or found[2], wide).strip()


def _date(found: re.Match[str]) -> str:
    year, month, number_of_day = found.groups()
    text = f"{year}年"
    if month:
        text += f"{month}月"
    if number_of_day:
        text += f"{number_of_day}日"
    return text


def _filled(texts: Mapping[str, str], **parts: All) -> All:
    def put(text: str, language: str) -> str:
        for name, part in parts.items():
            text = text.replace(f"{{{name}}}", part[language])
        return text

    return {language: put(texts[language], language) for language in LANGUAGES}
