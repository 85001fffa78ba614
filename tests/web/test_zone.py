"""The time zone that pages show."""

import pytest

from lionrock import regions
from lionrock.web.zone import time_zone


@pytest.mark.parametrize("code", regions.available())
def test_pages_show_the_time_of_the_region(code: str) -> None:
    assert time_zone(code) == regions.load(code).timezone != ""


def test_without_a_pack_that_can_be_read_pages_show_utc() -> None:
    assert time_zone("nowhere") == "UTC"
