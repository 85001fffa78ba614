"""Reads bounces: the standard's (RFC 3464), and those that mail servers write in words of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Final

LONGEST: Final = 4000
_MOST: Final = 100
_STATUS: Final = re.compile(r"(?<![0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")
_CODE: Final = re.compile(r"(?<![0-9.])([45][0-9]{2})(?=[ -])")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID: Final = re.compile(r"^[ \t>]*Message-ID:[ \t]*(<[^<>\s]{1,250}>)", re.I | re.M)
_SUBJECT: Final = re.compile(r"^[ \t>]*Subject:[ \t]*([^\r\n]{1,500})", re.I | re.M)
_SENDERS: Final = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|microsoftexchange[0-9a-f]*)@?", re.I
)
_SUBJECTS: Final = re.compile(
    r"^\s*(?:undeliver(?:able|ed)|delivery (?:status notification|failure|has failed|failed|delayed)|"
    r"mail (?:delivery|system) (?:failed|failure|error)|returned mail|failure notice|"
    r"mail could not be delivered|message could not be delivered|warning: could not send|"
    r"delivery notification|退信|系統退信|系统退信|無法傳遞|無法投遞|未能傳送|投递失败|郵件傳送失敗)",
    re.I,
)
_DELAYS: Final = re.compile(
    r"delayed|will (?:continue|keep) (?:to )?(?:try|retry)|still (?:being )?(?:try|retri)|"
    r"warning message only|延遲|延迟",
    re.I,
)
_NOBODY: Final = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox)|does not exist|"
    r"mailbox (?:unavailable|not found|disabled)|address rejected|recipient rejected|"
    r"invalid recipient|no mailbox here|account (?:is )?disabled|wasn't found|找不到|不存在",
    re.I,
)
_GONE: Final = re.compile(r"5\.(?:1\.[0-9]+|2\.1|4\.4)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a bounce says. ``recipients`` are those that were not reached, in lower case."""

    status: str
    """The status code (RFC 3463); empty where the bounce names none."""
    recipients: tuple[str, ...]
    delayed: bool
    """Not failed: the server goes on trying."""
    nobody: bool
    """The address does not exist or takes no mail any more; nothing else would help."""
    returned: tuple[str, ...]
    """Message-IDs of the mails that came back in it."""
    subject: str
    """The subjects of those mails."""
    text: str

    @property
    def soft(self) -> bool:
        """It failed for now: a full mailbox, a server that was away for too long."""
        return self.status.startswith("4")


def read_bounce(message: Message, *, sender: str, subject: str, text: str) -> Bounce | None:
    """Return what the mail says as a bounce, or None when it is none."""
    fields = list(_status_fields(message))
    standard = (
        message.get_content_type() == "multipart/report"
        and str(message.get_param("report-type", "")).lower() == "delivery-status"
    )
    if not (standard or fields) and not _looks_like_one(message, sender, subject):
        return None
    actions = {field.get("action", "") for field in fields} - {""}
    if actions and actions <= {"delivered", "relayed", "expanded"}:
        return None
    if actions:
        delayed = "failed" not in actions and "delayed" in actions
    else:
        # Delays in words of their own always say that they go on trying.
        delayed = _DELAYS.search(f"{subject}\n{text[:LONGEST]}") is not None
    failed = [one for one in fields if one.get("action", "failed") in {"failed", "delayed"}]
    returned, subjects = _returned(message, text)
    diagnosis = " ".join(one.get("diagnostic-code", "") for one in failed)
    status = next((one["status"] for one in failed if one.get("status")), "")
    if not _STATUS.fullmatch(status) or status.endswith(".0.0"):
        found = _STATUS.search(diagnosis) or (None if failed else _STATUS.search(text[:LONGEST]))
        status = found[1] if found else status
    if not status and (code := _CODE.search(diagnosis or text[:LONGEST])):
        status = f"{code[1][0]}.0.0"
    recipients = [
        address
        for one in failed
        for name in ("original-recipient", "final-recipient")
        if (address := _recipient(one.get(name, "")))
    ]
    if not recipients:
        headers = str(message.get("X-Failed-Recipients", ""))[:LONGEST]
        recipients = [one.lower() for one in _ADDRESS.findall(headers)]
    words = f"{diagnosis} {text[:LONGEST]}"
    nobody = _GONE.match(status) is not None or (
        status in {"", "5.0.0", "5.5.0"} and _NOBODY.search(words) is not None
    )
    return Bounce(
        status=status[:20],
        recipients=tuple(dict.fromkeys(recipients))[:_MOST],
        delayed=delayed,
        nobody=nobody and not delayed,
        returned=returned,
        subject=subjects,
        text=(diagnosis or text).strip()[:LONGEST],
    )


def _looks_like_one(message: Message, sender: str, subject: str) -> bool:
    empty = str(message.get("Return-Path", "")).strip() == "<>"
    daemon = _SENDERS.match(sender) is not None
    named = _SUBJECTS.match(subject) is not None
    return bool(message.get("X-Failed-Recipients")) or (named and (daemon or empty))


def _status_fields(message: Message) -> Iterator[dict[str, str]]:
    """Yield the groups of fields of ``message/delivery-status`` parts, names in lower case."""
    for part in _walk(message):
        if part.get_content_type() not in {
            "message/delivery-status",
            "message/global-delivery-status",
        }:
            continue
        payload = part.get_payload()
        groups = payload if isinstance(payload, list) else []
        for group in groups[:_MOST]:
            if isinstance(group, Message):
                fields = {
                    name.lower(): " ".join(str(value).split())[:LONGEST]
                    for name, value in list(group.items())[:_MOST]
                }
                if {"action", "status", "final-recipient"} & set(fields):
                    fields["action"] = fields.get("action", "failed").strip().lower()
                    fields["status"] = fields.get("status", "").split(" ")[0].strip()
                    yield fields


def _returned(message: Message, text: str) -> tuple[tuple[str, ...], str]:
    """Return Message-IDs and subjects of what came back: attached, as headers, or in the text."""
    ids: list[str] = []
    subjects: list[str] = []
    for part in _walk(message):
        kind = part.get_content_type()
        if part is message or kind not in {
            "message/rfc822",
            "message/global",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global-headers",
        }:
            continue
        payload = part.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            ids.append(str(payload[0].get("Message-ID", "")).strip())
            subjects.append(str(payload[0].get("Subject", ""))[:500])
            continue
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes):
            words = raw[: 16 * LONGEST].decode("utf-8", "replace")
            ids += _MESSAGE_ID.findall(words)
            subjects += _SUBJECT.findall(words)[:3]
    if not ids:
        ids += _MESSAGE_ID.findall(text)
        subjects += _SUBJECT.findall(text)[:3]
    return tuple(dict.fromkeys(one for one in ids if one))[:_MOST], " ".join(subjects)[:2000]


def _recipient(field: str) -> str:
    """Read ``rfc822; somebody@example.org``."""
    found = _ADDRESS.search(field.partition(";")[2] or field)
    return found[0].lower() if found else ""


def _walk(message: Message) -> Iterator[Message]:
    stack, seen = [message], 0
    while stack and seen < 2 * _MOST:
        part = stack.pop()
        seen += 1
        yield part
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack.extend(reversed([one for one in payload if isinstance(one, Message)]))
