"""Hands mails to an SMTP server, and says of each exactly how far it came."""

import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Final, Literal, Self

from lionrock.core.errors import GiveUp, TryLater

CONNECT_SECONDS: Final = 30.0
REPLY_SECONDS: Final = 120.0
"""How long one reply may take; the one after the final dot too, since servers scan mail there."""
WHOLE_SECONDS: Final = 480.0
"""How long a mail may take in all. A worker that is silent for longer than this is taken for dead."""
MAILS_PER_LINE: Final = 100
"""Servers limit what one connection may bring."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_REPLY: Final = 500

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail goes. ``authority`` is a file of certificates to trust instead of the system's."""

    host: str
    port: int
    security: Security = "starttls"
    account: str = ""
    password: str = ""
    greeting: str = ""
    """The name we greet with; empty: this machine's."""
    authority: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the server said when it took the mail over."""

    server: str
    code: int
    text: str


class NotNow(TryLater):
    """The mail was not taken, and may be tried again as it is; ``ours`` when no recipient is to blame
    (the server cannot be reached, does not know us, has a certificate that does not hold)."""

    def __init__(self, why: str, *, code: int = 0, ours: bool = False) -> None:
        super().__init__(why)
        self.code = code
        self.ours = ours


class Refused(GiveUp):
    """The mail will not be taken as it is; ``stage`` says what was refused."""

    def __init__(
        self, why: str, *, code: int, stage: Literal["sender", "recipient", "content"]
    ) -> None:
        super().__init__(why)
        self.code = code
        self.stage = stage


class OutcomeUnknown(Exception):
    """The final dot left, and no reply came: the server may or may not have taken the mail."""


def send(
    server: Server,
    message: bytes,
    *,
    sender: str,
    to: str,
    connect_seconds: float = CONNECT_SECONDS,
    reply_seconds: float = REPLY_SECONDS,
) -> Receipt:
    """Hand one mail over on a connection of its own, as ``Line`` says."""
    with Line(server, connect_seconds=connect_seconds, reply_seconds=reply_seconds) as line:
        return line(message, sender=sender, to=to)


class Line:
    """A connection to a server, opened with the first mail and used for those that follow.

    Between two mails the transaction is reset, which also tells whether the server still listens:
    only before anything of a mail has left is a broken connection replaced by a new one.
    """

    def __init__(
        self,
        server: Server,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        reply_seconds: float = REPLY_SECONDS,
        most: int = MAILS_PER_LINE,
    ) -> None:
        self._server = server
        self._connect_seconds = connect_seconds
        self._reply_seconds = reply_seconds
        self._client: smtplib.SMTP | None = None
        self._most = most
        self._handed = 0

    def __call__(self, message: bytes, *, sender: str, to: str) -> Receipt:
        """Hand ``message`` (CR LF line ends) over and return the server's receipt.

        Raises NotNow before the server has taken it, Refused where it says no for good,
        OutcomeUnknown when the connection breaks between the final dot and the reply. A certificate
        that does not verify is an error; without TLS mail goes to this machine alone.
        """
        deadline = time.monotonic() + WHOLE_SECONDS
        client = self._ready()
        try:
            receipt = self._hand(client, message, sender, to, deadline)
        except Refused:
            raise  # an answer of the protocol: the connection is as good as before
        except NotNow as error:
            if error.code in {0, 421}:
                self._drop()
            raise
        except BaseException:
            self._drop()
            raise
        self._handed += 1
        return receipt

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say good-bye to the server."""
        if self._client is not None:
            _leave(self._client)
            self._client = None

    def _ready(self) -> smtplib.SMTP:
        """Return a connection on which a mail may begin."""
        if self._client is not None and (self._handed >= self._most or not _reset(self._client)):
            self.close()
        if self._client is None:
            client = _connected(self._server, self._connect_seconds, self._reply_seconds)
            try:
                _signed_in(client, self._server)
            except BaseException:
                _leave(client)
                raise
            self._client, self._handed = client, 0
        return self._client

    def _hand(
        self, client: smtplib.SMTP, message: bytes, sender: str, to: str, deadline: float
    ) -> Receipt:
        limit = _size_limit(client)
        if limit and len(message) > limit:
            raise Refused(
                f"the server takes {limit} bytes, the mail has {len(message)}",
                code=552,
                stage="content",
            )
        _command(client, f"MAIL FROM:<{sender}>", "sender")
        _command(client, f"RCPT TO:<{to}>", "recipient")
        _command(client, "DATA", "content", good=3)
        return _data(client, message, self._server, deadline)

    def _drop(self) -> None:
        """Let go of a connection that says nothing sensible any more."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _reset(client: smtplib.SMTP) -> bool:
    """Forget what a mail before this one began; False when the server does not listen any more."""
    try:
        code, _ = client.rset()
    except (OSError, smtplib.SMTPException):
        return False
    return code // 100 == 2


def _connected(server: Server, connect_seconds: float, reply_seconds: float) -> smtplib.SMTP:
    if server.security == "none" and server.host not in LOOPBACK:
        raise NotNow("mail without TLS goes to this machine alone", ours=True)
    name = server.greeting or None
    try:
        if server.security == "tls":
            context = _tls(server)
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=name,
                timeout=connect_seconds,
                context=context,
            )
        else:
            client = smtplib.SMTP(
                server.host, server.port, local_hostname=name, timeout=connect_seconds
            )
        try:
            if client.sock is not None:
                client.sock.settimeout(reply_seconds)
                # The final dot goes by itself: it shall not wait until the text was acknowledged.
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                client.starttls(context=_tls(server))
                client.ehlo()
        except BaseException:
            client.close()
            raise
    except smtplib.SMTPResponseException as error:
        raise NotNow(
            _said(error.smtp_code, error.smtp_error), code=error.smtp_code, ours=True
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(f"{server.host}:{server.port}: {_words(error)}", ours=True) from error
    return client


def _tls(server: Server) -> ssl.SSLContext:
    """Return whom to believe: slow to make, so only where TLS is spoken."""
    context = ssl.create_default_context(cafile=server.authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _signed_in(client: smtplib.SMTP, server: Server) -> None:
    if not server.account:
        return
    if server.security == "none" and server.password and server.host not in LOOPBACK:
        raise NotNow("a password never travels without TLS", ours=True)
    try:
        client.login(server.account, server.password)
    except smtplib.SMTPResponseException as error:
        raise NotNow(
            _said(error.smtp_code, error.smtp_error), code=error.smtp_code, ours=True
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(f"signing in: {_words(error)}", ours=True) from error


def _size_limit(client: smtplib.SMTP) -> int:
    text = client.esmtp_features.get("size", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _command(
    client: smtplib.SMTP,
    line: str,
    stage: Literal["sender", "recipient", "content"],
    good: int = 2,
) -> None:
    if "\r" in line or "\n" in line or not line.isascii():
        raise Refused("an address holds what no address holds", code=553, stage=stage)
    try:
        code, said = client.docmd(line)
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(f"the connection broke: {_words(error)}", ours=True) from error
    if code // 100 == good:
        return
    text = _said(code, said)
    if code // 100 == 5:
        raise Refused(text, code=code, stage=stage)
    # 421 closes the connection for everybody: it says nothing about this recipient.
    raise NotNow(text, code=code, ours=stage == "sender" or code == 421)


def _data(client: smtplib.SMTP, message: bytes, server: Server, deadline: float) -> Receipt:
    """Send the text, then the final dot by itself: only from there on is the outcome unknown."""
    body = _dotted(message)
    try:
        for start in range(0, len(body), 65536):
            if time.monotonic() > deadline:
                raise TimeoutError("the server takes the mail too slowly")
            client.send(body[start : start + 65536])
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(f"the connection broke before the end: {_words(error)}", ours=True) from error
    try:
        client.send(b".\r\n")
        code, said = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise OutcomeUnknown(
            f"the connection broke after the final dot: {_words(error)}"
        ) from error
    text = _said(code, said)
    if code // 100 == 2:
        return Receipt(server=f"{server.host}:{server.port}", code=code, text=text)
    if code // 100 == 5:
        raise Refused(text, code=code, stage="content")
    if code // 100 == 4:
        raise NotNow(text, code=code)
    raise OutcomeUnknown(f"no answer of this protocol after the final dot: {text}")


def _dotted(message: bytes) -> bytes:
    body = message if message.endswith(b"\r\n") else message + b"\r\n"
    if body.startswith(b"."):
        body = b"." + body
    return body.replace(b"\r\n.", b"\r\n..")


def _leave(client: smtplib.SMTP) -> None:
    """Say good-bye without waiting for it: whatever happens now changes nothing about the mail."""
    try:
        if client.sock is not None:
            client.sock.settimeout(5)
        client.quit()
    except (OSError, smtplib.SMTPException):
        pass
    finally:
        client.close()


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:_LONGEST_REPLY]


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate does not hold: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return "the name is not known"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "no answer in time"
    return (str(error) or type(error).__name__)[:_LONGEST_REPLY]
