"""Coverage-guided fuzzing of every reader, by family: ``make fuzz MINUTES=10``.

Atheris (libFuzzer for Python) drives it: it sees which lines of ours a delivery reaches and keeps those
that reach new ones. It is no dependency of the project; this script installs it beside the build, once.
What was learnt stays in ``build/fuzz/<family>``; a delivery that breaks a reader is left there as
``crash-…``, and running ``python -m scripts.fuzz --again FILE`` shows it again.
"""

# ruff: noqa: PLC0415  # the fuzzer must watch our modules being loaded
import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
PLACE: Final = CHECKOUT / "build" / "fuzz"
PACKAGES: Final = PLACE / "packages"
FUZZER: Final = "atheris==3.0.0"
MEMORY: Final = 1024
"""MiB a family's process may hold before it counts as broken."""
LONGEST: Final = 1 << 16
SECONDS: Final = 20
"""One delivery of that size may not take longer."""

REPORTS: Final = (
    "delivery",
    "2026-11-20-scan_telnet-x.csv",
    "2026-11-20-event4_sinkhole_http-x.csv",
    "2026-11-20-event4_honeypot_ddos_target-x.csv",
    "2026-11-20-event4_sinkhole_http_referer-x.csv",
    "2026-11-20-compromised_website-x.csv",
    "2026-11-20-compromised_account-x.csv",
    "2026-11-20-ransomware_victim-x.csv",
    "2026-11-20-blocklist-x.csv",
    "2026-11-20-special-x.csv",
)
"""Names of Shadowserver's deliveries: one for each way in which its reports are read."""

Try = Callable[[bytes], object]


def main() -> int:
    """Fuzz each family for so many minutes; return 1 when one broke."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10, help="how long each family is fuzzed")
    parser.add_argument("--family", action="append", help="only this family (may be repeated)")
    parser.add_argument("--again", type=Path, help="try one file that broke a reader again")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        return work(asked.worker, asked.minutes)
    if asked.again:
        return again(asked.again)
    install()
    broken = [family for family in asked.family or families() if not fuzz(family, asked.minutes)]
    print(f"--- broken: {', '.join(broken)}" if broken else "--- nothing broke")
    return 1 if broken else 0


def families() -> dict[str, list[str]]:
    """Return the feeds of each family; ``machinery`` is what all of them share."""
    from lionrock.core.feeds import Carrier
    from lionrock.feeds import catalogue

    found: dict[str, list[str]] = {"machinery": [], "shadowserver": []}
    documents = {"intelmq", "n6", "misp", "stix", "xarf", "otx"}
    for name, feed in catalogue().items():
        if name == "shadowserver":
            family = "shadowserver"
        elif name in documents:
            family = "documents"
        elif feed.carrier is Carrier.IMAP:
            family = "mails"
        else:
            family = "lists"
        found.setdefault(family, []).append(name)
    return found


def install() -> None:
    """Put the fuzzer beside the build, unless it is there."""
    if (PACKAGES / "atheris").is_dir():
        return
    PACKAGES.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, "--target", str(PACKAGES), FUZZER], check=False, stderr=subprocess.DEVNULL
    )
    if done.returncode:
        print("lionrock: the fuzzer could not be installed (it needs Linux and an x86-64 Python)")
        sys.exit(4)


def fuzz(family: str, minutes: float) -> bool:
    """Fuzz one family in a process of its own; return whether it held."""
    corpus = PLACE / family / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    seed(family, corpus)
    print(f"--- {family}: {minutes:g} minutes", flush=True)
    command = [sys.executable, "-m", "scripts.fuzz", "--worker", family, "--minutes", str(minutes)]
    path = os.pathsep.join([str(PACKAGES), str(CHECKOUT / "src"), str(CHECKOUT)])
    log = PLACE / family / "log.txt"
    with log.open("wb") as out:
        done = subprocess.run(
            command,
            cwd=PLACE / family,
            env={**os.environ, "PYTHONPATH": path},
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=minutes * 60 + 600,
        )
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line for line in lines if " cov: " in line or line.startswith("Done")]
    print("    " + "\n    ".join(told[-2:] if done.returncode == 0 else lines[-25:]))
    return done.returncode == 0


def seed(family: str, corpus: Path) -> None:
    """Lay the family's samples into its corpus, each under the byte that chooses its feed."""
    feeds = families()[family]
    for folder in (CHECKOUT / "tests" / "feeds" / "samples").iterdir():
        if family == "machinery":
            chooser = range(len(machinery()))
        elif folder.name == family == "shadowserver":
            chooser = range(len(REPORTS))
        elif folder.name in feeds:
            chooser = range(feeds.index(folder.name), feeds.index(folder.name) + 1)
        else:
            continue
        for file in folder.iterdir():
            if file.is_file() and ".expected." not in file.name:
                for number in chooser:
                    content = bytes([number]) + file.read_bytes()[: LONGEST - 1]
                    (corpus / f"sample-{number}-{folder.name}-{file.name}").write_bytes(content)


def work(family: str, minutes: float) -> int:
    """Fuzz until time is over (in a process of its own, which the fuzzer ends)."""
    atheris: Any = importlib.import_module("atheris")  # installed beside the build, without types
    with atheris.instrument_imports(include=["lionrock.feeds", "lionrock.core"]):
        attempt = attempt_of(family)
    arguments = [
        sys.argv[0],
        str(PLACE / family / "corpus"),
        f"-max_total_time={int(minutes * 60)}",
        f"-max_len={LONGEST}",
        f"-rss_limit_mb={MEMORY}",
        f"-timeout={SECONDS}",
        f"-artifact_prefix={PLACE / family}/",
        "-print_final_stats=1",
    ]
    atheris.Setup(arguments, attempt)
    atheris.Fuzz()
    return 0


def again(file: Path) -> int:
    """Try one file of ``build/fuzz/<family>`` again, with the error in plain sight."""
    attempt_of(file.resolve().parent.name)(file.read_bytes())
    print("nothing broke")
    return 0


def attempt_of(family: str) -> Try:
    """Return what tries one delivery: its first byte chooses the feed, or the part of the machinery."""
    if family == "machinery":
        tries = machinery()
    else:
        from lionrock.feeds import catalogue
        from tests.feeds.invariants import tried

        def reader(feed: str, name: str) -> Try:
            return lambda content: tried(catalogue()[feed], content, name)

        names = REPORTS if family == "shadowserver" else ("delivery",)
        tries = [reader(feed, name) for feed in families()[family] for name in names]

    def attempt(data: bytes) -> None:
        if data:
            tries[data[0] % len(tries)](data[1:])

    return attempt


def machinery() -> list[Try]:
    """Return what is tried on the machinery alone."""
    import io
    import tomllib

    from lionrock.core.errors import GiveUp
    from lionrock.core.events import Reject
    from lionrock.feeds.declared.terms import Faults, terms_of
    from lionrock.feeds.reading import Rows, as_time, as_url, asset_of, json_records
    from lionrock.feeds.shadowserver_reports.schema import validate_schema

    def rows(content: bytes) -> None:
        last = 0
        for found in Rows(io.BytesIO(content)):
            line = found.line if isinstance(found, Reject) else found[0]
            assert line > last, "a row stands before the one before it"
            last = line

    def documents(content: bytes) -> None:
        for found in json_records(io.BytesIO(content), ("*",)):
            assert isinstance(found, (tuple, Reject))

    def values(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        if url := as_url(text):
            assert as_url(url) == url, url
        as_time(text)
        if asset := asset_of(text):
            assert asset.value

    def schema(content: bytes) -> None:
        try:
            validate_schema(content)
        except GiveUp:
            return

    def declaration(content: bytes) -> None:
        try:
            terms_of(tomllib.loads(content.decode("utf-8", "replace")), "fuzzed")
        except (Faults, tomllib.TOMLDecodeError, RecursionError):
            return

    return [rows, documents, values, schema, declaration]


if __name__ == "__main__":
    sys.exit(main())
