"""Gives commands the model that judges: the shipped one, or the one an administrator switched to."""

from django.conf import settings

from lionrock.desk.models.files import models_folder
from lionrock.jobs import django
from lionrock.names import scorer


def current_model() -> scorer.NameModel:
    """Return the model that judges now; raise TryLater when its files are not on this machine.

    Where no model was ever added, nobody can have switched: then no database is opened, and none
    need be there.
    """
    django.choose_settings()
    if not models_folder(settings.LIONROCK_DATA).is_dir():
        return scorer.shipped()
    django.start()
    from lionrock.desk.models import current  # noqa: PLC0415  # needs Django started

    return current.current_model()
