"""What tests of commands share."""

import pytest
from pytest_django import Settings


@pytest.fixture
def own_data(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the test a data folder in which no other test can have left a model."""
    settings.LIONROCK_DATA = tmp_path_factory.mktemp("own-data")
