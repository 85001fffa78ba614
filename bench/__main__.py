"""Runs every measurement of this folder, or those named: python -m bench [NAME...]."""

import importlib
import pkgutil
import sys
import time

import bench


def main(wanted: list[str]) -> int:
    """Run ``main() -> None`` of each module, print how long it took, and return the exit code."""
    found = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    present = [name for name in found if name != "__main__"]
    unknown = sorted(set(wanted) - set(present))
    if unknown:
        print(f"no such measurement: {', '.join(unknown)} (there are: {', '.join(present)})")
        return 2
    for name in wanted or present:
        print(f"--- {name}", flush=True)
        began = time.monotonic()
        importlib.import_module(f"bench.{name}").main()
        print(f"    measured in {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
