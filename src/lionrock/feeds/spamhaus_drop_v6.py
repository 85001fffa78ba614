"""Spamhaus DROPv6: IPv6 networks that criminals took over or run."""

from lionrock.feeds.listed.spamhaus import list_at

FEED = list_at(
    "https://www.spamhaus.org/drop/drop_v6.json", id="spamhaus-drop-v6", title="Spamhaus DROPv6"
)
