"""Lays a told alert out as a fragment of XHTML for the readers of feeds, without styles or scripts."""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from lionrock.letters.alert_told import Section, Shape, Told, words_in

XHTML: Final = "http://www.w3.org/1999/xhtml"


def markup(told: Told) -> Element:
    """Return a ``div`` of paragraphs, lists and headings; its links are the page and the alert's own."""
    words = words_in(told.language)
    div = Element("div", {"lang": told.language})
    for name, value in told.facts:
        SubElement(div, "p").text = words["fact"].format(name=name, value=value)
    for section in told.sections:
        SubElement(div, "h2").text = section.title
        _lines(div, section)
    if told.links:
        SubElement(div, "h2").text = words["parts"]["links"]
        ul = SubElement(div, "ul")
        for title, url in told.links:
            SubElement(SubElement(ul, "li"), "a", {"href": url}).text = title
    if told.history:
        SubElement(div, "h2").text = words["parts"]["log"]
        ul = SubElement(div, "ul")
        for entry in told.history:
            SubElement(ul, "li").text = entry
    paragraph = SubElement(div, "p")
    SubElement(paragraph, "a", {"href": told.page}).text = told.page
    return div


def document(root: Element) -> bytes:
    """Return a whole XML document in UTF-8."""
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _lines(div: Element, section: Section) -> None:
    if section.shape is Shape.PROSE:
        for line in section.lines:
            SubElement(div, "p").text = line
        return
    items = SubElement(div, "ol" if section.shape is Shape.STEPS else "ul")
    for line in section.lines:
        SubElement(items, "li").text = line
