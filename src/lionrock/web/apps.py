"""The shell around every page, as a Django app: its templates and files come first."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lionrock.web"
    label = "web"
