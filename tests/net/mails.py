"""Mails that tests deliver, plain and encrypted."""

from email.message import EmailMessage

import pysequoia


def mail(
    subject: str = "report", body: str = "see attachment\n", attachment: bytes | None = None
) -> bytes:
    """Return a mail as a server hands it out."""
    message = EmailMessage()
    message["From"] = "sender@reports.example"
    message["To"] = "cert@cert.example"
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject}@reports.example>"
    message.set_content(body)
    if attachment is not None:
        message.add_attachment(
            attachment, maintype="application", subtype="zip", filename="report.csv.zip"
        )
    return message.as_bytes().replace(b"\n", b"\r\n")


def sealed_mime(inner: bytes, to: pysequoia.Cert, subject: str = "sealed") -> bytes:
    """Return a PGP/MIME mail (RFC 3156) whose content is ``inner``, a MIME entity."""
    text = pysequoia.encrypt(inner, [to]).decode()
    head = (
        f"From: sender@reports.example\nTo: cert@cert.example\nSubject: {subject}\n"
        f"Message-ID: <{subject}@reports.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\n\n'
    )
    body = (
        "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n"
        "--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n"
        f"{text}\n--b--\n"
    )
    return (head + body).replace("\n", "\r\n").encode()


def sealed_inline(inner: bytes, to: pysequoia.Cert) -> bytes:
    """Return a mail whose text is one PGP message."""
    return mail("inline", pysequoia.encrypt(inner, [to]).decode())


def a_key() -> tuple[pysequoia.Cert, bytes]:
    """Return a certificate and its private key, ASCII-armoured."""
    key = pysequoia.Tsk.generate("CERT <cert@cert.example>")
    return key.extract_certificate(), str(key).encode()
