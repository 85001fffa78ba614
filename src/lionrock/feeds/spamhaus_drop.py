"""Spamhaus DROP: networks that criminals took over or run."""

from lionrock.feeds.listed.spamhaus import list_at

FEED = list_at(
    "https://www.spamhaus.org/drop/drop_v4.json", id="spamhaus-drop", title="Spamhaus DROP"
)
