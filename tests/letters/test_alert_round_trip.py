"""Whatever format an alert leaves in, the same numbers, vulnerabilities and indicators come back out of it."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import feedparser  # type: ignore[import-untyped]  # the library has no types
import pytest
from defusedxml.ElementTree import fromstring

from lionrock.core.alerts import LANGUAGES, Alert, Kind
from lionrock.letters.alert_atom import alerts_atom
from lionrock.letters.alert_json import alerts_json
from lionrock.letters.alert_mail import alert_mail
from lionrock.letters.alert_misp import alert_misp
from lionrock.letters.alert_rss import alerts_rss
from lionrock.letters.alert_stix import alerts_stix
from lionrock.letters.cap import alert_cap
from lionrock.letters.csaf import Csaf, bulletin_csaf, file_name
from tests.letters.alerts import NOW, PUBLISHER, alert, updated

AT = "https://www.cert.example/feed.xml"
CVE = re.compile(r"CVE-\d{4}-\d{4,}")
NUMBER = re.compile(r"(?<![\w.-])\d[\d,.]*\d|(?<![\w.-])\d(?!\w)")
SHOWN = re.compile(
    r"(?:hxxps?\[:\]//\S+|[\w-]+(?:\[\.\][\w-]+)+|[\da-f]*(?:\[:\][\da-f]*){2,}|\b[\da-f]{32,64}\b)"
)


def mail(one: Alert, language: str) -> str:
    """Return the text of the mail, its lines joined again."""
    body = alert_mail(one, publisher=PUBLISHER, language=language).body
    return re.sub(r"\n +(?!- |[0-9]+\. )(?=\S)", " " if language == "en" else "", body)


def atom(one: Alert, language: str) -> str:
    """Return what a reader shows of the Atom entry."""
    raw = alerts_atom([one], publisher=PUBLISHER, language=language, at=AT, now=NOW)
    return plain(feedparser.parse(raw).entries[0].content[0].value)


def rss(one: Alert, language: str) -> str:
    """Return what a reader shows of the RSS item."""
    raw = alerts_rss([one], publisher=PUBLISHER, language=language, at=AT, now=NOW)
    return plain(feedparser.parse(raw).entries[0].description)


def cap(one: Alert, language: str) -> str:
    """Return everything that the info block of a language says."""
    root: Element = fromstring(alert_cap(one, publisher=PUBLISHER))
    (info,) = (
        info for info in root.iter() if info.tag.endswith("}info") and info[0].text == language
    )
    return "\n".join(info.itertext())


def stix(one: Alert, language: str) -> str:
    """Return the description of the report in a language."""
    objects = json.loads(alerts_stix([one], publisher=PUBLISHER))["objects"]
    if language == "en":
        return str(next(o["description"] for o in objects if o["type"] == "report"))
    content = next(o["contents"] for o in objects if o["type"] == "language-content")
    return str(content[language]["description"])


def misp(one: Alert, language: str) -> str:
    """Return the event report of a language, as MISP shows it."""
    event = json.loads(alert_misp(one, publisher=PUBLISHER))["Event"]
    content = event["EventReport"][LANGUAGES.index(language)]["content"]
    return re.sub(r"\\(.)", r"\1", content)


def ours(one: Alert, language: str) -> str:
    """Return everything of the JSON in a language."""
    (found,) = json.loads(alerts_json([one], publisher=PUBLISHER))["alerts"]
    bulletin = found.get("bulletin", {"products": [], "cves": []})
    return "\n".join(
        (
            *(sentence["text"][language] for sentence in found["sentences"]),
            *(indicator["shown"] for indicator in found["indicators"]),
            *bulletin["products"],
            *bulletin["cves"],
        )
    )


def plain(html: str) -> str:
    """Return the text of a fragment of HTML."""
    root: Element = fromstring(f"<div>{html.replace('&nbsp;', ' ')}</div>")
    return "\n".join(root.itertext())


def sentences(one: Alert, language: str) -> str:
    """Return what the alert itself says."""
    bulletin = one.bulletin
    return "\n".join(
        (
            *(sentence.text[language] for sentence in one.sentences),
            *(bulletin.products if bulletin else ()),
        )
    )


FORMATS: dict[str, Callable[[Alert, str], str]] = {
    "mail": mail, "atom": atom, "rss": rss, "cap": cap, "stix": stix, "misp": misp, "json": ours,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
def test_people_read_the_same_numbers_vulnerabilities_and_indicators(
    form: str, language: str
) -> None:
    for kind in Kind:
        one = updated(alert(kind))
        text = FORMATS[form](one, language)

        said = Counter(NUMBER.findall(sentences(one, language)))
        assert said - Counter(NUMBER.findall(text)) == Counter(), kind
        assert set(CVE.findall(text)) == set(one.bulletin.cves if one.bulletin else ()), kind
        shown = {alive(found) for found in SHOWN.findall(text)}
        assert {indicator.value for indicator in one.indicators} <= shown, kind


@pytest.mark.parametrize("kind", list(Kind))
def test_programs_read_the_same_indicators_everywhere(kind: Kind) -> None:
    one = alert(kind)
    wanted = sorted((indicator.kind, indicator.value) for indicator in one.indicators)

    assert sorted(of_stix(one)) == sorted(of_misp(one)) == sorted(of_cap(one)) == wanted
    (found,) = json.loads(alerts_json([one], publisher=PUBLISHER))["alerts"]
    assert sorted((i["kind"], i["value"]) for i in found["indicators"]) == wanted


def test_programs_read_the_same_vulnerabilities_everywhere() -> None:
    one = alert(Kind.VULNERABILITY)
    at = f"https://www.cert.example/{file_name(one)}"
    csaf = json.loads(bulletin_csaf(one, publisher=PUBLISHER, at=at, csaf=Csaf.V2_1))
    stix = json.loads(alerts_stix([one], publisher=PUBLISHER))["objects"]
    event = json.loads(alert_misp(one, publisher=PUBLISHER))["Event"]
    (found,) = json.loads(alerts_json([one], publisher=PUBLISHER))["alerts"]
    assert one.bulletin is not None

    for cves in (
        [vulnerability["cve"] for vulnerability in csaf["vulnerabilities"]],
        [thing["name"] for thing in stix if thing["type"] == "vulnerability"],
        [a["value"] for a in event["Attribute"] if a["type"] == "vulnerability"],
        found["bulletin"]["cves"],
    ):
        assert tuple(cves) == one.bulletin.cves


def of_stix(one: Alert) -> Iterator[tuple[str, str]]:
    """Yield kind and value of every indicator of a bundle."""
    names = {
        "domain-name:value": "host",
        "url:value": "url",
        "ipv4-addr:value": "ipv4",
        "ipv6-addr:value": "ipv6",
        "file:hashes.MD5": "md5",
        "file:hashes.'SHA-1'": "sha1",
        "file:hashes.'SHA-256'": "sha256",
    }
    for thing in json.loads(alerts_stix([one], publisher=PUBLISHER))["objects"]:
        if thing["type"] == "indicator":
            path, _, value = thing["pattern"].removeprefix("[").partition(" = ")
            plain = re.sub(r"\\(.)", r"\1", value.removesuffix("]")[1:-1])
            yield names[path], plain


def of_misp(one: Alert) -> Iterator[tuple[str, str]]:
    """Yield kind and value of every attribute that detects."""
    for found in json.loads(alert_misp(one, publisher=PUBLISHER))["Event"]["Attribute"]:
        if found["to_ids"]:
            six = ":" in found["value"]
            kinds = {"hostname": "host", "ip-dst": "ipv6" if six else "ipv4"}
            yield kinds.get(found["type"], found["type"]), found["value"]


def of_cap(one: Alert) -> Iterator[tuple[str, str]]:
    """Yield kind and value of every parameter of the first block that names an indicator."""
    root: Element = fromstring(alert_cap(one, publisher=PUBLISHER))
    info = next(found for found in root if found.tag.endswith("}info"))
    for parameter in info:
        if parameter.tag.endswith("}parameter"):
            name, value = (child.text or "" for child in parameter)
            if name.startswith("indicator:"):
                yield name.removeprefix("indicator:"), alive(value)


def alive(text: str) -> str:
    """Return what was made harmless as it was."""
    return text.replace("[.]", ".").replace("[:]", ":").replace("[@]", "@").replace("hxxp", "http")
