"""Puts what code wrote into a sentence's slots, in every language at once."""

import re
from collections.abc import Mapping
from typing import Final

from lionrock.briefing.drafting import rendering
from lionrock.briefing.drafting.draft import Open, Slot
from lionrock.briefing.wording import SLOT, Texts
from lionrock.core.alerts import LANGUAGES, Sentence

_SMALL: Final = frozenset(
    {"a", "an", "and", "at", "by", "for", "in", "into", "of", "on", "or", "that", "the", "to", "with"}
)  # fmt: skip


VERBATIM: Final = frozenset(
    {"quote", "since", "asof", "on", "period", "period_before", "none_before", "gap", "gap_before"}
)
"""Slots whose text stays as it was made: strangers' words, and dates, which have no spaces in Chinese."""


class NoSlot(ValueError):
    """A sentence asks for a slot that there is not."""


def filled(sentence: Open) -> Sentence:
    """Return the sentence with its slots filled, citing what they rest on; raise NoSlot."""
    return Sentence(
        part=sentence.part,
        text={
            language: _text(sentence.text[language], sentence.slots, language)
            for language in LANGUAGES
        },
        cites=cites_of(sentence),
    )


def cites_of(sentence: Open) -> tuple[str, ...]:
    """Return what a sentence rests on: its own references and those of the slots that it holds."""
    names = {name for text in sentence.text.values() for name in SLOT.findall(text)}
    found = list(sentence.cites)
    for name, slot in sentence.slots.items():
        if name in names:
            found += slot.cites
    return tuple(dict.fromkeys(found))


def title(texts: Texts, slots: Mapping[str, Slot]) -> dict[str, str]:
    """Return a title: in English with capital letters, as titles have them."""
    capital = {
        name: Slot(
            name=name, text={**slot.text, "en": capitals(slot.text["en"].removeprefix("the "))}
        )
        for name, slot in slots.items()
    }
    return {language: _text(texts[language], capital, language) for language in LANGUAGES}


def capitals(text: str) -> str:
    """Return English text with the words of a title begun in capitals."""
    return re.sub(
        r"[A-Za-z][\w’'-]*",
        lambda found: found[0] if found[0] in _SMALL else found[0][0].upper() + found[0][1:],
        text,
    )


def _text(text: str, slots: Mapping[str, Slot], language: str) -> str:
    def put(found: re.Match[str]) -> str:
        slot = slots.get(found[1])
        if slot is None or not slot.text:
            raise NoSlot(found[1])
        return slot.text[language]

    first = SLOT.sub(lambda found: found[0] if found[1] in VERBATIM else put(found), text)
    done = SLOT.sub(put, rendering.spaced(first, language))
    return done[:1].upper() + done[1:] if language == "en" and SLOT.match(text) else done
