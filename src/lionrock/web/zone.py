"""Which time zone pages show, even while the region pack is being mended."""

import tomllib
from zoneinfo import ZoneInfo

from lionrock import regions
from lionrock.core.region import PackError


def time_zone(region: str) -> str:
    """Return the region's time zone; UTC when its pack cannot be read, which `doctor` reports.

    Every start asks, and reading the whole pack takes long: all brands with their names.
    """
    try:
        head = tomllib.loads(regions.document(region, "region.toml").decode())
        return ZoneInfo(str(head["timezone"])).key
    except (PackError, ValueError, KeyError):  # no pack, no TOML, no zone of this name
        return "UTC"
