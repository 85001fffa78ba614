"""The Reference Security Incident Taxonomy: the classes and types every event is sorted into."""

from enum import StrEnum


class Rsit(StrEnum):
    """One type of the taxonomy, written ``class.type`` in its machine names.

    Source: Reference Incident Classification Taxonomy Task Force (ENISA, TF-CSIRT), RSIT 1003.
    """

    SPAM = "abusive-content.spam"
    HARMFUL_SPEECH = "abusive-content.harmful-speech"
    VIOLENCE = "abusive-content.violence"
    INFECTED_SYSTEM = "malicious-code.infected-system"
    C2_SERVER = "malicious-code.c2-server"
    MALWARE_DISTRIBUTION = "malicious-code.malware-distribution"
    MALWARE_CONFIGURATION = "malicious-code.malware-configuration"
    SCANNER = "information-gathering.scanner"
    SNIFFING = "information-gathering.sniffing"
    SOCIAL_ENGINEERING = "information-gathering.social-engineering"
    IDS_ALERT = "intrusion-attempts.ids-alert"
    BRUTE_FORCE = "intrusion-attempts.brute-force"
    EXPLOIT = "intrusion-attempts.exploit"
    PRIVILEGED_ACCOUNT_COMPROMISE = "intrusions.privileged-account-compromise"
    UNPRIVILEGED_ACCOUNT_COMPROMISE = "intrusions.unprivileged-account-compromise"
    APPLICATION_COMPROMISE = "intrusions.application-compromise"
    SYSTEM_COMPROMISE = "intrusions.system-compromise"
    BURGLARY = "intrusions.burglary"
    DOS = "availability.dos"
    DDOS = "availability.ddos"
    MISCONFIGURATION = "availability.misconfiguration"
    SABOTAGE = "availability.sabotage"
    OUTAGE = "availability.outage"
    UNAUTHORISED_ACCESS = "information-content-security.unauthorised-information-access"
    UNAUTHORISED_MODIFICATION = "information-content-security.unauthorised-information-modification"
    DATA_LOSS = "information-content-security.data-loss"
    DATA_LEAK = "information-content-security.data-leak"
    UNAUTHORISED_USE = "fraud.unauthorised-use-of-resources"
    COPYRIGHT = "fraud.copyright"
    MASQUERADE = "fraud.masquerade"
    PHISHING = "fraud.phishing"
    WEAK_CRYPTO = "vulnerable.weak-crypto"
    DDOS_AMPLIFIER = "vulnerable.ddos-amplifier"
    UNWANTED_ACCESSIBLE = "vulnerable.potentially-unwanted-accessible"
    INFORMATION_DISCLOSURE = "vulnerable.information-disclosure"
    VULNERABLE_SYSTEM = "vulnerable.vulnerable-system"
    OTHER = "other.other"
    UNDETERMINED = "other.undetermined"
    TEST = "test.test"

    @property
    def classification(self) -> str:
        """The class the type belongs to: the part before the dot."""
        return self.value.partition(".")[0]

    @property
    def type(self) -> str:
        """The type within its class: the part after the dot."""
        return self.value.partition(".")[2]
