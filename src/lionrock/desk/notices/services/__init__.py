"""What people and workers may do to notices; every change goes through here."""

from lionrock.desk.notices.services.answers import accept_bounce
from lionrock.desk.notices.services.decide import (
    Outcome,
    approve,
    cancel,
    close,
    hold,
    let_leave_unsealed,
    release,
    resend,
    set_address,
    settle_unknown,
)
from lionrock.desk.notices.services.mailing import (
    mailing,
    set_answers,
    set_mailing,
    set_plus,
    set_scans_to_fix,
    start_mailing,
    stop_mailing,
)
from lionrock.desk.notices.services.stale import NoRecipient, Stale
from lionrock.desk.notices.services.words import (
    accept_answer,
    answer_in_portal,
    attach_answer,
    see_answer,
)

__all__ = [
    "NoRecipient",
    "Outcome",
    "Stale",
    "accept_answer",
    "accept_bounce",
    "answer_in_portal",
    "approve",
    "attach_answer",
    "cancel",
    "close",
    "hold",
    "let_leave_unsealed",
    "mailing",
    "release",
    "resend",
    "see_answer",
    "set_address",
    "set_answers",
    "set_mailing",
    "set_plus",
    "set_scans_to_fix",
    "settle_unknown",
    "start_mailing",
    "stop_mailing",
]
