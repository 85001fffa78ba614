"""The network that reads names: its shape, and how it learns. Needs PyTorch (the extra ``train``).

A small residual convolutional network over letters. It first learns the language of domain names by
guessing withheld letters (Devlin et al., 2019, with convolutions), then all its heads at once:
``abuse`` (reported rather than new), ``lure`` (what for), ``made`` (letters nobody chose), and
``place`` (names of one make lie close; an imitation lies near what it imitates: Chopra et al., 2005,
in the in-batch form of van den Oord et al., 2018).
"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lionrock.names.graph import Batch, build, rounded
from lionrock.names.lessons import LURES, PAIR_WIDTH, Lessons
from lionrock.names.letters import HIDDEN, SUFFIXES, SYMBOLS, WIDTHS, encode, widths_of
from lionrock.names.training_rows import SEED, Sample

HEADS: Final = ("abuse", "lure", "made")
HIDDEN_SHARE: Final = 0.2
"""The share of letters withheld in pretraining."""
SAVE_EVERY: Final = 250
SUFFIX_HIDDEN: Final = 0.05
"""How often a name's suffix number is withheld, so that an ending never met is no surprise."""
WARMTH: Final = 0.1
"""The temperature of the in-batch softmax over places."""
CALIBRATED_ON: Final = 8192
USUAL_FROM: Final = 65_536
"""From how many new names it is learned, at the end, what usually stands between the layers."""
MOMENTUM: Final = 0.02
LATE_FROM: Final = 0.75
"""From this part of its course on, the network is shown late names only."""
LURE_WEIGHT, MADE_WEIGHT, PLACE_WEIGHT = 0.15, 0.1, 0.2

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large the network is and how long it learns; ``small`` is for tests."""

    width: int = 192
    layers: int = 4
    symbol: int = 32
    ending: int = 32
    hidden: int = 128
    place: int = 48
    pretraining: int = 800
    steps: int = 4000
    batch: int = 2048
    pairs: int = 192
    rate: float = 2e-3
    drop: float = 0.1


SMALL: Final = Plan(
    width=16, layers=1, symbol=8, ending=4, hidden=16, place=8, pretraining=20, steps=60, batch=128,
    pairs=32,
)  # fmt: skip


class Network(nn.Module):
    """Letters [n, width] and suffix numbers [n] to what every head says, and a place [n, d]."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.symbols = nn.Embedding(SYMBOLS, plan.symbol, padding_idx=0)
        self.suffixes = nn.Embedding(SUFFIXES, plan.ending)
        self.first = nn.Conv1d(plan.symbol, plan.width, 5, padding=2)
        self.convs = nn.ModuleList(
            nn.Conv1d(plan.width, plan.width, 3, padding=1) for _ in range(plan.layers)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(plan.width, momentum=MOMENTUM) for _ in range(plan.layers)
        )
        self.drop = nn.Dropout(plan.drop)
        self.guess = nn.Linear(plan.width, SYMBOLS)
        self.hidden = nn.Linear(2 * plan.width + plan.ending + 1, plan.hidden)
        self.abuse = nn.Linear(plan.hidden, 1)
        self.lure = nn.Linear(plan.hidden, len(LURES))
        self.made = nn.Linear(plan.hidden, 1)
        self.place = nn.Linear(plan.hidden, plan.place)

    def read(self, letters: Tensor) -> tuple[Tensor, Tensor]:
        """Return what stands at every letter [n, width of the network, letters], and where letters are."""
        mask = (letters > 0).unsqueeze(1).float()
        z = torch.relu(self.first(self.symbols(letters).transpose(1, 2))) * mask
        for conv, norm in zip(self.convs, self.norms, strict=True):
            z = (z + torch.relu(norm(conv(z)))) * mask
        return z, mask

    def guesses(self, letters: Tensor) -> Tensor:
        """Return, for every letter, how likely each symbol stands there [n, letters, symbols]."""
        return self.guess(self.read(letters)[0].transpose(1, 2))

    def forward(self, letters: Tensor, suffix: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return abuse [n], lure [n, kinds], made [n] and place [n, d] (of length 1)."""
        z, mask = self.read(letters)
        size = mask.sum(2)
        ending = self.drop(self.suffixes(suffix))
        features = torch.cat([z.amax(2), z.sum(2) / size, ending, size / 32], 1)
        hidden = self.drop(torch.relu(self.hidden(self.drop(features))))
        return (
            self.abuse(hidden)[:, 0],
            self.lure(hidden),
            self.made(hidden)[:, 0],
            functional.normalize(self.place(hidden).float(), dim=1),
        )


def learn(lessons: Lessons, plan: Plan, threads: int, kept: Path | None, say: Say) -> Network:
    """Return a trained network.

    ``kept`` is a file in which the state of training is kept every few minutes; training that was
    stopped goes on from there. The state of another plan or of other names is left aside.
    """
    torch.manual_seed(SEED)
    # Numbers next to zero, which embeddings never met leave in the optimiser, cost five times the time.
    torch.set_flush_denormal(True)
    torch.set_num_threads(threads)
    network = Network(plan)
    course = _Course(network, lessons, plan)
    done = course.take_up(kept, say) if kept else 0
    total = plan.pretraining + plan.steps
    begun, first = time.monotonic(), done
    network.train()
    for step in range(done, total):
        loss = course.pretrain(step) if step < plan.pretraining else course.teach(step)
        if (step + 1) % 50 == 0:
            left = (time.monotonic() - begun) / (step + 1 - first) * (total - step - 1)
            what = "guessing letters" if step < plan.pretraining else "telling names"
            say(
                f"{what}: step {step + 1:,} of {total:,}, loss {loss:.3f}, {left / 60:.0f} min left"
            )
        if kept and ((step + 1) % SAVE_EVERY == 0 or step + 1 == total):
            course.keep(kept, step + 1)
    course.settle()
    network.eval()
    return network


def exported(network: Network, sample: Sample) -> bytes:
    """Return the network as an ONNX graph in bytes, its ranges taken from a draw of the sample."""
    rng = np.random.default_rng(SEED)
    rows = rng.integers(0, len(sample.hosts), CALIBRATED_ON)
    widths = widths_of(sample.hosts, sample.splits, rows)
    batches: list[Batch] = []
    for number, width in enumerate(WIDTHS):
        some = rows[widths == number]
        if len(some):
            letters, suffix = encode(sample.hosts, sample.splits, some, width)
            batches.append({"letters": letters, "suffix": suffix})
    return rounded(build(arrays_of(network), HEADS), batches)


def arrays_of(network: Network) -> dict[str, NDArray[np.float32]]:
    """Return the network's weights by name, as ``graph.build`` takes them."""
    return {
        name: value.detach().float().numpy()
        for name, value in network.state_dict().items()
        if value.is_floating_point()
    }


class _Course:
    """The course of training: the drawing of names, the optimiser, the state on disk."""

    def __init__(self, network: Network, lessons: Lessons, plan: Plan) -> None:
        self.network, self.lessons, self.plan = network, lessons, plan
        sample = lessons.sample
        rows = np.arange(len(sample.hosts))
        widths = widths_of(sample.hosts, sample.splits, rows)
        self.labels = (sample.kinds == 0).astype(np.float32)
        self.by_width = [
            _Shelf(lessons, np.flatnonzero((widths == i) & (lessons.draws > 0)))
            for i in range(len(WIDTHS))
        ]
        standing = np.flatnonzero((sample.kinds == 2) & (widths <= 3) & (lessons.draws > 0))
        self.standing = encode(sample.hosts, sample.splits, standing, PAIR_WIDTH)
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=plan.rate, weight_decay=1e-2)
        self.print = f"{asdict(plan)} {len(rows)} {float(lessons.draws @ (rows % 997)):.9f}"

    def pretrain(self, step: int) -> float:
        """Guess withheld letters of a batch."""
        rng = np.random.default_rng((SEED, step))
        chances = np.array([len(shelf.rows) for shelf in self.by_width], dtype=np.float64)
        shelf = self.by_width[rng.choice(len(chances), p=chances / chances.sum())]
        letters, _ = shelf.batch(rng.integers(0, len(shelf.rows), self.plan.batch))
        hidden = torch.from_numpy(rng.random(letters.shape) < HIDDEN_SHARE) & (letters > 0)
        with torch.autocast("cpu", torch.bfloat16):
            said = self.network.guesses(torch.where(hidden, torch.tensor(HIDDEN), letters))
            loss = functional.cross_entropy(said[hidden].float(), letters[hidden])
        return self._step(loss, step, self.plan.pretraining)

    def teach(self, step: int) -> float:
        """Teach all heads on one batch each."""
        rng = np.random.default_rng((SEED, step))
        late = int(step - self.plan.pretraining >= LATE_FROM * self.plan.steps)
        chances = np.array(
            [shelf.sums[late][-1] if len(shelf.rows) else 0.0 for shelf in self.by_width]
        )
        shelf = self.by_width[rng.choice(len(chances), p=chances / chances.sum())]
        drawn = shelf.draw(rng, self.plan.batch, late)
        letters, suffix = shelf.batch(drawn)
        suffix[torch.from_numpy(rng.random(len(drawn)) < SUFFIX_HIDDEN)] = 0
        rows = shelf.rows[drawn]
        with torch.autocast("cpu", torch.bfloat16):
            abuse, lure, _, _ = self.network(letters, suffix)
            loss = functional.binary_cross_entropy_with_logits(
                abuse.float(), torch.from_numpy(self.labels[rows])
            )
            kinds = torch.from_numpy(self.lessons.lures[rows])
            if bool((kinds >= 0).any()):
                loss = loss + LURE_WEIGHT * functional.cross_entropy(
                    lure.float(), kinds, ignore_index=-1
                )
            loss = loss + self._synthetic(rng)
        return self._step(loss, step - self.plan.pretraining, self.plan.steps)

    def _synthetic(self, rng: np.random.Generator) -> Tensor:
        """Return the loss on names made for the purpose: imitations, and letters nobody chose."""
        count = self.plan.pairs
        likes, originals = self.lessons.pairs(rng, count)
        noise = self.lessons.noise(rng, count // 2)
        letters, suffix = (
            torch.from_numpy(part) for part in self.lessons.encode(likes + originals + noise)
        )
        plain = rng.integers(0, len(self.standing[0]), count // 2)
        more, more_suffix = (torch.from_numpy(part[plain]) for part in self.standing)
        letters = torch.cat([letters, more]).long()
        # Made-up names must not change what the network takes for usual: they are read as at work.
        self.network.norms.eval()
        _, _, made, place = self.network(letters, torch.cat([suffix, more_suffix]))
        self.network.norms.train()
        near = place[:count] @ place[count : 2 * count].T / WARMTH
        # The same original may stand in a batch twice: then both are right.
        same = torch.tensor([[a == b for b in originals] for a in originals], dtype=torch.float32)
        wanted = same / same.sum(1, keepdim=True)
        truth = torch.cat([torch.ones(len(noise)), torch.zeros(len(plain))])
        return PLACE_WEIGHT * functional.cross_entropy(
            near, wanted
        ) + MADE_WEIGHT * functional.binary_cross_entropy_with_logits(
            made[2 * count :].float(), truth
        )

    def _step(self, loss: Tensor, step: int, steps: int) -> float:
        rate = self.plan.rate * min(1.0, (step + 1) / 100)
        rate *= 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * step / max(1, steps)))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        return float(loss.item())

    def settle(self) -> None:
        """Learn from new names alone what usually stands between the layers: the stream is made of them."""
        sample, rng = self.lessons.sample, np.random.default_rng(SEED)
        new = np.flatnonzero(sample.kinds == 1)
        rows = rng.choice(new, min(USUAL_FROM, len(new)), replace=False)
        widths = widths_of(sample.hosts, sample.splits, rows)
        for norm in self.network.norms:
            norm.reset_running_stats()  # type: ignore[operator]  # a ModuleList knows modules only
            norm.momentum = None  # type: ignore[assignment]  # every batch counts alike
        with torch.no_grad():
            for number, width in enumerate(WIDTHS):
                some = rows[widths == number]
                for part in np.array_split(some, math.ceil(len(some) / self.plan.batch) or 1):
                    if len(part) > 1:
                        letters, _ = encode(sample.hosts, sample.splits, part, width)
                        self.network.read(torch.from_numpy(letters.astype(np.int64)))

    def keep(self, file: Path, step: int) -> None:
        """Write the state after ``step`` steps."""
        fresh = file.with_suffix(".new")
        torch.save(
            {
                "print": self.print,
                "step": step,
                "network": self.network.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "random": torch.get_rng_state(),
            },
            fresh,
        )
        fresh.replace(file)

    def take_up(self, file: Path, say: Say) -> int:
        """Take up the state in ``file``, if it is of this plan; return the steps already done."""
        if not file.exists():
            return 0
        state = torch.load(file, weights_only=True)
        if state["print"] != self.print:
            say(f"{file.name} is of another plan or of other names: beginning anew")
            return 0
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        say(f"going on after step {state['step']:,}")
        return int(state["step"])


class _Shelf:
    """The rows of one width, with their letters at hand and their chances to be drawn, early and late."""

    def __init__(self, lessons: Lessons, rows: NDArray[np.int64]) -> None:
        sample = lessons.sample
        self.rows = rows
        self.sums = (np.cumsum(lessons.draws[rows]), np.cumsum(lessons.late[rows]))
        width = WIDTHS[int(widths_of(sample.hosts, sample.splits, rows[:1])[0])] if len(rows) else 1
        self.letters, self.suffix = encode(sample.hosts, sample.splits, rows, width)

    def draw(self, rng: np.random.Generator, count: int, late: int) -> NDArray[np.int64]:
        """Return ``count`` places on the shelf, each with its row's chance."""
        sums = self.sums[late]
        at: NDArray[np.int64] = np.searchsorted(sums, rng.random(count) * sums[-1])
        return np.minimum(at, len(sums) - 1)

    def batch(self, drawn: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Return the letters and suffix numbers of what was drawn."""
        return (
            torch.from_numpy(self.letters[drawn].astype(np.int64)),
            torch.from_numpy(self.suffix[drawn]),
        )
