"""A mail is handed over once, over TLS that holds, and it is said exactly how far it came."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lionrock.net.smtp import Line, NotNow, OutcomeUnknown, Refused, Security, Server, send

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])

MESSAGE = b"Subject: x\r\n\r\n.one dot\r\n..two\r\nlast line without an end"


class Handler:
    """Takes mails, or answers as it is told to."""

    def __init__(self) -> None:
        self.took: list[tuple[str, list[str], bytes]] = []
        self.peers: list[object] = []
        self.says: dict[str, str] = {}

    async def handle_MAIL(  # the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer to MAIL FROM."""
        if "MAIL" in self.says:
            return self.says["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # as above
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer to RCPT TO."""
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Answer after the final dot."""
        if "DATA" in self.says:
            return self.says["DATA"]
        self.peers.append(session.peer)
        self.took.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 taken as 4711"


@contextmanager
def serving(handler: Handler, **options: Any) -> Iterator[int]:
    """Yield the port of a mail server on loopback."""
    probe = socket.create_server(("127.0.0.1", 0))
    port: int = probe.getsockname()[1]
    probe.close()
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=30, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def scripted(*scripts: Callable[[socket.socket], None]) -> Iterator[int]:
    """Yield the port of a server that greets each connection, then does to it what its script does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for script in scripts:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 ready\r\n")
                script(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(10)
        listener.close()


def until_the_dot(connection: socket.socket) -> None:
    """Play a server until the final dot has come."""
    reader = connection.makefile("rb")
    for line in reader:
        if line.upper().startswith(b"DATA"):
            connection.sendall(b"354 go on\r\n")
            while reader.readline() != b".\r\n":
                pass
            return
        connection.sendall(b"250 fine\r\n")


def hand_over(port: int, **changes: Any) -> Any:
    """Send the message to the server on loopback."""
    security: Security = changes.pop("security", "none")
    server = Server(
        host=changes.pop("host", "127.0.0.1"),
        port=port,
        security=security,
        greeting="cert.example",
        account=changes.pop("account", ""),
        password=changes.pop("password", ""),
        authority=changes.pop("authority", ""),
    )
    return send(
        server,
        changes.pop("message", MESSAGE),
        sender="cert@cert.example",
        to=changes.pop("to", "abuse@isp.example"),
        **changes,
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A test authority's certificate, and a server's for localhost with its key."""
    folder = tmp_path_factory.mktemp("certificates")
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    end = datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC)

    def made(name: str, key: Any, issuer: str, signer: Any, *, authority: bool) -> Any:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
        )
        if authority:
            usage = dict.fromkeys(
                (
                    "digital_signature",
                    "content_commitment",
                    "key_encipherment",
                    "data_encipherment",
                    "key_agreement",
                    "encipher_only",
                    "decipher_only",
                ),
                False,
            )
            builder = builder.add_extension(
                x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
            )
        else:
            names = [
                x509.DNSName("localhost"),
                x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            ]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256())

    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = made("Test root", authority_key, "Test root", authority_key, authority=True)
    leaf = made("localhost", server_key, "Test root", authority_key, authority=False)
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(
        leaf.public_bytes(serialization.Encoding.PEM)
        + server_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "root.pem", folder / "server.pem"


def tls(certificates: tuple[Path, Path]) -> ssl.SSLContext:
    """Return the server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates[1])
    return context


def test_a_mail_arrives_as_it_was_built_dots_included() -> None:
    handler = Handler()
    with serving(handler) as port:
        receipt = hand_over(port)

    assert handler.took == [("cert@cert.example", ["abuse@isp.example"], MESSAGE + b"\r\n")]
    assert (receipt.code, receipt.text) == (250, "250 taken as 4711")
    assert receipt.server == f"127.0.0.1:{port}"


def test_starttls_is_used_and_the_account_signs_in(certificates: tuple[Path, Path]) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret", handled=False)

    handler = Handler()
    with serving(
        handler,
        tls_context=tls(certificates),
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    ) as port:
        root = str(certificates[0])
        hand_over(port, security="starttls", authority=root, account="cert", password="secret")
        with pytest.raises(NotNow, match="535") as caught:
            hand_over(port, security="starttls", authority=root, account="cert", password="wrong")

    assert seen[0] == (b"cert", b"secret")
    assert caught.value.ours
    assert len(handler.took) == 1


def test_implicit_tls_is_used(certificates: tuple[Path, Path]) -> None:
    handler = Handler()
    # server_hostname makes aiosmtpd greet itself over TLS while it starts.
    context = tls(certificates)
    with serving(handler, ssl_context=context) as port:
        hand_over(port, security="tls", authority=str(certificates[0]))

    assert len(handler.took) == 1


def test_a_certificate_of_an_unknown_authority_is_refused(certificates: tuple[Path, Path]) -> None:
    handler = Handler()
    with (
        serving(handler, tls_context=tls(certificates)) as port,
        pytest.raises(NotNow, match="the certificate does not hold") as caught,
    ):
        hand_over(port, security="starttls")

    assert caught.value.ours
    assert handler.took == []


def test_a_server_that_hides_starttls_gets_nothing() -> None:
    handler = Handler()
    with serving(handler) as port, pytest.raises(NotNow, match="STARTTLS"):
        hand_over(port, security="starttls")
    assert handler.took == []


def test_without_tls_mail_goes_to_this_machine_alone() -> None:
    with pytest.raises(NotNow, match="this machine alone"):
        hand_over(25, host="192.0.2.1")


@pytest.mark.parametrize(
    ("command", "answer", "stage"),
    [
        ("MAIL", "550 you are not welcome", "sender"),
        ("RCPT", "550 5.1.1 user unknown", "recipient"),
        ("DATA", "554 5.7.1 looks like spam", "content"),
    ],
)
def test_a_final_no_says_what_was_refused(command: str, answer: str, stage: str) -> None:
    handler = Handler()
    handler.says[command] = answer
    with serving(handler) as port, pytest.raises(Refused) as caught:
        hand_over(port)

    assert (caught.value.stage, caught.value.code) == (stage, int(answer[:3]))
    assert answer[4:] in str(caught.value)


@pytest.mark.parametrize(("command", "ours"), [("MAIL", True), ("RCPT", False), ("DATA", False)])
def test_a_later_may_be_tried_again(command: str, ours: bool) -> None:
    handler = Handler()
    handler.says[command] = "451 4.7.1 greylisted"
    with serving(handler) as port, pytest.raises(NotNow, match="greylisted") as caught:
        hand_over(port)

    assert (caught.value.code, caught.value.ours) == (451, ours)


def test_a_connection_lost_after_the_final_dot_leaves_the_outcome_unknown() -> None:
    with scripted(until_the_dot) as port, pytest.raises(OutcomeUnknown):
        hand_over(port)


def test_a_server_silent_after_the_final_dot_leaves_the_outcome_unknown() -> None:
    over = threading.Event()

    def silent(connection: socket.socket) -> None:
        until_the_dot(connection)
        over.wait(10)

    with scripted(silent) as port:
        with pytest.raises(OutcomeUnknown):
            hand_over(port, reply_seconds=0.3)
        over.set()


def test_a_connection_lost_before_the_final_dot_may_be_tried_again() -> None:
    def drops(connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        for line in reader:
            if line.upper().startswith(b"RCPT"):
                return
            connection.sendall(b"250 fine\r\n")

    with scripted(drops) as port, pytest.raises(NotNow, match="connection broke"):
        hand_over(port)


def test_a_server_that_never_greets_may_be_tried_again() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        with pytest.raises(NotNow, match="no answer in time") as caught:
            hand_over(listener.getsockname()[1], connect_seconds=0.3)
    finally:
        listener.close()
    assert caught.value.ours


def test_a_port_nobody_listens_on_may_be_tried_again() -> None:
    probe = socket.create_server(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()

    with pytest.raises(NotNow) as caught:
        hand_over(port)
    assert caught.value.ours


def test_a_mail_larger_than_the_server_takes_is_not_begun() -> None:
    handler = Handler()
    with serving(handler, data_size_limit=20) as port, pytest.raises(Refused) as caught:
        hand_over(port)

    assert (caught.value.stage, caught.value.code) == ("content", 552)
    assert handler.took == []


@pytest.mark.parametrize("to", ["a@b.example\r\nRCPT TO:<c@d.example>", "ü@b.example"])
def test_an_address_with_a_command_in_it_is_refused(to: str) -> None:
    handler = Handler()
    with serving(handler) as port, pytest.raises(Refused):
        hand_over(port, to=to)
    assert handler.took == []


def on_loopback(port: int) -> Server:
    return Server(host="127.0.0.1", port=port, security="none")


def hand(line: Line, to: str) -> str:
    return line(MESSAGE, sender="cert@cert.example", to=to).text


def test_mails_to_one_server_share_a_connection_and_nothing_else() -> None:
    handler = Handler()
    with serving(handler) as port, Line(on_loopback(port)) as line:
        hand(line, "a@isp.example")
        handler.says["RCPT"] = "550 nobody here"
        with pytest.raises(Refused):
            hand(line, "b@isp.example")
        handler.says = {"DATA": "451 later"}
        with pytest.raises(NotNow):
            hand(line, "c@isp.example")
        handler.says = {}
        hand(line, "d@isp.example")

    assert [to for _, to, _ in handler.took] == [["a@isp.example"], ["d@isp.example"]]
    assert len(set(handler.peers)) == 1


def test_a_connection_brings_only_so_many_mails() -> None:
    handler = Handler()
    with serving(handler) as port, Line(on_loopback(port), most=2) as line:
        for number in range(5):
            hand(line, f"{number}@isp.example")

    assert len(handler.took) == 5
    assert len(set(handler.peers)) == 3


def takes_one(connection: socket.socket) -> None:
    """Play a server that takes one mail."""
    until_the_dot(connection)
    connection.sendall(b"250 taken\r\n")


def test_a_server_that_left_between_two_mails_gets_the_next_on_a_new_connection() -> None:
    def says_421(connection: socket.socket) -> None:
        takes_one(connection)
        connection.recv(100)
        connection.sendall(b"421 too long idle\r\n")

    with scripted(takes_one, says_421, takes_one) as port, Line(on_loopback(port)) as line:
        said = [hand(line, f"{number}@isp.example") for number in range(3)]

    assert said == ["250 taken"] * 3


def test_a_connection_lost_after_the_final_dot_is_not_used_again_and_costs_no_other_mail() -> None:
    with scripted(until_the_dot, takes_one) as port, Line(on_loopback(port)) as line:
        with pytest.raises(OutcomeUnknown):
            hand(line, "a@isp.example")
        assert hand(line, "b@isp.example") == "250 taken"


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(
        Server(host="a.example", port=587, account="cert", password="secret")
    )
