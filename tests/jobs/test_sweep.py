"""Sweeps: what shards give, joined, is what one machine gives; what was judged is not judged again."""

import gzip
import json
import sys
from dataclasses import replace
from importlib import resources
from itertools import count
from pathlib import Path

import pytest

from lionrock import regions
from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit
from lionrock.jobs.sweep import UNDER_WAY_PER_CPU, Options, judge, sweep
from lionrock.jobs.sweep_task import Order, judge_shard
from lionrock.names.seen import SeenSet
from lionrock.names.shard_results import Mark
from lionrock.names.shards import File, Part, Shard
from tests.jobs.s3 import serving
from tests.jobs.sweeping import Crowd, alone, lay, swept, triage, written


def test_a_sweep_of_every_form_gives_what_one_machine_gives(tmp_path: Path) -> None:
    names = str(lay(tmp_path / "names"))
    crowd = Crowd()
    together = written(swept(names, crowd))
    assert together == written(alone(names))
    assert together[0].count(b"hsbc-login") > 300
    rejects = [json.loads(line) for line in together[1].splitlines()]
    assert {Path(reject["file"]).name for reject in rejects} >= {"1.txt", "2.csv", "3.jsonl"}
    # Of line ends in quotes, a header and broken JSON the line numbers know as well.
    by_line = {(Path(r["file"]).name, r["line"]): r["text"] for r in rejects}
    assert by_line["1.txt", 585 + 1] == "no name 585"
    assert by_line["2.csv", 2 + 2 * (611 - 600)] == "no name 611"
    assert by_line["3.jsonl", 51] == "no json"
    assert {shard.part for shard in crowd.opened[0].given.values()} == set(Part)
    assert len(crowd.judged()) > 20


@pytest.mark.parametrize("everything", [False, True])
def test_options_hold_on_every_shard(tmp_path: Path, everything: bool) -> None:
    names = str(lay(tmp_path / "names"))
    options = Options(least=0.9, everything=everything, shard_bytes=4096)
    assert written(swept(names, Crowd(), options=options)) == written(alone(names, options=options))


def test_one_file_is_told_as_one_file(tmp_path: Path) -> None:
    names = str(lay(tmp_path / "names") / "1.txt")
    crowd = Crowd()
    together = written(swept(names, crowd))
    assert together == written(alone(names))
    assert len(crowd.judged()) > 2
    assert b'"file"' not in together[1]


def test_a_damaged_file_is_told_in_the_end_and_stops_no_other(tmp_path: Path) -> None:
    names = lay(tmp_path / "names")
    content = gzip.compress(b"hsbc-login.top\n" * 5000, mtime=0)
    (names / "0.gz").write_bytes(content[:-8])
    together = written(swept(str(names), Crowd()))
    assert together == written(alone(str(names)))
    assert "0.gz" in together[2]
    assert together[0].startswith(b'{"name": "hsbc-login.top"')
    assert b"hsbc-login11.top" in together[0]


def test_a_second_sweep_judges_only_what_is_missing(tmp_path: Path) -> None:
    names, results = str(lay(tmp_path / "names")), tmp_path / "made" / "results"
    crowd = Crowd()
    whole = written(swept(f"file://{names}", crowd, results=f"file://{results}"))
    every = sorted(crowd.judged())
    assert written(swept(names, crowd, results=results)) == whole  # a path or its address
    assert len(crowd.opened) == 1
    (results / "00000002.done.json").unlink()
    (results / "00000005.judged.parquet").write_bytes(b"")
    assert written(swept(names, crowd, results=results)) == whole
    assert sorted(crowd.judged()) == [2, 5]
    assert len(every) > 20


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_input_and_results_may_lie_in_an_object_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    local = lay(tmp_path / "names")
    with serving(("names", "results")) as store:
        for file in local.iterdir():
            store.put(f"names/set/{file.name}", file.read_bytes())
        words, results = store.address("names/set"), store.address("results/one")
        crowd = Crowd()
        together = written(swept(words, crowd, results=results))
        assert together == written(alone(words))
        assert together[0] == written(alone(str(local)))[0]
        del store.objects["results/one/00000003.done.json"]
        store.put("results/one/00000004.judged.parquet", b"cut")
        assert written(swept(words, crowd, results=results)) == together
        assert sorted(crowd.judged()) == [3, 4]
        store.put("names/set/1.txt", b"changed.example\n")
        assert "the input" in written(swept(words, crowd, results=results))[2]


def test_a_sweep_that_lost_shards_keeps_the_others_and_names_them(tmp_path: Path) -> None:
    names, results = str(lay(tmp_path / "names")), tmp_path / "results"
    tries = {3: count(), 4: count()}

    def failing(order: Order, shard: Shard) -> Mark:
        if shard.number == 3 and next(tries[3]) < 1:
            raise TryLater("the store does not answer")
        if shard.number == 4:
            next(tries[4])
            raise TryLater("the store never answers")
        if shard.number == 5:
            raise GiveUp("this node runs another version")
        return judge_shard(order, shard)

    *_, end = written(swept(names, Crowd(failing), results=results))
    assert "2 of " in end
    assert "never answers" in end
    assert "another version" in end
    assert "2.csv" in end
    assert next(tries[4]) == 3
    crowd = Crowd()
    assert written(swept(names, crowd, results=results)) == written(alone(names))
    assert sorted(crowd.judged()) == [4, 5]


def test_the_heaviest_shards_go_first_and_few_are_under_way() -> None:
    file = File(path="names.txt", size=10**9, changed=1)
    shards = [
        Shard(number=n, file=file, part=Part.BYTES, begin=0, end=size)
        for n, size in enumerate([10, 40, 20, 30, *range(50, 60)])
    ]
    workers = Crowd(lambda order, shard: Mark(shard=shard.number, names=100, sizes={}))
    said: list[str] = []
    order = Order(
        source="",
        results="",
        column=None,
        form=None,
        least=None,
        everything=False,
        key=None,
        region=regions.load(regions.DEFAULT),
        pack="",
        model=(),
        code="",
    )
    ticks = count()
    with workers(order) as here:
        judged, failed = judge(
            shards, here, before={}, show=said.append, clock=lambda: float(next(ticks))
        )
    assert (sorted(judged), failed) == (list(range(14)), {})
    weights = [shards[n].weight for n in workers.judged()]
    assert weights == sorted(weights, reverse=True)
    assert workers.opened[0].most == UNDER_WAY_PER_CPU * 2
    assert said[-1].startswith("14 of 14 shards, 1,400 names, ")
    assert "left" in said[0]


def test_results_of_another_sweep_are_never_joined(tmp_path: Path) -> None:
    names, results = lay(tmp_path / "names"), tmp_path / "results"
    crowd = Crowd()
    whole = written(swept(str(names), crowd, results=results))
    cases = {
        "options": swept(str(names), crowd, results=results, options=Options(least=0.1)),
        "input": swept(str(names / "1.txt"), crowd, results=results),
    }
    for what, outcomes in cases.items():
        out, _, end = written(outcomes)
        assert (out, f"the {what}" in end) == (b"", True), end
    (names / "1.txt").write_text("one.example\n")
    out, _, end = written(swept(str(names), crowd, results=results))
    assert (out, "the input" in end) == (b"", True)
    assert len(crowd.opened) == 1
    assert whole[0]


@pytest.mark.parametrize(
    "word", ["the model", "the region pack", "the version of Lionrock", "the set of names seen"]
)
def test_a_plan_that_differs_is_refused_by_its_word(tmp_path: Path, word: str) -> None:
    names, results = str(lay(tmp_path / "names") / "1.txt"), tmp_path / "results"
    written(swept(names, Crowd(), results=results))
    plan = json.loads((results / "sweep.json").read_text())
    plan[word] = ["other"]
    (results / "sweep.json").write_text(json.dumps(plan))
    crowd = Crowd()
    out, _, end = written(swept(names, crowd, results=results))
    assert (out, word in end, crowd.opened) == (b"", True, [])


def test_results_never_lie_among_the_input(tmp_path: Path) -> None:
    names = lay(tmp_path / "names")
    assert "cannot hold results" in written(swept(str(names), Crowd(), results=names))[2]


def test_another_model_in_the_folder_is_another_model(tmp_path: Path) -> None:
    names, results = str(lay(tmp_path / "names") / "1.txt"), tmp_path / "results"
    written(swept(names, Crowd(), results=results))
    model = tmp_path / "model"
    model.mkdir()
    for file in (resources.files("lionrock.names") / "model").iterdir():
        (model / file.name).write_bytes(file.read_bytes())
    (model / "card.md").write_text("changed")
    with pytest.raises(GiveUp, match="the model"):
        list(
            sweep(
                names,
                triage=triage(),
                model=model,
                options=Options(shard_bytes=4096),
                workers=Crowd(),
                results=str(results),
                show=print,
            )
        )


def test_a_node_with_other_code_judges_nothing(tmp_path: Path) -> None:
    def elsewhere(order: Order, shard: Shard) -> Mark:
        return judge_shard(replace(order, code="lionrock 0.0.9"), shard)

    names = str(lay(tmp_path / "names") / "1.txt")
    out, _, end = written(swept(names, Crowd(elsewhere)))
    assert (out, "another version of Lionrock" in end) == (b"", True)


def test_only_new_names_are_told_and_then_they_are_known(tmp_path: Path) -> None:
    names, results = str(lay(tmp_path / "names")), tmp_path / "results"
    with SeenSet.open(tmp_path / "seen") as seen:
        first = written(swept(names, Crowd(), results=results, seen=seen))
        crowd = Crowd()
        again = list(swept(names, crowd, results=results, seen=seen))
    assert first[0] == written(alone(names))[0]
    assert (sum(o.judged for o in again), [j for o in again for j in o.judgements]) == (0, [])
    assert sum(o.repeated for o in again) > 3000
    assert crowd.opened == []
    with SeenSet.open(tmp_path / "other") as other:
        assert "names seen" in written(swept(names, crowd, results=results, seen=other))[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--results", "out"], "are for --engine ray"),
        (["--address", "auto"], "are for --engine ray"),
        (["--engine", "ray", "--address", "auto"], "--results"),
    ],
)
def test_what_makes_no_sense_with_an_engine_is_refused(
    words: list[str], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    names = lay(tmp_path / "names")
    assert run(["names", "scan", str(names), *words]) == Exit.UNREADABLE
    assert said in capfd.readouterr().err


def test_a_pipe_cannot_be_swept(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["names", "scan", "-", "--engine", "ray"]) == Exit.UNREADABLE
    assert "cannot be divided" in capfd.readouterr().err


def test_without_ray_the_engine_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    names = lay(tmp_path / "names")
    # What Python does for a module that is not installed, without one that is not.
    monkeypatch.setitem(sys.modules, "ray", None)
    assert run(["names", "scan", str(names), "--engine", "ray"]) == Exit.MISSING
    assert "lionrock[sweep]" in capfd.readouterr().err


def test_a_folder_is_read_by_threads_as_well(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    names = lay(tmp_path / "names")
    assert run(["names", "scan", str(names / "*.txt*"), "--format", "jsonl"]) == Exit.FINE
    out = capfdbinary.readouterr().out
    assert out == written(alone(str(names / "*.txt*")))[0]
    assert out.count(b"\n") > 100
    assert run(["names", "scan", str(names), "--output", str(names / "1.txt")]) == Exit.UNREADABLE


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
@pytest.mark.parametrize(
    ("address", "said"),
    [("127.0.0.1:1", "no Ray cluster at"), ("here", "no Ray cluster at"), ("a:b", "host:port")],
)
def test_where_no_cluster_answers_nobody_waits_for_one(
    address: str, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ray")
    names = lay(tmp_path / "names")
    words = ["--engine", "ray", "--address", address, "--results", str(tmp_path / "results")]
    assert run(["names", "scan", str(names), *words]) in {Exit.MISSING, Exit.UNREADABLE}
    assert said in capfd.readouterr().err
