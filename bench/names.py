"""Measures how fast names are read and judged: the whole road, its steps, and others' ways beside them.

Prints rates and their ratios within this run; asserts nothing. Names are those of our own generator,
or a file named in BENCH_NAMES.
"""

import gzip
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from publicsuffixlist import PublicSuffixList
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from lionrock import regions
from lionrock.names import scorer
from lionrock.names.normalise import normalise
from lionrock.names.sample import sample_names
from lionrock.names.streams import open_names
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage

COUNT = int(os.environ.get("BENCH_COUNT", "3700000"))
SOME = 20_000


def main() -> None:
    """Measure the command on a month of names, then each step beside another way of doing it."""
    with tempfile.TemporaryDirectory(prefix="lionrock-bench-") as folder:
        source = Path(os.environ.get("BENCH_NAMES", "")) if "BENCH_NAMES" in os.environ else None
        path = source or written(Path(folder) / "names.txt.gz")
        whole_road(path, Path(folder))
        steps(path)


def written(path: Path) -> Path:
    """Write COUNT generated names, differing in a number, and return the file."""
    region = regions.load(regions.DEFAULT)
    names = [n for n in sample_names(region, count=100_000) if b"\0" not in n and len(n) < 200]
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for round_ in range(-(-COUNT // len(names))):
            mark = b"" if round_ == 0 else b"%d" % round_
            left = COUNT - round_ * len(names)
            stream.writelines(mark + name for name in names[:left])
    return path


def whole_road(path: Path, folder: Path) -> None:
    """Time `names scan` from the compressed file to suspects as JSON lines, in a process of its own."""
    command = [
        *(sys.executable, "-c", "from lionrock.jobs.cli import main; main()", "names", "scan"),
        *(str(path), "--format", "jsonl", "--output", str(folder / "suspects.jsonl")),
    ]
    began = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    took = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(done.stderr.strip().splitlines()[-1])
    print(f"names scan: {took:.1f} s wall, {peak:,.0f} MiB at the most")


def steps(path: Path) -> None:
    """Time each step on the first block, beside the plain way to do the same."""
    lines = next(iter(open_names(path)))
    hosts, _ = normalise(lines)
    region = regions.load(regions.DEFAULT)
    triage = Triage(region, scorer.shipped())
    suffixes = Suffixes.bundled()
    splits = suffixes.split(hosts)
    names = [hosts.host(i) for i in range(min(SOME, len(hosts)))]
    public = PublicSuffixList()
    beside(
        "public suffixes",
        per_name(lambda: suffixes.split(hosts), len(hosts)),
        "publicsuffixlist",
        per_name(lambda: [public.publicsuffix(name) for name in names], len(names)),
    )
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(3, 5), n_features=1 << 20, alternate_sign=False
    )
    model = SGDClassifier(loss="log_loss").fit(
        vectorizer.transform(names[:2000]), np.arange(2000) % 2
    )
    beside(
        "reading letters (2-6-grams)",
        per_name(lambda: triage.model.reader.logits(hosts, splits), len(hosts)),
        "scikit-learn (3-5-grams)",
        per_name(lambda: model.decision_function(vectorizer.transform(names)), len(names)),
    )
    words = [a for b in region.brands for a in b.aliases if a.isascii()]
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    beside(
        "everything (look-alikes, letters, score)",
        per_name(lambda: triage.score(hosts, splits), len(hosts)),
        "one regular expression of all aliases",
        per_name(lambda: [pattern.search(name) for name in names], len(names)),
    )
    beside(
        "everything (look-alikes, letters, score)",
        per_name(lambda: triage.score(hosts, splits), len(hosts)),
        "a loop over the aliases, as keyword scorers do",
        per_name(lambda: keyword_loop(names[:2000], words), 2000),
    )


def keyword_loop(names: Sequence[str], words: Sequence[str]) -> list[int]:
    """Count, per name, the aliases it holds."""
    return [sum(word in name for word in words) for name in names]


def per_name(work: Callable[[], object], count: int) -> float:
    """Return seconds of processor time per name, the best of three after one to warm up."""
    work()
    took = []
    for _ in range(3):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took) / count


def beside(ours: str, our_time: float, theirs: str, their_time: float) -> None:
    """Print both rates and how many times faster ours is."""
    print(
        f"{ours}: {1 / our_time:,.0f} names/s; {theirs}: {1 / their_time:,.0f} names/s; "
        f"ratio {their_time / our_time:.1f}"
    )
