"""The app "events"."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """What deliveries say."""

    name = "lionrock.desk.events"
    label = "events"
