"""What codes are called on pages: parts, changes, what is wrong, which rule forbids something."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lionrock.core.alerts import Impact, Part

TONGUES: Final = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
"""The languages by their own names."""

PARTS: Final[dict[Part, Promise]] = {
    Part.LEAD: _("Lead"),
    Part.LURES: _("What the messages say"),
    Part.STEPS: _("How the attack runs"),
    Part.SIGNS: _("How to recognise it"),
    Part.VARIANTS: _("Variants and related campaigns"),
    Part.TREND: _("How often it is seen"),
    Part.AFFECTED: _("What is affected"),
    Part.SOLUTIONS: _("Solutions"),
    Part.ADVICE: pgettext_lazy("what readers should do", "Advice"),
    Part.VICTIMS: _("If it has already happened to you"),
}

IMPACTS: Final[dict[Impact, Promise]] = {
    Impact.REMOTE_CODE_EXECUTION: _("Remote code execution"),
    Impact.ELEVATION_OF_PRIVILEGE: _("Elevation of privilege"),
    Impact.INFORMATION_DISCLOSURE: _("Information disclosure"),
    Impact.DENIAL_OF_SERVICE: _("Denial of service"),
    Impact.SECURITY_RESTRICTION_BYPASS: _("Security restriction bypass"),
    Impact.DATA_MANIPULATION: _("Data manipulation"),
    Impact.SPOOFING: _("Spoofing"),
    Impact.CROSS_SITE_SCRIPTING: _("Cross-site scripting"),
}

EVIDENCE: Final[dict[str, Promise]] = {
    "figure": _("Figure"),
    "episode": _("Episode"),
    "suspect": _("Suspect"),
    "trend": _("Trend"),
    "case": _("Case"),
    "source": _("Source"),
    "fact": _("Analyst’s fact"),
}

CHANGES: Final[dict[str, Promise]] = {
    "drafted": _("drafted"),
    "sentence": _("sentence changed"),
    "added": _("sentence added"),
    "removed": _("sentence removed"),
    "moved": _("sentence moved"),
    "title": _("title or kind changed"),
    "risk": _("risk or its reason changed"),
    "indicators": _("indicators changed"),
    "links": _("links changed"),
    "dropped": _("update dropped"),
    "title-part": _("Title"),
    "reason": _("Reason for the risk"),
    "cites": _("Evidence"),
}

DIFFERENCES: Final[dict[str, Promise]] = {
    "title": _("Title"),
    "risk": _("Risk"),
    "reason": _("Reason for the risk"),
    "indicators": _("Indicators"),
    "links": _("Links"),
    "cites": _("Evidence"),
}

FLAWS: Final[dict[str, Promise]] = {
    "no-lead": _("There is no lead."),
    "no-reason": _("The risk has no reason yet."),
    "no-title": _("The title is missing."),
    "empty": _("The sentence is missing."),
    "link": _("Not an https:// address: %(found)s"),
    "uncited": _("It cites nothing."),
    "unknown-cite": _("It cites what is not there: %(found)s"),
    "number": _("No evidence it cites holds the number %(found)s."),
    "name": _("No evidence it cites holds %(found)s."),
    "title-number": _("No evidence holds the title’s number %(found)s."),
    "parity-number": _("Numbers differ from the English: %(found)s"),
    "parity-name": _("Names differ from the English: %(found)s"),
    "parity-brand": _("Brands differ from the English: %(found)s"),
    "live": _("A program would make a link of this: %(found)s"),
    "sheet-uncited": _("It cites nothing."),
    "sheet-unresolved": _("It cites what the fact sheet does not hold: %(found)s"),
    "sheet-number": _("No evidence it cites holds the number %(found)s."),
    "sheet-date": _("No evidence it cites holds the date %(found)s."),
    "sheet-host": _("No evidence it cites holds %(found)s."),
    "sheet-link": _("A link that no evidence holds: %(found)s"),
    "sheet-cve": _("No evidence it cites holds %(found)s."),
    "sheet-brand": _("No evidence it cites is about %(found)s."),
    "sheet-place": _("No evidence it cites names the place %(found)s."),
    "sheet-name": _("No evidence it cites holds the name %(found)s."),
    "sheet-markup": _("Only plain text is published: %(found)s"),
    "sheet-length": _("It is too long."),
    "sheet-parity": _("The languages say different things: %(found)s"),
    "sheet-language": _("It is not in this language: %(found)s"),
    "sheet-copied": _("It copies words of strangers that nobody chose to show."),
    "sheet-refused": _("A word that must not stand here: %(found)s"),
    "no-news": _("Say in this language what changed."),
}
"""A flaw's code in words; ``found`` is defanged."""

REFUSALS: Final[dict[str, Promise]] = {
    "own": _("Nobody approves or publishes what they wrote themselves: a colleague decides."),
    "approved-before": _("You have approved it already; the highest risk needs a second person."),
    "too-few": _("Not everybody who has to has approved it."),
    "flawed": _("Something in it is still unsupported or incomplete; it is marked below."),
    "news": _(
        "Say in all three languages what changed: the same numbers, and nothing that becomes a link."
    ),
    "no-reason": _("A risk needs a reason."),
    "no-words": _("Say in a few words what is wrong."),
    "no-fact": _("A fact needs a name and its words."),
    "not-https": _("A source’s address begins with https://."),
    "not-clear": _("Only what is labelled TLP:CLEAR may be published."),
    "not-public": _("It is not published."),
    "unchanged": _("Nothing was changed since it was published."),
    "too-long": _("It would become too long."),
    "first": _("It stands first in its part already."),
    "unread": _("That could not be read, and nothing was changed."),
}
