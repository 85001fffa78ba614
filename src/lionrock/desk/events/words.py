"""Says the road's codes in the reader's language: kinds, severities, reasons, parts, carriers."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLASSES: Final[dict[str, Promise]] = {
    "abusive-content": _("Abusive content"),
    "malicious-code": _("Malicious code"),
    "information-gathering": _("Information gathering"),
    "intrusion-attempts": _("Intrusion attempts"),
    "intrusions": _("Intrusions"),
    "availability": _("Availability"),
    "information-content-security": _("Information security"),
    "fraud": _("Fraud"),
    "vulnerable": _("Vulnerable"),
    "other": pgettext_lazy("class of the taxonomy", "Other"),
    "test": _("Test"),
}

KINDS: Final[dict[str, Promise]] = {
    "abusive-content.spam": _("Spam"),
    "abusive-content.harmful-speech": _("Harmful speech"),
    "abusive-content.violence": _("Sexual exploitation and violence"),
    "malicious-code.infected-system": _("Infected system"),
    "malicious-code.c2-server": _("Control server"),
    "malicious-code.malware-distribution": _("Malware distribution"),
    "malicious-code.malware-configuration": _("Malware configuration"),
    "information-gathering.scanner": _("Scanner"),
    "information-gathering.sniffing": _("Sniffing"),
    "information-gathering.social-engineering": _("Social engineering"),
    "intrusion-attempts.ids-alert": _("Attempt with a known exploit"),
    "intrusion-attempts.brute-force": _("Password guessing"),
    "intrusion-attempts.exploit": _("Attempt with an unknown exploit"),
    "intrusions.privileged-account-compromise": _("Privileged account taken over"),
    "intrusions.unprivileged-account-compromise": _("Account taken over"),
    "intrusions.application-compromise": _("Application taken over"),
    "intrusions.system-compromise": _("System taken over"),
    "intrusions.burglary": _("Burglary"),
    "availability.dos": _("Denial of service"),
    "availability.ddos": _("Distributed denial of service"),
    "availability.misconfiguration": _("Misconfiguration"),
    "availability.sabotage": _("Sabotage"),
    "availability.outage": _("Outage"),
    "information-content-security.unauthorised-information-access": _("Unauthorised access"),
    "information-content-security.unauthorised-information-modification": _(
        "Unauthorised change (defacement, ransomware)"
    ),
    "information-content-security.data-loss": _("Data loss"),
    "information-content-security.data-leak": _("Data leak"),
    "fraud.unauthorised-use-of-resources": _("Unauthorised use of resources"),
    "fraud.copyright": _("Copyright"),
    "fraud.masquerade": _("Masquerade"),
    "fraud.phishing": _("Phishing"),
    "vulnerable.weak-crypto": _("Weak cryptography"),
    "vulnerable.ddos-amplifier": _("DDoS amplifier"),
    "vulnerable.potentially-unwanted-accessible": _("Service open to the world"),
    "vulnerable.information-disclosure": _("Information disclosure"),
    "vulnerable.vulnerable-system": _("Vulnerable system"),
    "other.other": pgettext_lazy("class of the taxonomy", "Other"),
    "other.undetermined": _("Undetermined"),
    "test.test": _("Test"),
}

SEVERITIES: Final[dict[str, Promise]] = {
    "critical": pgettext_lazy("severity", "critical"),
    "high": pgettext_lazy("severity", "high"),
    "medium": pgettext_lazy("severity", "medium"),
    "low": pgettext_lazy("severity", "low"),
    "info": pgettext_lazy("severity", "for information"),
}

WHYS: Final[dict[str, Promise]] = {
    "located": _("its network is used in the region"),
    "reported": _("the source says it is in the region"),
    "domain": _("its name stands under the region’s domains"),
    "constituent": _("it belongs to a constituent, though outside the region"),
    "elsewhere": _("it is outside the region"),
    "unknown": _("no fact places it anywhere"),
}

PARTS: Final[dict[str, Promise]] = {
    "source": pgettext_lazy("the part an asset plays", "it came from here"),
    "target": pgettext_lazy("the part an asset plays", "it was aimed here"),
    "host": pgettext_lazy("the part an asset plays", "it is here"),
}

SEENS: Final[dict[str, Promise]] = {
    "scan": _("a complete active scan"),
    "passive": _("seen in passing (sinkhole, honeypot)"),
    "listed": _("a list its keeper maintains"),
    "reported": _("reported once"),
}

ASSETS: Final[dict[str, Promise]] = {
    "address": _("address"),
    "network": _("network"),
    "asn": _("ASN"),
    "host": _("host name"),
    "url": _("URL"),
    "hash": _("file"),
}

CARRIERS: Final[dict[str, Promise]] = {
    "drop": _("drop folder"),
    "http": _("download"),
    "imap": _("mailbox"),
    "shadowserver": _("Shadowserver API"),
    "taxii": _("TAXII collection"),
    "misp": _("MISP feed"),
    "n6": _("n6 stream"),
    "push": _("sent to us"),
}


def kind_in_words(code: str) -> str:
    """Return a type (``fraud.phishing``) or a class (``fraud``) of the taxonomy in words."""
    known = KINDS.get(code) or CLASSES.get(code)
    return str(known) if known else code
