"""Read feedback loops: what a mailbox provider sends when a user calls a mail spam (RFC 5965)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from email.parser import HeaderParser
from email.policy import compat32
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.mailing.parts import Leaf, Mail, mail_date
from lionrock.feeds.reading import Unreadable, as_address, as_host, as_time, as_url

_KINDS: Final = {
    "abuse": (Rsit.SPAM, Part.SOURCE, Severity.MEDIUM, ""),
    "opt-out": (Rsit.SPAM, Part.SOURCE, Severity.LOW, "opt-out"),
    "fraud": (Rsit.PHISHING, Part.SOURCE, Severity.HIGH, "phishing"),
    "virus": (Rsit.INFECTED_SYSTEM, Part.SOURCE, Severity.HIGH, "mail"),
    "auth-failure": (Rsit.MASQUERADE, Part.SOURCE, Severity.INFO, "auth-failure"),
    "not-spam": (Rsit.OTHER, Part.SOURCE, Severity.INFO, "not-spam"),
}
"""What each Feedback-Type says (RFC 5965, 6430, 6591)."""
_KEPT: Final = (
    "user-agent",
    "original-mail-from",
    "reported-domain",
    "reported-uri",
    "reporting-mta",
    "authentication-results",
    "auth-failure",
    "delivery-result",
)


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return the event of a feedback report, or None for a mail without one."""
    report = next((leaf for leaf in mail.leaves if leaf.kind == "message/feedback-report"), None)
    if report is None:
        return None
    return [_event(report, mail, delivery)]


def _event(report: Leaf, mail: Mail, delivery: Delivery) -> Event:
    fields = _fields(report.text)
    kind, part, severity, variant = _KINDS.get(
        fields.get("feedback-type", ("",))[0].lower(),
        (Rsit.UNDETERMINED, Part.SOURCE, Severity.INFO, ""),
    )
    original = next((leaf.inner for leaf in mail.leaves if leaf.inner is not None), None)
    address = as_address(fields.get("source-ip", ("",))[0])
    host = as_host(fields.get("reported-domain", ("",))[0])
    url = as_url(fields.get("reported-uri", ("",))[0])
    if address:
        asset = Asset(kind=AssetKind.ADDRESS, value=address)
    elif url:
        asset, part = Asset(kind=AssetKind.URL, value=url), Part.HOST
    elif host:
        asset = Asset(kind=AssetKind.HOST, value=host)
    else:
        raise Unreadable("is a feedback report without Source-IP, Reported-URI or Reported-Domain")
    if kind is Rsit.PHISHING and part is Part.SOURCE:
        kind = Rsit.SPAM  # the page is elsewhere: this is who sent the mail
    stated = fields.get("arrival-date") or fields.get("received-date") or ("",)
    at = mail_date(stated[0]) or as_time(stated[0]) or mail.date or delivery.received
    incidents = fields.get("incidents", ("1",))[0]
    details: dict[str, str | tuple[str, ...]] = {
        name: values if len(values) > 1 else values[0]
        for name in _KEPT
        if (values := fields.get(name))
    }
    if original is not None and original.subject:
        details["subject"] = original.subject
    made = Event(
        line=1,
        at=at,
        asset=asset,
        part=part,
        kind=kind,
        severity=severity,
        variant=variant,
        address=address,
        service="smtp",
        report="feedback-report",
        ref=fields.get("original-envelope-id", ("",))[0] or None,
        count=max(1, int(incidents)) if incidents.isdecimal() and len(incidents) < 10 else 1,
        details=details,
    )
    return replace(made, url=url, host=host if part is Part.SOURCE and not address else None)


def _fields(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return the report's fields by lower-case name; some may stand there several times."""
    message = HeaderParser(policy=compat32).parsestr(text.lstrip("\n"), headersonly=True)
    found: dict[str, tuple[str, ...]] = {}
    for name, value in message.items():
        key = name.lower()
        found[key] = (*found.get(key, ()), " ".join(str(value).split()))
    return found
