"""What a log signed about its tree, and what it is told about itself when it lied."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lionrock.core.errors import GiveUp


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedState:
    """A tree head whose signature was checked: so many entries, this root, signed then.

    ``note`` is what the log sent, as it came (a checkpoint, or the JSON of ``get-sth``): with the
    log's key it proves to anybody that the log said so.
    """

    size: int
    root: bytes
    at: datetime
    note: bytes


class Lie(StrEnum):
    """In which way a log broke its promise."""

    NOT_SIGNED = "not_signed"
    """No signature of the log's key holds."""
    SHRANK = "shrank"
    """It signed a smaller tree later."""
    FORKED = "forked"
    """Two of its trees are not one the beginning of the other."""
    WRONG_TREE = "wrong_tree"
    """Its hashes do not lead to the root that it signed."""
    WRONG_ENTRIES = "wrong_entries"
    """Its entries do not lead to its hashes, or cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What to keep of a lie: the state that was held, what was offered instead, from where, when."""

    lie: Lie
    log_id: bytes
    url: str
    why: str
    held: SignedState | None
    offered: bytes
    at: datetime


class Lied(GiveUp):
    """A log broke its promise: following ends, a person looks at ``evidence``."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(f"{evidence.url}: {evidence.why}")
        self.evidence = evidence
