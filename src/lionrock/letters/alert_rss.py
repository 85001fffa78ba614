"""Writes the published alerts as an RSS 2.0 feed, for readers that know no Atom."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from lionrock.core.alerts import Alert
from lionrock.letters.alert_checked import for_everybody
from lionrock.letters.alert_markup import document, markup
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import told, words_in
from lionrock.letters.plainly import one_line

CONTENT_TYPE: Final = "application/rss+xml"


def alerts_rss(
    alerts: Iterable[Alert], *, publisher: Publisher, language: str, at: str, now: datetime
) -> bytes:
    """Return the feed that stands at the address ``at``, its newest item first.

    An item's ``guid`` is the id of its Atom entry. RSS knows the day of publication alone, so that of
    an update is the ``pubDate``, and the text says which is which. Raise GiveUp for an alert that is
    not for everybody.
    """
    some = sorted(map(for_everybody, alerts), key=lambda one: (one.updated, one.id), reverse=True)
    words = words_in(language)
    name = one_line(publisher.names[language])
    rss = Element("rss", {"version": "2.0", "xmlns:atom": "http://www.w3.org/2005/Atom"})
    channel = SubElement(rss, "channel")
    SubElement(channel, "title").text = words["feed"].format(team=name)
    SubElement(channel, "link").text = publisher.home
    SubElement(channel, "description").text = words["feed_about"].format(team=name)
    SubElement(channel, "language").text = language
    SubElement(channel, "lastBuildDate").text = _date(max((a.updated for a in some), default=now))
    SubElement(channel, "docs").text = "https://www.rssboard.org/rss-specification"
    SubElement(channel, "generator").text = "Lionrock"
    SubElement(channel, "atom:link", {"rel": "self", "type": CONTENT_TYPE, "href": at})
    for alert in some:
        said = told(alert, publisher=publisher, language=language)
        item = SubElement(channel, "item")
        SubElement(item, "title").text = said.title
        SubElement(item, "link").text = said.page
        # A description is HTML within XML: written once as markup, and once more as its text.
        html = tostring(markup(said), encoding="unicode", method="html")
        SubElement(item, "description").text = html
        for category in (
            words["kinds"][alert.kind.value],
            words["fact"].format(name=words["risk"], value=words["risks"][alert.risk.value]),
        ):
            SubElement(item, "category").text = category
        SubElement(item, "guid", {"isPermaLink": "false"}).text = publisher.tag(alert, language)
        SubElement(item, "pubDate").text = _date(alert.updated)
    return document(rss)


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC))
