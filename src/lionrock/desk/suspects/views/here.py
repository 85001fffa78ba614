"""When a day begins and what runs on this machine: the world as the views hand it to selectors."""

import os
import socket
from datetime import datetime

from django.utils import timezone

from lionrock.desk.suspects.selectors.readings import Machine


def midnight(now: datetime) -> datetime:
    """Return when the day of ``now`` began in the region's time zone."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def this_machine() -> Machine:
    """Return this machine, whose processes can be asked whether they live."""
    return Machine(name=socket.gethostname(), is_alive=_is_alive)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
