"""Tells Django that the suspects' tables and pages exist."""

from django.apps import AppConfig


class SuspectsConfig(AppConfig):
    """The app "suspects"."""

    name = "lionrock.desk.suspects"
    label = "suspects"
    default_auto_field = "django.db.models.BigAutoField"
