"""Training and exam on a small corpus: the same data give the same model, and the table is whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lionrock.core.errors import TryLater
from lionrock.names import corpus, exam, scorer, training, training_rows
from lionrock.names.ngrams import NgramModel, dither
from lionrock.names.triage import Triage
from tests.names.corpus_maker import read_verdicts, write_corpus
from tests.names.packs import REGION

LABELLED = replace(
    REGION,
    brands=tuple(
        replace(brand, labels=("PayPal",)) if brand.id == "paypal" else brand
        for brand in REGION.brands
    ),
)


def quiet(words: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the corpus' folder and the folder of a model trained on it."""
    folder = write_corpus(tmp_path_factory.mktemp("corpus"))
    out = tmp_path_factory.mktemp("model")
    training.train(folder, LABELLED, out, quiet, read=read_verdicts(folder, "train"))
    return folder, out


def test_the_same_data_give_the_same_files(trained: tuple[Path, Path], tmp_path: Path) -> None:
    folder, out = trained
    training.train(folder, LABELLED, tmp_path, quiet, read=read_verdicts(folder, "train"))
    for file in ("model.json", "words.json", "card.md"):
        assert (tmp_path / file).read_bytes() == (out / file).read_bytes()
    for file in ("ngrams.npz", "novelty.npz"):
        with np.load(tmp_path / file) as one, np.load(out / file) as other:
            assert all((one[key] == other[key]).all() for key in one.files)


def test_a_trained_model_tells_reported_names_from_plain_ones(trained: tuple[Path, Path]) -> None:
    folder, out = trained
    result = exam.examine(folder, Triage(LABELLED, scorer.load(out)), baseline=True, say=quiet)
    shares = {row.what: row.share for row in result.rows}
    assert shares["recall at 1.0%, attackers' own registrable domains"] > 0.8
    assert shares["labelled hosts with the right brand's alias that name it"] > 0.9
    assert shares["long-standing sites that are suspects"] <= 0.01


def test_the_table_names_every_row_and_marks_missed_targets(trained: tuple[Path, Path]) -> None:
    folder, out = trained
    model = replace(scorer.load(out), threshold=0.0)
    result = exam.examine(folder, Triage(LABELLED, model), baseline=False, say=quiet)
    table = exam.as_table(result)
    assert not result.passed
    assert "| new names that are suspects | 1,524 |" in table
    assert "MISSED" in table
    assert all(row.what in table for row in result.rows)


def test_the_held_out_tenth_is_seen_by_no_training(trained: tuple[Path, Path]) -> None:
    folder, _ = trained
    rows = training_rows.training_rows(folder)
    labelled = {r.registrable for r in corpus.reports(folder, "train") if r.brand_label}
    assert not [name for name, _ in rows.reported if name in labelled and corpus.held_out(name)]
    assert not [name for name in rows.own if corpus.held_out(name)]
    assert 0.05 < np.mean([corpus.held_out(f"name{i}.com") for i in range(2000)]) < 0.15


def test_a_folder_without_the_names_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match=r"nrd_dev\.txt\.gz is not in"):
        corpus.folder_of(tmp_path)


def test_a_folder_without_a_model_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match="no model of names"):
        scorer.load(tmp_path)


def test_read_names_are_kept_by_hash_alone() -> None:
    dev, train = corpus.read_names("dev"), corpus.read_names("train")
    assert len(dev) == 200
    assert not set(dev) & set(train)
    assert set(dev.values()) == {"abuse", "unclear", "accident"}


def test_the_shipped_model_knows_its_version() -> None:
    assert scorer.shipped().version.startswith("ngrams-")


def test_rounding_to_bytes_moves_no_weight_by_more_than_half_a_step() -> None:
    fitted = np.append(np.random.default_rng(3).normal(0, 0.1, 1 << 10), -2.0)
    model = NgramModel.rounded(fitted, "x")
    kept = model.scale * (model.weights + np.array([dither(i) for i in range(1 << 10)]))
    inside = np.abs(fitted[:-1]) < 126 * model.scale
    assert np.abs(kept - fitted[:-1])[inside].max() <= model.scale / 2 + 1e-12
    assert len(np.unique(kept)) == 1 << 10
