"""Training and exam on a small corpus: the same data give the same model, and the table is whole."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lionrock.core.errors import TryLater
from lionrock.names import corpus, exam, scorer, training, training_rows
from lionrock.names.labels import Label, Said
from lionrock.names.ngrams import NgramModel, dither
from lionrock.names.scorer import NameModel
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


def train_small(folder: Path, out: Path, kept: Path | None = None) -> NameModel:
    """Train a small network on the corpus in ``folder``."""
    pytest.importorskip("torch", reason="PyTorch is not installed: training is not tested")
    from lionrock.names import network

    read = read_verdicts(folder, "train")
    return training.train(folder, LABELLED, out, quiet, read=read, plan=network.SMALL, kept=kept)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the corpus' folder and the folder of a model trained on it."""
    folder = write_corpus(tmp_path_factory.mktemp("corpus"))
    out = tmp_path_factory.mktemp("model")
    train_small(folder, out)
    return folder, out


def test_the_same_data_give_the_same_files(trained: tuple[Path, Path], tmp_path: Path) -> None:
    folder, out = trained
    train_small(folder, tmp_path)
    for file in ("model.json", "words.json", "card.md", "network.onnx"):
        assert (tmp_path / file).read_bytes() == (out / file).read_bytes()
    for file in ("sieve.npz", "reported.npz", "met.npz", "novelty.npz"):
        with np.load(tmp_path / file) as one, np.load(out / file) as other:
            assert all((one[key] == other[key]).all() for key in one.files)


def test_training_that_was_stopped_goes_on_and_ends_the_same(
    trained: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = trained
    from lionrock.names import network

    monkeypatch.setattr(network, "SAVE_EVERY", 30)
    kept = tmp_path / "state"
    real = network._Course.teach
    done: list[int] = []

    def stopping(course: network._Course, step: int) -> float:
        if step == 70 and not done:
            done.append(step)
            raise KeyboardInterrupt
        return real(course, step)

    monkeypatch.setattr(network._Course, "teach", stopping)
    with pytest.raises(KeyboardInterrupt):
        train_small(folder, tmp_path / "first", kept)
    train_small(folder, tmp_path / "second", kept)
    for file in ("network.onnx", "model.json"):
        assert (tmp_path / "second" / file).read_bytes() == (out / file).read_bytes()


def test_without_pytorch_training_says_what_to_install(
    trained: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "lionrock.names.network")
    with pytest.raises(TryLater, match="extra `train`"):
        training.train(trained[0], LABELLED, tmp_path, quiet)


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
    assert len(dev) == 1983
    assert all(len(said) == 2 for said in corpus.readings("dev").values())
    assert not set(dev) & set(train)
    assert set(dev.values()) == {"abuse", "unclear", "accident", "nothing"}


def test_readers_who_differ_make_a_name_unclear() -> None:
    assert corpus.agreed(["abuse", "abuse"]) == "abuse"
    assert corpus.agreed(["abuse", "unclear"]) == "unclear"
    assert corpus.agreed(["abuse", "accident"]) == "unclear"
    assert corpus.agreed(["accident", "nothing"]) == "accident"


def test_calibration_is_the_mean_distance_of_what_was_said_and_what_was_so() -> None:
    scores = np.repeat([0.2, 0.4, 0.6, 0.8, 1.0], 20)
    truth = np.repeat([0.3, 0.3, 0.6, 0.8, 1.0], 20)
    assert exam.calibration_error(scores, scores) == pytest.approx(0.0)
    assert exam.calibration_error(scores, truth) == pytest.approx(0.04)
    assert exam.calibration_error(np.array([]), np.array([])) == 0.0


def test_the_shipped_model_knows_its_version() -> None:
    assert scorer.shipped().version.startswith("net-")


def test_rounding_to_bytes_moves_no_weight_by_more_than_half_a_step() -> None:
    fitted = np.append(np.random.default_rng(3).normal(0, 0.1, 1 << 10), -2.0)
    model = NgramModel.rounded(fitted, "x")
    kept = model.scale * (model.weights + np.array([dither(i) for i in range(1 << 10)]))
    inside = np.abs(fitted[:-1]) < 126 * model.scale
    assert np.abs(kept - fitted[:-1])[inside].max() <= model.scale / 2 + 1e-12
    assert len(np.unique(kept)) == 1 << 10


def test_what_analysts_decided_joins_what_is_learned(trained: tuple[Path, Path]) -> None:
    def decided(name: str, verdict: Said) -> Label:
        return Label(
            registrable=name,
            host=name,
            verdict=verdict,
            reason="",
            by="",
            when=datetime(2026, 1, 1, tzinfo=UTC),
            model_version="x",
        )

    rows = training_rows.training_rows(trained[0])
    fresh, reported = rows.fresh[0][0], rows.reported[0][0]
    kept = next(f"name{i}.com" for i in range(99) if corpus.held_out(f"name{i}.com"))
    labels = {
        fresh: decided(fresh, Said.ABUSE),
        reported: decided(reported, Said.BENIGN),
        "open.com": decided("open.com", Said.UNCLEAR),
        kept: decided(kept, Said.ABUSE),
    }
    joined = training_rows.with_labels(rows, labels)
    assert (fresh, training_rows.DECIDED) in joined.reported
    assert fresh not in dict(joined.fresh)
    assert (reported, training_rows.DECIDED) in joined.fresh
    assert reported not in dict(joined.reported)
    assert fresh in joined.met & joined.late
    assert not {"open.com", kept} & (dict(joined.fresh).keys() | dict(joined.reported).keys())
    sample = training_rows.assemble(joined.reported, joined.fresh, [], [])
    row = next(i for i in range(len(sample.hosts)) if sample.hosts.host(i) == fresh)
    digest = corpus.digest(fresh)
    by_hash = int(digest[:8], 16) % training.APART == 0
    assert training.kept_apart(sample, {}, {digest: "abuse"}, {row: None})[row]
    assert training.kept_apart(sample, {digest: "abuse"}, {}, {})[row]
    assert training.kept_apart(sample, {}, {digest: "abuse"}, {})[row] == by_hash
