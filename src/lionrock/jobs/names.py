"""The commands that read names: judging a stream, training the model, examining it."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, Protocol

from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lionrock import regions
from lionrock.core.errors import GiveUp
from lionrock.core.judgement import Judgement, Verdict
from lionrock.jobs.current import current_model
from lionrock.jobs.exits import Exit
from lionrock.jobs.sweep import Options, in_turn, sweep
from lionrock.jobs.sweep_files import Files, list_files
from lionrock.jobs.written import written
from lionrock.names import scorer
from lionrock.names.scan import Scanned, scan
from lionrock.names.seen import SeenSet
from lionrock.names.shards import SHARD_BYTES
from lionrock.names.streams import open_names
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage
from lionrock.names.writers import RejectsWriter, open_writer

app = App(name="names", help="Read domain names, find those that imitate a brand.")
for more in ("names_more:explain", "names_more:labels", "names_series:series"):
    at = f"lionrock.jobs.{more}"
    app.command(at, name=more.partition(":")[2], help=written(at))

SEEN_SECONDS = 60.0
"""How long to wait for the set of names seen: streams have it for a moment again and again."""
Form = Literal["lines", "columns", "csv", "jsonl", "parquet", "zone"]


def _no_option(_type: object, value: str) -> None:
    """Refuse an option that nobody knows where a file is due; ``-`` alone is standard input."""
    if value != "-" and value.startswith("-"):
        raise ValueError(f"there is no option {value} (a file of that name is ./{value})")


def _is_share(_type: object, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and 0 <= value <= 1):
        raise ValueError("a score lies between 0 and 1")


def _is_size(_type: object, value: int) -> None:
    if not 1 <= value <= 65_536:
        raise ValueError("a shard holds between 1 and 65536 MiB")


Source = Annotated[str, Parameter(allow_leading_hyphen=True, validator=_no_option)]
Score = Annotated[float, Parameter(validator=_is_share)]


class Keeper(Protocol):
    """What a scan stores to: `lionrock.jobs.store.Store`, which needs Django started."""

    def known(self, hosts: list[str]) -> set[str]:
        """Return those hosts that a person decided before."""

    def keep(
        self,
        judgements: list[Judgement],
        *,
        names: int,
        rejects: int = 0,
        official: int = 0,
        known: int = 0,
    ) -> object:
        """Keep the suspects of a block and count what was read with them."""


@dataclass(slots=True)
class Tally:
    """What a scan has come to so far."""

    names: int = 0
    suspects: int = 0
    official: int = 0
    known: int = 0
    repeated: int = 0
    rejects: int = 0
    started: float = field(default_factory=time.monotonic)

    def words(self) -> str:
        """Return the tally in one line."""
        rate = self.names / max(1e-9, time.monotonic() - self.started)
        parts = [
            f"{self.names:,} names",
            f"{self.suspects:,} suspects",
            f"{self.official:,} official",
            f"{self.rejects:,} rejects",
        ]
        parts += [f"{self.known:,} known"] if self.known else []
        parts += [f"{self.repeated:,} seen before"] if self.repeated else []
        return f"{', '.join(parts)}, {rate:,.0f} names a second"


@app.command(name="scan")
def scan_names(
    file: Source,
    /,
    *,
    format: Literal["jsonl", "csv", "parquet", "table"] = "table",
    all_: Annotated[bool, Parameter(name="--all")] = False,
    min_score: Score | None = None,
    region: str = regions.DEFAULT,
    store: bool = False,
    new_only: bool = False,
    output: Path | None = None,
    rejects: Path | None = None,
    column: str | None = None,
    form: Form | None = None,
    source: str | None = None,
    quiet_output: bool = False,
    engine: Literal["threads", "ray"] = "threads",
    address: str | None = None,
    results: str | None = None,
    shard_size: Annotated[int, Parameter(validator=_is_size)] = SHARD_BYTES >> 20,
) -> int:
    """Judge a stream of names, or a set of files, and print the suspects.

    Reads plain lists, CSV, JSON lines, Parquet, zone files and lists of newly registered domains,
    as they are or compressed (gz, zst, zip). What is no name goes to the rejects, with line and
    reason. Progress goes to standard error. With the engine ray, a set of files is divided into
    shards that the machines of a cluster judge; the output is the same.

    For example:

        lionrock names scan new-domains.txt.gz
        lionrock names scan top.zone --format jsonl --min-score 0.8 > suspects.jsonl
        zcat names.gz | lionrock names scan - --all --format csv
        lionrock names scan new-domains.txt.gz --store --new-only
        lionrock names scan "zones/*.gz" --format csv --output suspects.csv
        lionrock names scan s3://names/2026/ --engine ray --address auto --results s3://sweeps/2026

    Parameters
    ----------
    file
        The file to read, or - for standard input; or a folder, a pattern ("zones/*.gz"), or the
        address of such in an object store (s3://, gs://, file://).
    format
        How results are printed: jsonl, csv, parquet, or a table for people.
    all_
        Print every name in input order, not suspects only.
    min_score
        The score (0 to 1) from which a name is a suspect; the model's own threshold by default.
    region
        The region pack whose brands are watched.
    store
        Keep the suspects in the console's database as well. Names that a person decided there
        before are told as known.
    new_only
        Judge only names that no scan with this option has met before.
    output
        Write results to this file instead of standard output.
    rejects
        Where rejects are written as JSON lines. By default they stand beside the output, or in the
        data folder with --store.
    column
        The column (or its number from 1) of a CSV or Parquet file, or the key of JSON lines.
    form
        What the input is, where content and file name mislead.
    source
        What this stream is called in the console; the file's name by default.
    quiet_output
        Print no results: for --store, when only the console is wanted.
    engine
        Who judges: threads of this machine, or ray, a Ray cluster (needs lionrock[sweep]).
    address
        The Ray cluster, as host:port, or auto for the one that this machine is a node of; by
        default Ray runs on this machine alone.
    results
        The folder, or its address in an object store, where the engine ray keeps what each shard
        gave. Run again with the same folder, it judges only what is missing. Needed with --address.
    shard_size
        How many MiB of a large file the engine ray gives to one task.
    """
    _refuse_places(file, output, rejects)
    _refuse_engine(engine, file, address, results)
    stream_name = source or _name_of(file)
    triage = Triage(regions.load(region), current_model())
    tally = Tally()
    with ExitStack() as closing:
        data = _data_folder() if store or new_only else None
        rejects_at = rejects or _rejects_place(output, data if store else None)
        seen = (
            closing.enter_context(SeenSet.open(data / "seen", wait=SEEN_SECONDS))
            if new_only and data
            else None
        )
        reject_writer = RejectsWriter(_opened(rejects_at, closing)) if rejects_at else None
        if reject_writer is not None:
            closing.callback(reject_writer.close)
        writer = None if quiet_output else open_writer(format, _target(output, closing))
        if writer is not None:
            # However the scan ends: what was judged until then can be read, Parquet's footer included.
            closing.callback(writer.close)
        keeper = None
        if store:
            keeper = closing.enter_context(_reading(stream_name, triage, rejects_at))
        show = closing.enter_context(progress(f"Reading {stream_name}"))
        options = Options(
            column=column,
            form=form,
            least=min_score,
            everything=all_,
            shard_bytes=shard_size << 20,
        )
        if engine == "ray":
            outcomes = _swept(file, triage, options, address, results, seen, show)
        elif _is_stream(file):
            outcomes = scan(
                open_names("-" if file == "-" else Path(file), column=column, form=form),
                triage,
                Suffixes.bundled(),
                least=min_score,
                everything=all_,
                seen=seen,
            )
        else:
            outcomes = in_turn(list_files(file), triage, options, seen=seen)
        for outcome in outcomes:
            judgements = _kept(outcome, keeper, tally)
            if reject_writer is not None:
                reject_writer.write(outcome.rejects, outcome.file)
            if writer is not None:
                writer.write(judgements)
            if seen is not None:
                # Only now: what is in the set is never judged again, so it must be safe first.
                seen.add(outcome.hosts)
                if keeper is not None:
                    seen.flush()
            show(tally.words())
    _say(tally.words() + (f"; rejects in {rejects_at}" if rejects_at and tally.rejects else ""))
    return Exit.FINE


@app.command(name="train")
def train_model(
    folder: Path,
    /,
    *,
    region: str = regions.DEFAULT,
    output: Path | None = None,
    labels: Path | None = None,
    threads: int = 2,
) -> int:
    """Train the model that reads names, and write it with its model card.

    The folder holds reports, new names and long-standing sites; its README says in which files. The
    same data give the same model. Needs PyTorch (the extra `train`) and one to two hours of two
    cores; training that was stopped goes on where it was when the command is given again.

    For example:

        lionrock names train ../shared/data/names
        lionrock names train ../shared/data/names --output trial --labels labels.jsonl

    Parameters
    ----------
    folder
        Where the measured names are.
    region
        The region pack whose brands are watched.
    output
        Where the model is written; in place of the shipped one by default.
    labels
        What analysts decided, as `lionrock names labels` writes it: joins what is learned.
    threads
        How many cores the network may use while it learns.
    """
    from lionrock.names import corpus, training  # noqa: PLC0415  # slow to load, rarely needed
    from lionrock.names.labels import latest, read_labels  # noqa: PLC0415  # as above

    out = output or Path(scorer.__file__).parent / "model"
    out.mkdir(parents=True, exist_ok=True)
    state = out / "training.state"
    decided = latest(read_labels(labels)) if labels else {}
    with progress("Training") as show:
        model = training.train(
            corpus.folder_of(folder),
            regions.load(region),
            out,
            show,
            labels=decided,
            threads=threads,
            kept=state,
        )
    state.unlink(missing_ok=True)
    _say(f"{model.version} is in {out}; suspects score {model.threshold} or more")
    return Exit.FINE


@app.command(name="exam")
def examine_model(
    folder: Path,
    /,
    *,
    region: str = regions.DEFAULT,
    model: Path | None = None,
    baseline: bool = True,
) -> int:
    """Examine the model on names that no training saw, and print the table of its quality.

    Ends with 1 when a target is missed. The baseline (plain hashed 3-5-grams with logistic
    regression, the field's usual first model) is trained in the same run.

    For example:

        lionrock names exam ../shared/data/names
        lionrock names exam ../shared/data/names --model trial --no-baseline

    Parameters
    ----------
    folder
        Where the measured names are.
    region
        The region pack whose brands are watched.
    model
        A folder with the model to examine; the shipped one by default.
    baseline
        Whether to train the baseline for comparison; takes a minute.
    """
    from lionrock.names import corpus, exam  # noqa: PLC0415  # slow to load, rarely needed

    chosen = scorer.load(model) if model else scorer.shipped()
    triage = Triage(regions.load(region), chosen)
    with progress("Examining") as show:
        result = exam.examine(corpus.folder_of(folder), triage, baseline=baseline, say=show)
    sys.stdout.write(exam.as_table(result))
    return Exit.FINE if result.passed else Exit.FOUND


def _kept(outcome: Scanned, keeper: Keeper | None, tally: Tally) -> list[Judgement]:
    """Store a block's suspects, count it, and return its judgements with those known marked."""
    judgements = outcome.judgements
    known = 0
    if keeper is not None:
        decided = keeper.known([j.host for j in judgements if j.verdict is Verdict.SUSPECT])
        judgements = [j.known() if j.host in decided else j for j in judgements]
        known = sum(j.verdict is Verdict.KNOWN for j in judgements)
        keeper.keep(
            judgements,
            names=outcome.judged,
            rejects=len(outcome.rejects),
            official=outcome.official,
            known=known,
        )
    tally.names += outcome.judged
    tally.official += outcome.official
    tally.known += known
    tally.repeated += outcome.repeated
    tally.rejects += len(outcome.rejects)
    tally.suspects += sum(j.verdict is Verdict.SUSPECT for j in judgements)
    return judgements


def _is_stream(file: str) -> bool:
    """Tell one local file or pipe from a set of files, and from what is in an object store."""
    # A pipe under a name is as good as a file: shells make one of `<(command)`.
    return file == "-" or ("://" not in file and Path(file).exists() and not Path(file).is_dir())


def _name_of(file: str) -> str:
    """Return what a stream is called: the last part of its path."""
    if file == "-":
        return "standard input"
    return (
        file.partition("?")[0].rstrip("/").rpartition("/")[2] if "://" in file else Path(file).name
    )


def _refuse_places(file: str, output: Path | None, rejects: Path | None) -> None:
    """Refuse an input that is not there, and places where writing would destroy it."""
    if file != "-":
        inputs = [Path(file)] if _is_stream(file) else _local(list_files(file))
        for place in (output, rejects, output and _rejects_beside(output)):
            if place is not None and place.exists() and any(map(place.samefile, inputs)):
                raise GiveUp(f"{place} is the file to be read: writing there would destroy it")
    if output is not None and rejects is not None and output.absolute() == rejects.absolute():
        raise GiveUp(f"{output} cannot hold both results and rejects")


def _local(files: Files) -> list[Path]:
    remote = "://" in files.at and not files.at.startswith("file://")
    return [] if remote else [Path(file.path) for file in files.files]


def _refuse_engine(engine: str, file: str, address: str | None, results: str | None) -> None:
    """Refuse what makes no sense with the engine before anything is started."""
    if engine == "threads" and (address or results):
        raise GiveUp("--address and --results are for --engine ray")
    if engine == "ray" and _is_stream(file) and not Path(file).is_file():
        raise GiveUp("a pipe cannot be divided into shards; write it to a file for --engine ray")
    if address and not results:
        raise GiveUp("with --address, name a folder that all nodes reach: --results")


def _swept(
    file: str,
    triage: Triage,
    options: Options,
    address: str | None,
    results: str | None,
    seen: SeenSet | None,
    show: Callable[[str], None],
) -> Iterator[Scanned]:
    from lionrock.jobs.sweep_ray import ray_workers  # noqa: PLC0415  # only this engine needs it

    return sweep(
        file,
        triage=triage,
        model=_model_folder(triage.model.version),
        options=options,
        workers=partial(ray_workers, address=address),
        results=results,
        seen=seen,
        show=show,
    )


def _model_folder(version: str) -> Traversable | Path:
    """Return where the files of the model that judges lie, for machines that do not have them."""
    if version == scorer.shipped().version:
        return resources.files("lionrock.names") / "model"
    from django.conf import settings  # noqa: PLC0415  # `current_model` has chosen them

    from lionrock.desk.models.files import folder_of  # noqa: PLC0415  # as above

    return folder_of(settings.LIONROCK_DATA, version)


def _data_folder() -> Path:
    from lionrock.jobs import django  # noqa: PLC0415  # only these options need Django

    return django.start()


@contextmanager
def _reading(name: str, triage: Triage, rejects_at: Path | None) -> Iterator[Keeper]:
    """Open a reading in the console's database; mark how it ended."""
    from lionrock.jobs import django  # noqa: PLC0415  # only --store needs Django
    from lionrock.jobs.store import Store  # noqa: PLC0415  # as above

    django.migrate()
    store = Store.open(
        source=name,
        model_version=triage.model.version,
        region=triage.catalogue.region,
        rejects_file=str(rejects_at or ""),
    )
    try:
        yield store
    except (Exception, KeyboardInterrupt) as error:
        store.fail(str(error) or type(error).__name__)
        raise
    store.finish()


def _rejects_place(output: Path | None, data: Path | None) -> Path | None:
    if data is not None:
        folder = data / "rejects"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 1_000_000:06d}.jsonl"
    return None if output is None else _rejects_beside(output)


def _rejects_beside(output: Path) -> Path:
    return output.with_name(output.name + ".rejects.jsonl")


def _opened(path: Path, closing: ExitStack) -> BinaryIO:
    return closing.enter_context(path.open("wb"))


def _target(output: Path | None, closing: ExitStack) -> BinaryIO:
    return sys.stdout.buffer if output is None else _opened(output, closing)


class Show(Protocol):
    """Tells how far long work has come."""

    def __call__(self, words: str, /) -> None:
        """Show ``words`` in place of the last ones."""


@contextmanager
def progress(title: str) -> Iterator[Show]:
    """Show a line on standard error that is rewritten in place; plain lines where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda words: None
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as shown:
        task = shown.add_task(title)
        yield lambda words: shown.update(task, description=f"{title}: {words}")


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
