"""The app "sample"."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    """What is made up."""

    name = "lionrock.desk.sample"
    label = "sample"
