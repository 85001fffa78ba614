"""What is asked of a cluster's nodes before the first shard, on a cluster that is made up."""

from types import SimpleNamespace
from typing import Any

import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs.sweep_ray import _RayWorkers

ray = pytest.importorskip("ray")


class MadeUp:
    """A cluster whose nodes answer with their code, or not at all: the first listing names all of them."""

    def __init__(self, answers: dict[str, str | None], *, die: frozenset[str]) -> None:
        self.answers, self.die, self.listed = answers, die, 0
        self.exceptions = ray.exceptions

    def nodes(self) -> list[dict[str, Any]]:
        """List those alive; who dies does so after the first look."""
        self.listed += 1
        return [
            {"NodeID": f"{number:056x}", "NodeManagerAddress": name, "Resources": {"CPU": 1.0}}
            | {"Alive": self.listed == 1 or name not in self.die}
            for number, name in enumerate(self.answers)
        ]

    def remote(self, function: object) -> Any:
        """Return something that is called on the node its options name."""

        def options(*, num_cpus: int, scheduling_strategy: Any) -> Any:
            name = list(self.answers)[int(scheduling_strategy.node_id, 16)]
            return SimpleNamespace(remote=lambda: name)

        return SimpleNamespace(options=options)

    def get(self, name: str, *, timeout: float) -> str:
        """Return what the node says, or fail as Ray does where it is gone."""
        found = self.answers[name]
        if found is None:
            raise ray.exceptions.TaskUnschedulableError("the node does not exist any more")
        return found


def check(cluster: MadeUp) -> None:
    """Ask the nodes of a made-up cluster for the code "ours"."""
    workers = _RayWorkers.__new__(_RayWorkers)
    workers._ray = cluster
    workers._check_nodes("ours")


def test_a_node_that_died_after_it_was_listed_stops_no_sweep() -> None:
    check(MadeUp({"one": "ours", "two": None}, die=frozenset({"two"})))


def test_a_node_that_lives_and_does_not_answer_stops_it() -> None:
    with pytest.raises(TryLater, match="two cannot say which Lionrock"):
        check(MadeUp({"one": "ours", "two": None}, die=frozenset()))


def test_a_node_of_other_code_stops_it() -> None:
    with pytest.raises(GiveUp, match="two runs another Lionrock"):
        check(MadeUp({"one": "ours", "two": "theirs"}, die=frozenset()))
