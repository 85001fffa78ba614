"""Whether anything made up is there: asked by every page."""

from lionrock.desk.sample.models import Laid


def is_there() -> bool:
    """Tell whether made-up things may be shown."""
    return Laid.objects.exists()
