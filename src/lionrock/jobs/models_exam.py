"""Holds exams of registered models and keeps what they found; Django must have been started."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from lionrock import regions
from lionrock.desk.models.current import current_version, model_of
from lionrock.desk.models.files import digest_of_files
from lionrock.desk.models.models import KeptModel
from lionrock.desk.models.selectors.gates import latest_exam
from lionrock.desk.models.services import keep_exam
from lionrock.jobs.names import progress
from lionrock.names import corpus, exam
from lionrock.names.gate import Measured
from lionrock.names.triage import Triage


def examine(folder: Path, *, model: str, baseline: bool) -> Iterator[tuple[str, bool, str]]:
    """Examine one model, or all that were not on these names; yield version, verdict and table."""
    names = digest_of_files(sorted(corpus.folder_of(folder).glob("*.gz")))
    region = settings.LIONROCK_REGION
    versions = [model] if model else [current_version(), *_others()]
    for version in dict.fromkeys(versions):
        if not model and latest_exam(version, region=region, corpus=names):
            continue
        triage = Triage(regions.load(region), model_of(version))
        with progress(f"Examining {version}") as show:
            result = exam.examine(folder, triage, baseline=baseline, say=show)
        keep_exam(
            version=version,
            corpus=names,
            region=region,
            threshold=result.threshold,
            rows=[
                Measured(what=row.what, of=row.of, share=row.share, least=row.least, most=row.most)
                for row in result.rows
            ],
            by=None,
            now=datetime.now(UTC),
        )
        yield version, result.passed, exam.as_table(result)


def _others() -> list[str]:
    return list(KeptModel.objects.order_by("-added_at").values_list("version", flat=True))
