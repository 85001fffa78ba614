"""Tells Django that the streams' tables and pages exist."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    """The app "streams"."""

    name = "lionrock.desk.streams"
    label = "streams"
    default_auto_field = "django.db.models.BigAutoField"
