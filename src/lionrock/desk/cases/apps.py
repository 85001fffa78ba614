"""Tells Django that the tables and pages of cases exist."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CasesConfig(AppConfig):
    """The app "cases"."""

    name = "lionrock.desk.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the views taken away before tables change, and made anew afterwards."""
        from lionrock.desk.cases.counted import STANDING  # noqa: PLC0415  # needs the database

        pre_migrate.connect(STANDING.before_migrating, sender=self)
        post_migrate.connect(STANDING.after_migrating, sender=self)
