"""Tells Django that the reports exist."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The app "reports"."""

    name = "lionrock.desk.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
