"""A client certificate with its key, handed to the library that takes both from a file only."""

import ssl
import tempfile

from lionrock.core.errors import GiveUp


def show(context: ssl.SSLContext, certificate: bytes) -> None:
    """Let the context show the certificate (PEM, with its key); raise GiveUp when it cannot be used."""
    with tempfile.NamedTemporaryFile(prefix="lionrock-", suffix=".pem") as file:
        file.write(certificate)
        file.flush()
        try:
            # A key that wants a passphrase must not ask for one at a terminal.
            context.load_cert_chain(file.name, password="")
        except (ssl.SSLError, OSError) as error:
            raise GiveUp(
                "the feed's certificate cannot be used: it needs its private key, in PEM"
            ) from error


def check(certificate: bytes) -> None:
    """Raise GiveUp unless this is a certificate with its key, PEM."""
    show(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificate)
