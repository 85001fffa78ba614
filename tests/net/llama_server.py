"""llama.cpp's own server in a process of its own, so that nothing it does can end the tests.

``python -m tests.net.llama_server MODEL`` prints the server's address and lives until its input ends.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.net.tiny_model import CONTEXT

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS = 60
"""What loading may take on a busy machine; a few hundredths are usual."""


@contextmanager
def llama(model: Path) -> Iterator[str]:
    """Serve a model on loopback until the block ends; yield what goes into the setting."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.net.llama_server", str(model)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), address
            yield f"{address}/v1"
        finally:
            process.stdin.close()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> None:
    """Serve until nobody holds our input open any more."""
    import xllamacpp  # type: ignore[import-untyped]  # without stubs, and tests without it need not load a hundred megabytes

    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.port = 0
    params.warmup = False
    params.verbosity = -1
    params.sampling.seed = 7
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
