"""Runs a private IMAP server (Debian's Dovecot) on loopback, for tests and trials: python -m scripts.with_dovecot COMMAND..."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.with_postgres import free_port, stop_with_parent

START_SECONDS = 30
STOP_SECONDS = 20
ACCOUNT = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A running server: its ports, its one account, the authority that vouches for it (PEM)."""

    imaps: int
    imap: int
    account: str
    password: str
    authority: bytes


def program() -> str | None:
    """Find Dovecot."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def main(words: list[str]) -> int:
    """Run the command with the mailbox's address, account and password in its environment."""
    with server() as box:
        around = {
            **os.environ,
            "MAILBOX": f"imap://localhost:{box.imap}",
            "MAILBOX_ACCOUNT": box.account,
            "MAILBOX_PASSWORD": box.password,
        }
        return subprocess.run(words, check=False, env=around).returncode


@contextmanager
def server() -> Iterator[Mailbox]:
    """Yield a new server with one empty mailbox, gone afterwards."""
    found = program()
    if found is None:
        sys.exit("Dovecot is not installed (Debian package: dovecot-imapd)")
    folder = Path(tempfile.mkdtemp(prefix="lionrock-dovecot-"))
    folder.chmod(0o755)
    box = Mailbox(
        imaps=free_port(),
        imap=free_port(),
        account=ACCOUNT,
        password=secrets.token_urlsafe(18),
        authority=make_certificate(folder),
    )
    (folder / "dovecot.conf").write_text(configuration(folder, box))
    (folder / "users").write_text(f"{box.account}:{{PLAIN}}{box.password}\n")
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [found, "-F", "-c", folder / "dovecot.conf"],
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=stop_with_parent(),  # noqa: PLW1509 this script has no threads
            )
        try:
            wait_until_ready(box, process, folder / "log")
            yield box
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def configuration(folder: Path, box: Mailbox) -> str:
    """Return a configuration that keeps everything within the folder and under our own user."""
    me = pwd.getpwuid(os.getuid())
    inner = next((e.pw_name for e in pwd.getpwall() if e.pw_name == "dovenull"), me.pw_name)
    root = os.getuid() == 0
    login, internal = (inner, "dovecot") if root else (me.pw_name, me.pw_name)
    mail = mail_owner() if root else (me.pw_uid, me.pw_gid)
    home = folder / "mail"
    home.mkdir()
    os.chown(home, *mail)
    chroot = "" if root else "chroot =\n"
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
info_log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
default_login_user = {login}
default_internal_user = {internal}
{"" if root else f"default_internal_group = {group_of(me.pw_gid)}"}
first_valid_uid = 1
mail_location = maildir:{home}/%u
mail_uid = {mail[0]}
mail_gid = {mail[1]}
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = home={home}/%u
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {box.imap}
  }}
  inet_listener imaps {{
    port = {box.imaps}
    ssl = yes
  }}
}}
service anvil {{
  {chroot}
}}
service stats {{
  {chroot}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Done {{
    auto = create
  }}
}}
"""


def group_of(gid: int) -> str:
    """Name a group."""
    import grp  # noqa: PLC0415 rarely needed

    return grp.getgrgid(gid).gr_name


def mail_owner() -> tuple[int, int]:
    """Return whose the mails are where we are root: Dovecot refuses to let root own them."""
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def make_certificate(folder: Path) -> bytes:
    """Make the server's certificate for localhost, signed by itself; return it."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 slow to load
    from ipaddress import ip_address  # noqa: PLC0415 as above

    from cryptography import x509  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 as above
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 as above

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "server.pem").write_bytes(pem)
    (folder / "server.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem


def wait_until_ready(box: Mailbox, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server greets; show its log and stop when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", box.imap), 2) as probe:
                if probe.recv(64).startswith(b"* OK"):
                    return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"Dovecot did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
