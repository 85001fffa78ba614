"""Tells Django that the trends' tables and pages exist."""

from django.apps import AppConfig


class TrendsConfig(AppConfig):
    """The app "trends"."""

    name = "lionrock.desk.trends"
    label = "trends"
    default_auto_field = "django.db.models.BigAutoField"
