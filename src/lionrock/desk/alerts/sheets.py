"""Holds what analysts changed against the fact sheet their draft came from, with the briefing's own verifier."""

from collections.abc import Iterator, Mapping

from django.conf import settings

from lionrock.briefing.drafting.composing import House, verified
from lionrock.briefing.facts import FactSheet
from lionrock.briefing.sheets import loaded
from lionrock.desk.alerts.checking import Check, Flaw, Proof
from lionrock.desk.alerts.content import Content


def sheet_of(text: str) -> FactSheet | None:
    """Return the fact sheet that an alert keeps; None where it was begun without one."""
    return loaded(text) if text else None


def strict_check(sheet: FactSheet) -> Check:
    """Return the check of every sentence that rests on the sheet alone.

    What an analyst laid beside it, or cites from the tables, the sheet knows nothing of: such a
    sentence is held against the words of what it cites.
    """
    refs = sheet.references()

    def check(content: Content, proofs: Mapping[str, Proof], /) -> Iterator[Flaw]:
        house = House.shipped(settings.LIONROCK_REGION)
        some = [
            (index, sentence)
            for index, sentence in enumerate(content.sentences)
            if refs.issuperset(sentence.cites)
        ]
        found = verified([sentence for _index, sentence in some], sheet, house)
        for (index, _sentence), refusals in zip(some, found, strict=True):
            for one in refusals:
                about = (one.about,) if one.about else ()
                yield Flaw(
                    index=index, code=f"sheet-{one.code}", language=one.language, found=about
                )

    return check
