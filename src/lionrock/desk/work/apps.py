"""The app "work"."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Who works."""

    name = "lionrock.desk.work"
    label = "work"
