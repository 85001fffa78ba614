"""Mails as they reach an abuse desk: with a report inside, or a feedback loop's."""

import base64
import hashlib
import io
import json
import uuid
import zipfile
from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from lionrock.feeds.sample.cast import Cast

_TO = "reports@cert.example"


def shadowserver(name: str, content: bytes, day: datetime) -> bytes:
    """Return the mail that brings a report as a zipped attachment."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            zipfile.ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0)), content
        )
    mail = EmailMessage()
    mail["Subject"] = f"[lionrock-sample] Shadowserver report: {name.removesuffix('.csv')}"
    mail["From"] = "Report robot <reports@scanners.example>"
    _addressed(mail, day, "report")
    mail.set_content("The report is attached.\n")
    mail.add_attachment(
        packed.getvalue(), maintype="application", subtype="zip", filename=f"{name}.zip"
    )
    return _bytes(mail, day)


def xarf(cast: Cast, number: int, day: datetime) -> bytes:
    """Return a mail with a report of attempted logins in X-ARF version 4."""
    machine = cast.one("event4_honeypot_brute_force", number)
    moment = day + timedelta(hours=13)
    log = b"Failed password for root from " + machine.address.encode() + b" port 50000 ssh2\n"
    party = {
        "org": "Lionrock sample sensors",
        "contact": "abuse@sensors.example",
        "domain": "sensors.example",
    }
    report = {
        "xarf_version": "4.2.0",
        "report_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{machine.address} {day:%Y-%m-%d}")),
        "timestamp": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "reporter": party,
        "sender": party,
        "source_identifier": machine.address,
        "source_port": 50_000,
        "category": "connection",
        "type": "login_attack",
        "evidence_source": "honeypot",
        "destination_ip": "203.0.113.33",
        "destination_port": 22,
        "protocol": "tcp",
        "service": "ssh",
        "attempt_count": 212,
        "first_seen": f"{moment - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        "evidence": [
            {
                "content_type": "text/plain",
                "description": "log lines",
                "payload": base64.b64encode(log).decode("ascii"),
                "hash": f"sha256:{hashlib.sha256(log).hexdigest()}",
            }
        ],
    }
    mail = EmailMessage()
    mail["Subject"] = f"Abuse report: attempted logins from {machine.address}"
    mail["From"] = "Sensors <abuse@sensors.example>"
    mail["X-XARF"] = "PLAIN"
    _addressed(mail, moment, "login")
    mail.set_content(f"{machine.address} tried to log in 212 times. The report is attached.\n")
    mail.add_attachment(
        json.dumps(report, indent=1).encode("utf-8"),
        maintype="application",
        subtype="json",
        filename="xarf.json",
    )
    return _bytes(mail, moment)


def arf(cast: Cast, number: int, day: datetime) -> bytes:
    """Return a mail provider's feedback about spam (RFC 5965)."""
    machine = cast.one("event4_sinkhole_http", number)
    moment = day + timedelta(hours=9)
    original = MIMEText("Buy now: http://offers.example/\n")
    original["From"] = "Offers <offers@shop.example>"
    original["To"] = "somebody@mailbox.example"
    original["Subject"] = "An offer"
    original["Date"] = format_datetime(moment - timedelta(minutes=20))
    original["Received"] = (
        f"from {machine.host} ({machine.address}) by mx.mailbox.example; "
        f"{format_datetime(moment - timedelta(minutes=20))}"
    )
    feedback = Message()
    feedback["Content-Type"] = "message/feedback-report"
    feedback.set_payload(
        "Feedback-Type: abuse\r\nUser-Agent: LionrockSample/1\r\nVersion: 1\r\n"
        f"Source-IP: {machine.address}\r\nArrival-Date: {format_datetime(moment)}\r\n"
        "Original-Mail-From: <offers@shop.example>\r\nReported-Domain: shop.example\r\n"
    )
    mail = MIMEMultipart("report", report_type="feedback-report")
    mail["Subject"] = "FW: An offer"
    mail["From"] = "Feedback loop <fbl@mailbox.example>"
    _addressed(mail, moment, "feedback")
    mail.attach(MIMEText("A user called this message spam.\n"))
    mail.attach(feedback)
    mail.attach(MIMEMessage(original))
    return _bytes(mail, moment)


def _addressed(mail: Message, moment: datetime, what: str) -> None:
    mail["To"] = _TO
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = f"<{what}.{moment:%Y%m%d%H}@sample.example>"


def _bytes(mail: Message, moment: datetime) -> bytes:
    """Write the mail with boundaries that are the same every time."""
    for place, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_sample_{moment:%Y%m%d}_{place}")
    return mail.as_bytes()
