"""The app "constituents"."""

from django.apps import AppConfig


class ConstituentsConfig(AppConfig):
    """Whom we serve or tell."""

    name = "lionrock.desk.constituents"
    label = "constituents"
