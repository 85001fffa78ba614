"""Find the report links that mails carry, so that the collector can fetch what they lead to."""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from lionrock.feeds.mailing.parts import Mail, mail_of
from lionrock.feeds.reading import Unreadable

SHADOWSERVER: Final = frozenset({"dl.shadowserver.org"})
"""Where Shadowserver's mailed links lead."""
MOST_LINKS: Final = 200

_LINK: Final = re.compile(r"https?://[^\s<>\"'\\\x00-\x1f]{1,2000}", re.IGNORECASE)


def links(content: bytes | Mail, *, hosts: Collection[str] = SHADOWSERVER) -> tuple[str, ...]:
    """Return the links of a mail that lead to one of ``hosts``, each once, in order.

    A link with a user, another port than the scheme's own, or no path is not one of theirs. Bytes
    that are no mail hold none. Nothing is fetched.
    """
    try:
        mail = content if isinstance(content, Mail) else mail_of(content)
    except Unreadable:
        return ()
    found: dict[str, None] = {}
    for text in _texts(mail):
        for match in _LINK.finditer(text):
            link = match.group().rstrip(".,;:!?)]}>*_")
            if _leads_to(link, hosts):
                found.setdefault(link)
            if len(found) == MOST_LINKS:
                return tuple(found)
    return tuple(found)


def _texts(mail: Mail) -> list[str]:
    texts = []
    for leaf in mail.leaves:
        if leaf.inner is not None:
            texts.extend(_texts(leaf.inner))
        elif leaf.kind in {"text/plain", "text/html"}:
            texts.append(leaf.text.replace("&amp;", "&") if leaf.kind == "text/html" else leaf.text)
    return texts


def _leads_to(link: str, hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return False
    return (
        (parts.hostname or "") in hosts
        and parts.username is None
        and port in {None, 80, 443}
        and len(parts.path) > 1
    )
