"""Ray as the workers of a sweep: one remote task per shard, plain Ray, nothing sent to its makers."""

import os
import socket
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.jobs.sweep import ShardFailed, Workers
from lionrock.jobs.sweep_task import Order, code_here, judge_shard
from lionrock.names.shard_results import Mark
from lionrock.names.shards import Shard

RETRIES: Final = 5
"""How often Ray starts a task anew whose node or process died."""

OBJECTS: Final = 128 << 20
"""Bytes of the object store where we start Ray ourselves: it holds the order, and nothing large."""

PROBE_SECONDS: Final = 120.0
REACH_SECONDS: Final = 10.0


@contextmanager
def ray_workers(order: Order, *, address: str | None, cpus: int | None = None) -> Iterator[Workers]:
    """Open a Ray cluster and yield its workers; a cluster of this machine alone without ``address``.

    Raises TryLater when Ray is not installed or no cluster answers, GiveUp when a node's code is
    another than ours.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")  # or it waits a quarter of an hour
    if address is not None:
        _reach(address)
    if address is None:
        # By its own choice Ray listens on every interface; alone on a machine it need not.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray  # noqa: PLC0415  # an extra, slow to load
    except ImportError as missing:
        raise TryLater("the engine ray is not installed: install lionrock[sweep]") from missing
    told: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}  # Any: mixed words
    if address is None:
        told |= {"num_cpus": cpus, "include_dashboard": False, "object_store_memory": OBJECTS}
    try:
        ray.init(address=address or "local", **told)
    except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        why = " ".join(str(error).split())[:300]
        raise TryLater(f"no Ray cluster at {address or 'this machine'}: {why}") from error
    try:
        yield _RayWorkers(ray, order)
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Raise TryLater when nothing listens at ``host:port``: Ray itself would wait for long."""
    host, separator, port = address.rpartition(":")
    if not separator:
        return
    if not port.isdecimal():
        raise GiveUp(f"{address} is no address of a Ray cluster: give host:port, or auto")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=REACH_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise TryLater(f"no Ray cluster at {address}: {error}") from error


class _RayWorkers:
    """Tasks of one sweep on an open cluster."""

    def __init__(self, ray: Any, order: Order) -> None:  # Any: Ray's types are loose
        self._ray = ray
        self._check_nodes(order.code)
        self._order = ray.put(order)
        task = ray.remote(judge_shard)
        self._task = task.options(num_cpus=1, max_retries=RETRIES, scheduling_strategy="SPREAD")

    def room(self) -> int:
        """Return how many processors the cluster has now."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 0)))

    def start(self, shard: Shard) -> Hashable:
        """Hand a shard out."""
        found: Hashable = self._task.remote(self._order, shard)
        return found

    def finished(self, under_way: Sequence[Hashable], seconds: float) -> list[Hashable]:
        """Return the tasks that ended, after the first has or the time is over."""
        if not under_way:
            return []
        ready, waiting = self._ray.wait(list(under_way), num_returns=1, timeout=seconds)
        if ready and waiting:
            more, _ = self._ray.wait(waiting, num_returns=len(waiting), timeout=0)
            ready += more
        return list(ready)

    def result(self, done: Hashable) -> Mark:
        """Return the mark, or raise ShardFailed with the words of the task's own error."""
        try:
            mark: Mark = self._ray.get(done)
        except self._ray.exceptions.RayTaskError as error:
            cause = error.cause
            may_pass = isinstance(cause, (TryLater, OSError))
            told = str(cause) if isinstance(cause, LionrockError) else repr(cause)
            raise ShardFailed(told, may_pass=may_pass) from error
        except self._ray.exceptions.RayError as error:
            why = " ".join(str(error).split())[:300] or type(error).__name__
            raise ShardFailed(why, may_pass=True) from error
        return mark

    def words(self) -> str:
        """Say how many nodes and processors work."""
        nodes = len(self._nodes())
        return f"{nodes} node{'' if nodes == 1 else 's'}, {self.room()} processors"

    def _nodes(self) -> list[dict[str, Any]]:  # Any: as above
        return [node for node in self._ray.nodes() if node["Alive"] and _works(node)]

    def _check_nodes(self, code: str) -> None:
        """Ask every node for its code, before the first shard; raise GiveUp at a difference."""
        ray = self._ray
        from ray.util.scheduling_strategies import (  # noqa: PLC0415  # as above
            NodeAffinitySchedulingStrategy,
        )

        probe = ray.remote(_code)
        asked = {
            probe.options(
                num_cpus=0,
                scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False),
            ).remote(): node
            for node in self._nodes()
        }
        for answer, node in asked.items():
            where = node["NodeManagerAddress"]
            try:
                found = ray.get(answer, timeout=PROBE_SECONDS)
            except ray.exceptions.RayError as error:
                if node["NodeID"] not in {left["NodeID"] for left in self._nodes()}:
                    continue  # it died between being listed and being asked: others do its work
                why = " ".join(str(error).split())[-300:]
                raise TryLater(f"node {where} cannot say which Lionrock it runs: {why}") from error
            if found != code:
                raise GiveUp(f"node {where} runs another Lionrock: {found}, not {code}")


def _works(node: dict[str, Any]) -> bool:  # Any: as above
    return bool(node["Resources"].get("CPU", 0) >= 1)


def _code() -> str:
    return code_here()
