"""Tell kinds, families and TLP from the labels that exchange formats hang on things."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lionrock.core.events import Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp, narrowest
from lionrock.feeds.roles import part_of, severity_of

_TLP: Final = {
    "white": Tlp.CLEAR,
    "clear": Tlp.CLEAR,
    "green": Tlp.GREEN,
    "amber": Tlp.AMBER,
    "amber+strict": Tlp.AMBER_STRICT,
    "red": Tlp.RED,
}
_TLP_NAME: Final = re.compile(r"^tlp(?::2\.0)?[:\-](white|clear|green|amber\+strict|amber|red)$")
_MACHINE: Final = re.compile(r'^([a-z0-9_\-]+):([^="]+)(?:="([^"]*)")?$', re.IGNORECASE)
_FAMILIES: Final = (
    "misp-galaxy:malpedia",
    "misp-galaxy:banker",
    "misp-galaxy:botnet",
    "misp-galaxy:rat",
    "misp-galaxy:ransomware",
    "misp-galaxy:stealer",
    "misp-galaxy:backdoor",
    "misp-galaxy:exploit-kit",
    "misp-galaxy:tool",
    "misp-galaxy:mitre-malware",
    "misp-galaxy:mitre-tool",
    "misp-galaxy:android",
)
"""Where a MISP tag names malware, the telling galaxies first."""
_ID: Final = re.compile(r"\s+-\s+[A-Z]+[0-9]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a label says something is."""

    kind: Rsit
    part: Part
    severity: Severity
    variant: str = ""


_WORDS: Final[tuple[tuple[str, Meaning], ...]] = (
    ("phishing", Meaning(kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH)),
    ("ddos", Meaning(kind=Rsit.DDOS, part=Part.SOURCE, severity=Severity.HIGH)),
    ("brute-force", Meaning(kind=Rsit.BRUTE_FORCE, part=Part.SOURCE, severity=Severity.MEDIUM)),
    ("bruteforce", Meaning(kind=Rsit.BRUTE_FORCE, part=Part.SOURCE, severity=Severity.MEDIUM)),
    ("scanner", Meaning(kind=Rsit.SCANNER, part=Part.SOURCE, severity=Severity.LOW)),
    ("scanning", Meaning(kind=Rsit.SCANNER, part=Part.SOURCE, severity=Severity.LOW)),
    (
        "defacement",
        Meaning(
            kind=Rsit.UNAUTHORISED_MODIFICATION,
            part=Part.HOST,
            severity=Severity.HIGH,
            variant="defacement",
        ),
    ),
    ("spam", Meaning(kind=Rsit.SPAM, part=Part.SOURCE, severity=Severity.MEDIUM)),
    ("botnet-drone", Meaning(kind=Rsit.INFECTED_SYSTEM, part=Part.SOURCE, severity=Severity.HIGH)),
    ("infected", Meaning(kind=Rsit.INFECTED_SYSTEM, part=Part.SOURCE, severity=Severity.HIGH)),
    ("malware", Meaning(kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH)),
    ("ransomware", Meaning(kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH)),
)
_SERVER: Final = Meaning(kind=Rsit.C2_SERVER, part=Part.HOST, severity=Severity.CRITICAL)
_SERVERS: Final = re.compile(r"(?<![a-z0-9])(?:c2|c&c|cnc|command[ -]and[ -]control)(?![a-z0-9])")
UNTOLD: Final = Meaning(kind=Rsit.UNDETERMINED, part=Part.HOST, severity=Severity.INFO)


def names_server(text: str) -> bool:
    """Tell whether a lower-case text speaks of a control server (“ec2” and a hash do not)."""
    return _SERVERS.search(text) is not None


def tlp_of(labels: Iterable[str]) -> Tlp | None:
    """Return the narrowest TLP label among them, of TLP 1 or 2, or None."""
    found = [_TLP[name[1]] for text in labels if (name := _TLP_NAME.match(text.strip().lower()))]
    return narrowest(*found) if found else None


def meaning_of(labels: Iterable[str]) -> Meaning | None:
    """Return what the labels say: the taxonomy's own type if one names it, else known words."""
    texts = [text.strip().lower()[:500] for text in labels]
    for text in texts:
        found = _MACHINE.match(text)
        if found and found[1] in {"rsit", "ecsirt", "eucs"} and (kind := _rsit(found[2], found[3])):
            return Meaning(
                kind=kind,
                part=part_of(kind),
                severity=severity_of(kind),
                variant="defacement" if "defacement" in text else "",
            )
    words = [_unquoted(text) for text in texts if "galaxy" not in text]
    if any(names_server(text) for text in words):
        return _SERVER
    for word, meaning in _WORDS:
        if any(word in text for text in words):
            return meaning
    return None


def family_of(labels: Iterable[str]) -> str | None:
    """Return the malware that a galaxy tag names, lower case, or None."""
    texts = [text.strip()[:500] for text in labels]
    for galaxy in _FAMILIES:
        for text in texts:
            name, mark, value = text.partition("=")
            if mark and name.lower() == galaxy:
                return _ID.sub("", value.strip('" ')).strip().lower() or None
    return None


def _rsit(place: str, value: str | None) -> Rsit | None:
    wanted = (value or "").replace("_", "-").replace(" ", "-")
    classification = place.replace("_", "-").replace(" ", "-")
    wanted = _RENAMED.get(wanted, wanted)
    for kind in Rsit:
        if kind.type == wanted and classification in {kind.classification, "incident", ""}:
            return kind
    return next((kind for kind in Rsit if wanted and kind.type == wanted), None)


_RENAMED: Final = {
    "c&c": "c2-server",
    "c2server": "c2-server",
    "botnet-drone": "infected-system",
    "malware": "malware-distribution",
    "ransomware": "infected-system",
    "defacement": "unauthorised-information-modification",
    "compromised": "system-compromise",
    "vulnerable-service": "vulnerable-system",
    "backdoor": "system-compromise",
}


def _unquoted(text: str) -> str:
    return text.replace('"', "").replace("_", "-").replace(" ", "-")
