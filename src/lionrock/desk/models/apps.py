"""Tells Django that the registry of models exists."""

from django.apps import AppConfig


class ModelsConfig(AppConfig):
    """The app "models"."""

    name = "lionrock.desk.models"
    label = "models"
    default_auto_field = "django.db.models.BigAutoField"
