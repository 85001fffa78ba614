"""Spamhaus ASN-DROP: autonomous systems that criminals took over or run."""

from lionrock.feeds.listed.spamhaus import list_at

FEED = list_at(
    "https://www.spamhaus.org/drop/asndrop.json", id="spamhaus-asn-drop", title="Spamhaus ASN-DROP"
)
