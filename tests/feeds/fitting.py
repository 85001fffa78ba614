"""Which feed reads which of the measured deliveries."""

from fnmatch import fnmatch
from typing import Final

FITTING: Final = (
    ("shadowserver/*", "shadowserver"),
    ("n6/shadowserver/*", "shadowserver"),
    ("misp/*", "misp"),
    ("intelmq/misp/*", "misp"),
    ("stix2/*", "stix"),
    ("xarf/*", "xarf"),
    ("mail-abuseio/abusehub/*", "abusehub"),
    ("mail-abuseio/blocklistde/*", "abuse-mail"),
    ("mail-abuseio/cleanmx/*", "clean-mx"),
    ("mail-abuseio/copyrightcompliance/*", "acns"),
    ("mail-abuseio/cyscon/*", "cyscon"),
    ("mail-abuseio/google/*", "google-safe-browsing"),
    ("mail-abuseio/ip-echelon/*", "acns"),
    ("mail-abuseio/projecthoneypot/*", "project-honeypot"),
    ("mail-abuseio/shadowserver/*", "shadowserver-mail"),
    ("mail-abuseio/spamexperts/*", "arf"),
    ("n6/abuse_ch/*feodotracker*", "feodo-tracker"),
    ("n6/abuse_ch/*ssl-blacklist*", "sslbl"),
    ("n6/abuse_ch/*urlhaus*", "urlhaus"),
    ("n6/cesnet_cz/*", "indicator-text"),
    ("n6/dan_tv/*", "dan-tor"),
    ("n6/openphish/*", "openphish"),
    ("n6/sblam/*", "sblam"),
    ("n6/spam404_com/*", "spam404"),
    ("n6/stopforum/*", "stop-forum-spam"),
    ("n6/zoneh/*", "zone-h"),
    ("intelmq/json/*", "intelmq"),
    ("intelmq/alienvault/*", "otx"),
    ("intelmq/blocklistde/*", "blocklist-de"),
    ("intelmq/dataplane/*", "dataplane"),
    ("intelmq/dshield/block.txt", "dshield"),
    ("intelmq/openphish/*", "openphish"),
    ("intelmq/html_table/*", "web-table"),
    ("intelmq/threatminer/*", "web-table"),
    ("intelmq/mail/*", "abuse-mail"),
    ("intelmq-historic/malwaregroup/*", "web-table"),
    ("intelmq-historic/taichung/*", "web-table"),
    ("intelmq-historic/autoshun/*", "web-table"),
    ("intelmq-historic/openphish/*", "openphish"),
    ("intelmq-historic/spamhaus/*", "spamhaus-drop"),
    ("*", "indicator-text"),
)
"""The feed that reads which files; the first that fits. What no feed of ours is for is read as text."""


def fitting(place: str) -> str:
    return next(feed for pattern, feed in FITTING if fnmatch(place, pattern))
