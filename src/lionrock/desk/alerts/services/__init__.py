"""What people and workers may do to alerts; every change goes through here."""

from lionrock.desk.alerts.services.decide import approve, publish, send_back, withdraw
from lionrock.desk.alerts.services.draft import Laid, begin, open_draft
from lionrock.desk.alerts.services.edit import (
    add_fact,
    add_sentence,
    change_indicators,
    change_links,
    change_risk,
    change_sentence,
    change_title,
    move_sentence,
    remove_sentence,
)
from lionrock.desk.alerts.services.looks import look
from lionrock.desk.alerts.services.stale import Refused, Stale
from lionrock.desk.alerts.services.steps import discard, note_mistake, reopen, submit, take_back

__all__ = [
    "Laid",
    "Refused",
    "Stale",
    "add_fact",
    "add_sentence",
    "approve",
    "begin",
    "change_indicators",
    "change_links",
    "change_risk",
    "change_sentence",
    "change_title",
    "discard",
    "look",
    "move_sentence",
    "note_mistake",
    "open_draft",
    "publish",
    "remove_sentence",
    "reopen",
    "send_back",
    "submit",
    "take_back",
    "withdraw",
]
