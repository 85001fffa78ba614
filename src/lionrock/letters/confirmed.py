"""A confirmed name as every export gets it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedName:
    """A name that a person confirmed as imitating ``brand``; ``reasons`` are reason codes."""

    host: str
    unicode: str
    registrable: str
    tenant_of: str | None
    brand: str
    brand_name: str
    sector: str
    score: float
    reasons: tuple[str, ...]
    first_read_at: datetime
    confirmed_at: datetime
