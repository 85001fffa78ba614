"""Read copyright notices: the ACNS XML within, as their senders' programs write it."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import moment_of
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.reading import Unreadable, as_address, as_port, as_url, shown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_NOTICE: Final = 4 * 1024 * 1024
_BEGIN: Final = re.compile(r"<Infringement[\s>]")
_END: Final = "</Infringement>"
_SPACE: Final = "{http://www.acns.net/ACNS}"


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return the events of a notice: one, however often the mail repeats its XML."""
    texts = [leaf.text for leaf in mail.leaves if leaf.kind.endswith(("xml", "plain"))]
    notices = list(dict.fromkeys(xml for text in texts for xml in _notices(text)))
    if not notices:
        return None
    return _read(notices, delivery)


def of_text(text: str, delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield the events of a file of ACNS XML."""
    return _read(list(_notices(text)), delivery)


def _read(notices: list[str], delivery: Delivery) -> Iterator[Event | Reject]:
    seen: set[tuple[str | None, str]] = set()
    line = 0
    for xml in notices:
        line += 1
        try:
            made = _event(xml, line, delivery)
        except Unreadable as why:
            yield Reject(line=line, text=shown(xml), why=str(why))
            continue
        named = (made.ref, made.asset.value)
        if named in seen:
            line -= 1
            continue
        seen.add(named)
        yield made


def _notices(text: str) -> Iterator[str]:
    """Yield the XML documents in a text, which may be a signed mail with dashes escaped."""
    at = 0
    while begin := _BEGIN.search(text, at):
        end = text.find(_END, begin.start())
        if end < 0:
            return
        at = end + len(_END)
        if at - begin.start() <= LARGEST_NOTICE:
            yield text[begin.start() : at]


def _event(xml: str, line: int, delivery: Delivery) -> Event:
    try:
        root = fromstring(xml)
    except (ParseError, DefusedXmlException, ValueError) as wrong:
        raise Unreadable("is no XML that can be read") from wrong
    source = _within(root, "Source")
    address = as_address(_text(source, "IP_Address"))
    url = as_url(_text(source, "URL"))
    if address is None and url is None:
        raise Unreadable("has no address and no URL")
    at = moment_of(_text(source, "TimeStamp"))
    items = [_within(item) for item in _all(root, "Content", "Item")]
    details: dict[str, str | tuple[str, ...]] = {
        "complainant": _text(_within(root, "Complainant"), "Entity"),
        "title": tuple(filter(None, (_text(item, "Title") for item in items))),
        "filename": tuple(filter(None, (_text(item, "FileName") for item in items))),
        "hash": tuple(filter(None, (_text(item, "Hash") for item in items))),
        "protocol": _text(source, "Type"),
    }
    shared = address is not None
    return Event(
        line=line,
        at=at,
        asset=Asset(
            kind=AssetKind.ADDRESS if address else AssetKind.URL, value=address or url or ""
        ),
        part=Part.SOURCE if shared else Part.HOST,
        kind=Rsit.COPYRIGHT,
        severity=Severity.LOW,
        variant="p2p" if shared else "",
        address=address,
        url=url,
        port=as_port(_text(source, "Port")),
        service=_text(source, "Type").lower() or None,
        report="acns",
        ref=_text(_within(root, "Case"), "ID") or None,
        count=1,
        details={name: value for name, value in details.items() if value},
    )


def _within(root: "Element | None", *path: str) -> "Element | None":
    for name in path:
        if root is None:
            return None
        found = root.find(_SPACE + name)
        root = found if found is not None else root.find(name)
    return root


def _all(root: "Element", parent: str, name: str) -> "list[Element]":
    above = _within(root, parent)
    if above is None:
        return []
    return [*above.findall(_SPACE + name), *above.findall(name)][:1000]


def _text(root: "Element | None", name: str) -> str:
    found = _within(root, name)
    return " ".join((found.text or "").split()) if found is not None else ""
