"""Models to add: copies of the shipped one under other versions, and exams of them."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from lionrock.desk.models import services
from lionrock.desk.models.files import models_folder
from lionrock.desk.models.models import KeptModel
from lionrock.names import scorer
from lionrock.names.gate import Measured

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SHIPPED = Path(scorer.__file__).parent / "model"

Added = Callable[[str], KeptModel]


def a_folder(at: Path, version: str) -> Path:
    """Write the shipped model into a folder under another version."""
    shutil.copytree(SHIPPED, at)
    facts = json.loads((at / "model.json").read_text("utf-8"))
    (at / "model.json").write_text(json.dumps({**facts, "version": version}), "utf-8")
    return at


def examined(version: str, *, false_alarms: float = 0.001, corpus: str = "c" * 64) -> None:
    """Keep an exam of a model."""
    services.keep_exam(
        version=version,
        corpus=corpus,
        region="hk",
        threshold=0.4,
        rows=[
            Measured(
                what="new names that are suspects", of=200_000, share=false_alarms, most=0.003
            ),
            Measured(what="recall at 1.0%, reported", of=5_000, share=0.3),
        ],
        by=None,
        now=NOW,
    )


@pytest.fixture(autouse=True)
def _no_models_left() -> Iterator[None]:
    """Leave no model of one test to the next."""
    yield
    shutil.rmtree(models_folder(settings.LIONROCK_DATA), ignore_errors=True)


@pytest.fixture
def add(tmp_path: Path, db: None) -> Added:
    """Add a model under a version."""

    def added(version: str) -> KeptModel:
        return services.add_model(folder=a_folder(tmp_path / version, version), by=None, now=NOW)

    return added
