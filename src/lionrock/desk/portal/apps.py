"""The portal as a Django app; it has no tables of its own."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages of a constituent's own people."""

    name = "lionrock.desk.portal"
    label = "portal"
