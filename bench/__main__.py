"""Runs every measurement of this folder, or those named: python -m bench [NAME...] [--OPTION...].

Options go to the measurements that know them; from the first one on, all words do.
"""

import pkgutil
import subprocess
import sys

import bench


def main(wanted: list[str]) -> int:
    """Run ``main()`` of each module in a process of its own, so that none inherits another's memory."""
    first = next((i for i, word in enumerate(wanted) if word.startswith("--")), len(wanted))
    wanted, options = wanted[:first], wanted[first:]
    present = sorted(
        {module.name for module in pkgutil.iter_modules(bench.__path__)} - {"__main__"}
    )
    unknown = sorted(set(wanted) - set(present))
    if unknown:
        print(f"no such measurement: {', '.join(unknown)} (there are: {', '.join(present)})")
        return 2
    failed = []
    for name in wanted or present:
        print(f"--- {name}", flush=True)
        code = f"from bench.{name} import main; main()"
        if subprocess.run([sys.executable, "-c", code, *options], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
