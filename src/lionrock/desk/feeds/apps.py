"""The app "feeds"."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """What comes in."""

    name = "lionrock.desk.feeds"
    label = "feeds"
