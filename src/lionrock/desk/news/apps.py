"""Tells Django that the tables and pages of news exist."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    """The app "news"."""

    name = "lionrock.desk.news"
    label = "news"
    default_auto_field = "django.db.models.BigAutoField"
