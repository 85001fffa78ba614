"""What must be true of the files themselves, whoever wrote them."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

LOCKS = ["requirements.txt", "requirements-dev.txt"]
# Pieced together here, so that this file is not the one it finds.
DEVELOPERS_FOLDERS = ["/" + "work/", "/" + "root/", "/" + "home/"]
INDEX_WORDS = [
    "--index-" + "url",
    "--extra-index-" + "url",
    "--find-" + "links",
    "--trusted-" + "host",
]
REGISTRIES = ["pypi." + "org", "files.python" + "hosted.org", "registry.npm" + "js.org"]


def tracked() -> list[Path]:
    """List the tracked text files (git's own list; a plain copy of the tree has none)."""
    if shutil.which("git") is None or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={CHECKOUT}", "ls-files", "-z"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    files = [CHECKOUT / name for name in listed.split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


def lines_with(words: list[str]) -> list[str]:
    """Find the tracked lines that hold one of the words."""
    wanted = re.compile("|".join(re.escape(word) for word in words))
    return [
        f"{file.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}"
        for file in tracked()
        for number, line in enumerate(
            file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if wanted.search(line)
    ]


def test_no_file_names_a_package_registry_or_an_index() -> None:
    assert lines_with(REGISTRIES + INDEX_WORDS) == []


def test_no_file_names_a_folder_of_a_development_machine() -> None:
    assert lines_with(DEVELOPERS_FOLDERS) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_package_carries_hashes(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())

    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==[^\s]+ \\\n", entry), entry[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:80]


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_that_the_project_asks_for_is_pinned(name: str) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(project["dependencies"])
    if name == "requirements-dev.txt":
        asked += project["optional-dependencies"]["dev"]
    pinned = re.findall(
        r"^([a-z0-9._-]+)==", (CHECKOUT / name).read_text(encoding="utf-8"), re.MULTILINE
    )

    missing = {plain(word) for word in asked} - set(pinned)
    assert missing == set()


def test_what_is_needed_to_run_is_pinned_to_the_same_version_for_development() -> None:
    run, develop = (
        set(re.findall(r"^\S+==\S+", (CHECKOUT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS
    )

    assert run - develop == set()


def plain(requirement: str) -> str:
    """Return a requirement's name as locks write it."""
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{file.relative_to(CHECKOUT)} -> {target}"
        for file in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
        if "://" not in target and not (file.parent / target).exists()
    ]

    assert broken == []
