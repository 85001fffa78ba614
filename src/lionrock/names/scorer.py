"""What triage needs of a model of names, and the bundle of files in which a trained one is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import TryLater
from lionrock.names.blocks import Hosts, Splits
from lionrock.names.ngrams import NgramModel
from lionrock.names.reader import Cascade, Net
from lionrock.names.traits import TRAITS


class NameReader(Protocol):
    """A model that reads names letter by letter."""

    @property
    def version(self) -> str:
        """What stands beside every verdict that rests on this model."""

    def logits(self, hosts: Hosts, splits: Splits) -> NDArray[np.float64]:
        """Return, per host, the log-odds that its registered name is one of a reported phish."""

    def logits_of(
        self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the same for some rows of the block, read as closely as the model can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameModel:
    """Everything training leaves behind.

    ``reader`` tells reported from other names, ``novelty`` new names from long-standing sites';
    ``words`` are word counts. Where a look-alike was found, ``blend`` maps each trait to its weight
    in the log-odds of abuse; where none was, ``letters`` has their ``slope`` and ``intercept`` over
    the reader's logit, and what ``novelty`` weighs. ``record`` maps aliases to their log-odds, ``read`` to what people saw in their hits, ``endings`` public suffixes to
    theirs. Names that score ``threshold`` or more are suspects.
    """

    reader: NameReader
    novelty: NgramModel
    words: Mapping[str, int]
    letters: Mapping[str, float]
    blend: Mapping[str, float]
    record: Mapping[str, float]
    read: Mapping[str, float]
    endings: Mapping[str, float]
    threshold: float

    @property
    def version(self) -> str:
        """The version that stands beside every verdict."""
        return self.reader.version


@cache
def shipped() -> NameModel:
    """Return the model in the package."""
    return load(resources.files("lionrock.names") / "model")


def load(folder: Traversable | Path) -> NameModel:
    """Return the model kept in ``folder``; raise TryLater when there is none."""
    try:
        facts = json.loads((folder / "model.json").read_text("utf-8"))
        words = json.loads((folder / "words.json").read_text("utf-8"))
        reader = _load_reader(folder, facts)
        novelty = _load_ngrams(folder / "novelty.npz", facts["version"])
    except FileNotFoundError as missing:
        raise TryLater(f"no model of names in {folder}: run `lionrock names train`") from missing
    return NameModel(
        reader=reader,
        novelty=novelty,
        words={word: int(count) for count, some in words.items() for word in some.split()},
        letters={name: float(value) for name, value in facts["letters"].items()},
        blend={name: float(facts["blend"].get(name, 0.0)) for name in TRAITS},
        record={key: float(value) for key, value in facts["record"].items()},
        read={key: float(value) for key, value in facts.get("read", {}).items()},
        endings={key: float(value) for key, value in facts["endings"].items()},
        threshold=float(facts["threshold"]),
    )


def save(model: NameModel, folder: Path) -> None:
    """Write the model's files into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    facts: dict[str, object] = {"version": model.version, "threshold": model.threshold}
    match model.reader:
        case Cascade() as cascade:
            (folder / "network.onnx").write_bytes(cascade.net.graph)
            for name in ("sieve", "reported", "met"):
                _save_ngrams(folder / f"{name}.npz", getattr(cascade, name))
            facts |= {"passes": cascade.passes, "weights": list(cascade.weights)}
        case NgramModel() as ngrams:
            _save_ngrams(folder / "ngrams.npz", ngrams)
        case other:
            raise TypeError(f"{type(other).__name__} cannot be written")
    _save_ngrams(folder / "novelty.npz", model.novelty)
    by_count: dict[str, list[str]] = {}
    for word, count in sorted(model.words.items()):
        by_count.setdefault(str(count), []).append(word)
    counts = {count: " ".join(by_count[count]) for count in sorted(by_count, key=int)}
    _write(folder / "words.json", counts)
    _write(
        folder / "model.json",
        {
            **facts,
            "letters": dict(model.letters),
            "blend": dict(model.blend),
            "endings": dict(sorted(model.endings.items())),
            "record": dict(sorted(model.record.items())),
            "read": dict(sorted(model.read.items())),
        },
    )


def _load_reader(folder: Traversable | Path, facts: Mapping[str, Any]) -> NameReader:
    """Return the cascade that the folder holds; a folder without a network holds n-grams alone."""
    if "passes" not in facts:
        return _load_ngrams(folder / "ngrams.npz", facts["version"])
    w = [float(weight) for weight in facts["weights"]]
    return Cascade(
        sieve=_load_ngrams(folder / "sieve.npz", facts["version"]),
        reported=_load_ngrams(folder / "reported.npz", facts["version"]),
        met=_load_ngrams(folder / "met.npz", facts["version"]),
        weights=(w[0], w[1], w[2], w[3]),
        net=Net((folder / "network.onnx").read_bytes()),
        passes=float(facts["passes"]),
        version=facts["version"],
    )


def _load_ngrams(path: Traversable | Path, version: str) -> NgramModel:
    with path.open("rb") as stream, np.load(stream) as arrays:
        return NgramModel(
            weights=arrays["weights"],
            scale=float(arrays["scale"]),
            intercept=float(arrays["intercept"]),
            version=version,
        )


def _save_ngrams(path: Path, model: NgramModel) -> None:
    np.savez_compressed(
        path,
        weights=model.weights,
        scale=np.float64(model.scale),
        intercept=np.float64(model.intercept),
    )


def _write(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")
