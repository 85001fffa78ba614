"""The app "notices"."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """What is told to whom."""

    name = "lionrock.desk.notices"
    label = "notices"
