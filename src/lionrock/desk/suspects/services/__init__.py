"""What people and scans may do to suspects; every change goes through here."""

from lionrock.desk.suspects.services.decide import confirm, dismiss, undo
from lionrock.desk.suspects.services.proposals import Settled, accept_proposal, reject_proposal
from lionrock.desk.suspects.services.readings import (
    Counts,
    Stored,
    fail_reading,
    finish_reading,
    open_reading,
    store_batch,
)
from lionrock.desk.suspects.services.series import Member, decide_series
from lionrock.desk.suspects.services.stale import Stale
from lionrock.desk.suspects.services.talk import assign, comment
from lionrock.desk.suspects.services.team import set_team

__all__ = [
    "Counts",
    "Member",
    "Settled",
    "Stale",
    "Stored",
    "accept_proposal",
    "assign",
    "comment",
    "confirm",
    "decide_series",
    "dismiss",
    "fail_reading",
    "finish_reading",
    "open_reading",
    "reject_proposal",
    "set_team",
    "store_batch",
    "undo",
]
