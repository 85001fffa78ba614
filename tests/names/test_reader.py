"""The network as it is taught, and as it reads: the same word, in bytes, and only where it matters."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.lessons import LURES
from lionrock.names.letters import WIDTHS, encode, widths_of
from lionrock.names.ngrams import NgramModel
from lionrock.names.reader import Cascade, Net, stacked
from lionrock.names.suffixes import Suffixes

torch = pytest.importorskip("torch", reason="PyTorch is not installed: training is not tested")
from lionrock.names import graph, network  # noqa: E402  # needs PyTorch

NAMES = [
    "green-stone.com",
    "paypal-login.top",
    "x7k2q.icu",
    "a.co",
    "evil.pages.dev",
    "y" * 55 + ".net",
]


def block(names: list[str]) -> tuple[Hosts, Splits, NDArray[np.int64]]:
    """Return names as a block, their splits, and all its rows."""
    hosts = hosts_of(names)
    return hosts, Suffixes.bundled().split(hosts), np.arange(len(names), dtype=np.int64)


@pytest.fixture(scope="module")
def untaught() -> Any:
    """Return a small network of random weights whose normalisation has seen some names."""
    torch.manual_seed(3)
    made = network.Network(network.SMALL)
    made.train()
    rng = np.random.default_rng(4)
    for _ in range(5):
        letters = torch.from_numpy(rng.integers(0, 40, (64, 16)))
        made(letters, torch.from_numpy(rng.integers(1, 4096, 64)))
    made.eval()
    return made


def said_by(made: Any, hosts: Hosts, splits: Splits) -> list[tuple[float, list[float]]]:
    """Return abuse and place of every host, as PyTorch reckons them."""
    out = []
    for row, width in enumerate(widths_of(hosts, splits, np.arange(len(hosts))).tolist()):
        letters, suffix = encode(hosts, splits, np.array([row]), WIDTHS[width])
        with torch.no_grad():
            abuse, _, _, place = made(
                torch.from_numpy(letters.astype(np.int64)), torch.from_numpy(suffix)
            )
        out.append((float(abuse[0]), place[0].tolist()))
    return out


def test_the_graph_says_what_the_network_says(untaught: Any) -> None:
    hosts, splits, rows = block(NAMES)
    net = Net(graph.build(network.arrays_of(untaught), network.HEADS).SerializeToString())
    read = net.read(hosts, splits, rows)
    wanted = said_by(untaught, hosts, splits)
    assert read.abuse == pytest.approx([abuse for abuse, _ in wanted], abs=1e-4)
    assert np.allclose(read.place, [place for _, place in wanted], atol=1e-4)
    assert read.lure.shape == (len(NAMES), len(LURES))


def test_in_bytes_it_says_nearly_the_same(untaught: Any) -> None:
    hosts, splits, rows = block(NAMES * 20)
    whole = graph.build(network.arrays_of(untaught), network.HEADS)
    batches: list[graph.Batch] = []
    for width in range(len(WIDTHS)):
        some = rows[widths_of(hosts, splits, rows) == width]
        if len(some):
            letters, suffix = encode(hosts, splits, some, WIDTHS[width])
            batches.append({"letters": letters, "suffix": suffix})
    exact = Net(whole.SerializeToString()).read(hosts, splits, rows).abuse
    rounded = Net(graph.rounded(whole, batches)).read(hosts, splits, rows).abuse
    assert np.abs(exact - rounded).max() < 0.1
    assert exact.std() > 0.001


def test_a_name_reads_the_same_whatever_stands_beside_it(untaught: Any) -> None:
    net = Net(graph.build(network.arrays_of(untaught), network.HEADS).SerializeToString())
    together = net.read(*block(NAMES)).abuse
    alone = [float(net.read(*block([name])).abuse[0]) for name in NAMES]
    assert together == pytest.approx(alone, abs=1e-5)


def test_no_rows_are_no_trouble(untaught: Any) -> None:
    net = Net(graph.build(network.arrays_of(untaught), network.HEADS).SerializeToString())
    hosts, splits, rows = block(NAMES)
    assert len(net.read(hosts, splits, rows[:0]).abuse) == 0


def test_the_second_stage_reads_what_the_sieve_lets_pass_and_no_more(untaught: Any) -> None:
    rng = np.random.default_rng(6)
    ngrams = NgramModel(
        weights=rng.integers(-90, 90, 1 << 10).astype(np.int8),
        scale=0.01,
        intercept=0.0,
        version="x",
    )
    net = Net(graph.build(network.arrays_of(untaught), network.HEADS).SerializeToString())
    cascade = Cascade(
        sieve=ngrams, net=net, reported=ngrams, met=ngrams, weights=(1.0, 0.5, 0.25, -1.0),
        passes=0.0, version="x",
    )  # fmt: skip
    hosts, splits, rows = block([f"name{i}.com" for i in range(60)])
    first = ngrams.logits(hosts, splits)
    passed = first >= cascade.passes
    assert 0 < passed.sum() < 60
    out = cascade.logits(hosts, splits)
    assert out[~passed] == pytest.approx(first[~passed])
    closely = cascade.logits_of(hosts, splits, rows)
    assert out[passed] == pytest.approx(closely[passed])
    parts = (net.read(hosts, splits, rows).abuse, first, first)
    assert closely == pytest.approx(stacked(parts, (1.0, 0.5, 0.25, -1.0)))
    everything = replace(cascade, passes=-100.0)
    assert everything.logits(hosts, splits) == pytest.approx(closely)
