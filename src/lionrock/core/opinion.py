"""The words of a second opinion: what a large language model says of a name. Advice, never a decision."""

from dataclasses import dataclass
from enum import StrEnum


class Says(StrEnum):
    """Whom a name imitates, by the model's word."""

    BRAND = "brand"
    """A brand of the catalogue."""
    OTHER = "other"
    """Somebody who is not in the catalogue."""
    NOBODY = "nobody"
    CANNOT_TELL = "cannot-tell"


class Sure(StrEnum):
    """How sure the model says it is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a model says of one name.

    ``brand`` is a brand's id where ``says`` is BRAND, ``other`` a cleaned name where it is OTHER, both
    empty elsewhere. ``lure`` is one of ``lionrock.core.region.LURE_KINDS``, or empty. ``why`` is one
    sentence of the model's, plain text of limited length that no program makes a link of.
    """

    says: Says
    brand: str = ""
    other: str = ""
    lure: str = ""
    why: str = ""
    sure: Sure
