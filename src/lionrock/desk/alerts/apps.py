"""Tells Django that the alerts' tables and pages exist."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """The app "alerts"."""

    name = "lionrock.desk.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
