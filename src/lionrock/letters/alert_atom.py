"""Writes the published alerts as an Atom 1.0 feed (RFC 4287), one per language."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from lionrock.core.alerts import LANGUAGES, Alert
from lionrock.letters.alert_checked import for_everybody
from lionrock.letters.alert_markup import XHTML, document, markup
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import Told, told, words_in
from lionrock.letters.plainly import one_line

CONTENT_TYPE: Final = "application/atom+xml"


def alerts_atom(
    alerts: Iterable[Alert], *, publisher: Publisher, language: str, at: str, now: datetime
) -> bytes:
    """Return the feed that stands at the address ``at``, its newest entry first.

    An entry keeps its id through every update, and through its withdrawal: then it says why, since a
    reader that saw the warning must see that, too. ``now`` dates a feed without entries. Raise
    GiveUp for an alert that is not for everybody.
    """
    some = sorted(map(for_everybody, alerts), key=lambda one: (one.updated, one.id), reverse=True)
    words = words_in(language)
    name = one_line(publisher.names[language])
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language})
    SubElement(feed, "id").text = f"tag:{publisher.authority},2026:alerts/{language}"
    SubElement(feed, "title").text = words["feed"].format(team=name)
    SubElement(feed, "subtitle").text = words["feed_about"].format(team=name)
    SubElement(feed, "updated").text = _time(max((one.updated for one in some), default=now))
    SubElement(feed, "link", {"rel": "self", "type": CONTENT_TYPE, "href": at})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": publisher.home})
    author = SubElement(feed, "author")
    SubElement(author, "name").text = name
    SubElement(author, "uri").text = publisher.home
    if publisher.address:
        SubElement(author, "email").text = publisher.address
    SubElement(feed, "generator").text = "Lionrock"
    for alert in some:
        _entry(feed, alert, told(alert, publisher=publisher, language=language), publisher)
    return document(feed)


def _entry(feed: Element, alert: Alert, said: Told, publisher: Publisher) -> None:
    words = words_in(said.language)
    entry = SubElement(feed, "entry")
    SubElement(entry, "id").text = publisher.tag(alert, said.language)
    SubElement(entry, "title").text = said.title
    SubElement(entry, "published").text = _time(alert.published)
    SubElement(entry, "updated").text = _time(alert.updated)
    html = {"type": "text/html", "hreflang": said.language, "href": said.page}
    SubElement(entry, "link", {"rel": "alternate", **html})
    # Not alternates, as which they would be right: some readers open the first of them, some the last.
    for language in LANGUAGES:
        if language != said.language:
            page = {"hreflang": language, "href": publisher.page(alert, language)}
            name = words_in(language)["language"]
            SubElement(
                entry, "link", {"rel": "related", "type": "text/html", **page, "title": name}
            )
    for title, url in said.links:
        SubElement(entry, "link", {"rel": "related", "title": title, "href": url})
    for scheme, term, label in (
        ("kind", alert.kind.value, words["kinds"][alert.kind.value]),
        ("risk", alert.risk.value, words["risks"][alert.risk.value]),
        ("state", *_state(alert, said)),
    ):
        of = f"tag:{publisher.authority},2026:{scheme}"
        SubElement(entry, "category", {"scheme": of, "term": term, "label": label})
    SubElement(entry, "summary").text = said.news or said.summary or said.title
    content = SubElement(entry, "content", {"type": "xhtml"})
    div = markup(said)
    div.set("xmlns", XHTML)
    content.append(div)


def _state(alert: Alert, said: Told) -> tuple[str, str]:
    words = words_in(said.language)
    if alert.withdrawn:
        return "withdrawn", words["is_withdrawn"]
    if alert.log:
        return "updated", words["is_updated"]
    return "published", words["is_published"]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
