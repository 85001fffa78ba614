"""Which time zone pages show, even while the region pack is being mended."""

from lionrock import regions
from lionrock.core.region import PackError


def time_zone(region: str) -> str:
    """Return the region's time zone; UTC when its pack cannot be read, which `doctor` reports."""
    try:
        return regions.load(region).timezone
    except PackError:
        return "UTC"
