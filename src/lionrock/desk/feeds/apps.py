"""The app "feeds"."""

import structlog
from django.apps import AppConfig
from django.conf import settings

from lionrock.core.errors import GiveUp
from lionrock.feeds import declare
from lionrock.feeds.declared import survey

log = structlog.get_logger(__name__)


class FeedsConfig(AppConfig):
    """What comes in."""

    name = "lionrock.desk.feeds"
    label = "feeds"

    def ready(self) -> None:
        """Take up the feeds that the site declares in its data folder; a faulty file is passed over."""
        feeds, faults = survey(settings.LIONROCK_DATA / "feeds")
        try:
            declare(feeds)
        except GiveUp as error:
            faults.append(str(error))
        for fault in faults:
            log.warning("declared_feed_refused", fault=fault)
