"""What triage needs of a model of names, and the bundle of files in which a trained one is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import TryLater
from lionrock.names.blocks import Hosts, Splits
from lionrock.names.ngrams import NgramModel
from lionrock.names.traits import TRAITS


class NameReader(Protocol):
    """A model that reads names letter by letter."""

    @property
    def version(self) -> str:
        """What stands beside every verdict that rests on this model."""

    def logits(self, hosts: Hosts, splits: Splits) -> NDArray[np.float64]:
        """Return, per host, the log-odds that its registered name is one of a reported phish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameModel:
    """Everything training leaves behind.

    ``reader`` tells reported from other names, ``novelty`` new names from long-standing sites';
    ``words`` are word counts. Where a look-alike was found, ``blend`` maps each trait to its weight
    in the log-odds of abuse; where none was, ``letters`` has their ``slope`` and ``intercept`` over
    the reader's logit. ``record`` maps aliases to their log-odds, ``endings`` public suffixes to
    theirs. Names that score ``threshold`` or more are suspects.
    """

    reader: NameReader
    novelty: NgramModel
    words: Mapping[str, int]
    letters: Mapping[str, float]
    blend: Mapping[str, float]
    record: Mapping[str, float]
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
        reader = _load_ngrams(folder / "ngrams.npz", facts["version"])
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
        endings={key: float(value) for key, value in facts["endings"].items()},
        threshold=float(facts["threshold"]),
    )


def save(model: NameModel, reader: NgramModel, folder: Path) -> None:
    """Write the model's files into ``folder``; ``reader`` is the model's own reader of letters."""
    folder.mkdir(parents=True, exist_ok=True)
    _save_ngrams(folder / "ngrams.npz", reader)
    _save_ngrams(folder / "novelty.npz", model.novelty)
    by_count: dict[str, list[str]] = {}
    for word, count in sorted(model.words.items()):
        by_count.setdefault(str(count), []).append(word)
    counts = {count: " ".join(by_count[count]) for count in sorted(by_count, key=int)}
    _write(folder / "words.json", counts)
    _write(
        folder / "model.json",
        {
            "version": model.version,
            "threshold": model.threshold,
            "letters": dict(model.letters),
            "blend": dict(model.blend),
            "endings": dict(sorted(model.endings.items())),
            "record": dict(sorted(model.record.items())),
        },
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
