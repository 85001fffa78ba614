"""A Ray cluster of two nodes on this machine, as a process of its own: it lives until its input ends.

Prints one line of JSON: the address, and the process that each node stands and falls with.
"""

import json
import sys
from typing import Any

import ray  # noqa: F401  # first: it arranges where its own modules are found
from ray.cluster_utils import Cluster

OBJECTS = 80 << 20


def main(folder: str) -> None:
    """Start the nodes, say where they are, wait, and end them."""
    told: dict[str, Any] = {"num_cpus": 1, "object_store_memory": OBJECTS, "temp_dir": folder}
    head = {**told, "include_dashboard": False}
    cluster: Any = Cluster(initialize_head=True, head_node_args=head)  # Any: it has no types
    nodes = [cluster.head_node, cluster.add_node(**told)]
    raylets = [node.all_processes["raylet"][0].process.pid for node in nodes]
    sys.stdout.write(json.dumps({"address": cluster.address, "raylets": raylets}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
