"""Settings come from the environment, have defaults for a laptop, and reading them writes nothing."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from lionrock.web import declared
from lionrock.web.databases import database
from lionrock.web.declared import SETTINGS, number, text
from lionrock.web.secrets import secret

TELL = """
import json
from lionrock.web import settings as s
names = (
    "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE "
    "SECURE_HSTS_SECONDS ALLOWED_HOSTS MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN DEBUG"
)
print(json.dumps({name: getattr(s, name) for name in names.split()}))
"""


def settings_with(data: Path, **environment: str) -> dict[str, object]:
    """Read the settings in a process of their own."""
    import json

    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIONROCK_")}
    told = subprocess.run(
        [sys.executable, "-c", TELL],
        env={**kept, "LIONROCK_DATA": str(data), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, object] = json.loads(told.stdout)
    return found


def test_every_setting_is_named_described_and_may_be_absent() -> None:
    for setting in SETTINGS:
        assert setting.name.startswith("LIONROCK_")
        assert setting.sentence.endswith(".")
        assert text(setting, {}) == setting.default
        assert text(setting, {setting.name: "  "}) == setting.default


def test_only_the_settings_read_the_environment() -> None:
    package = Path(declared.__file__).parents[1]
    readers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "os.environ" in path.read_text(encoding="utf-8")
        and "os.environ.setdefault" not in path.read_text(encoding="utf-8")
    }

    assert readers == {"web/settings.py"}


@pytest.mark.parametrize("value", ["-1", "1.5", "many", "１"])
def test_what_is_no_number_is_refused_by_name(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LIONROCK_WORKERS"):
        number(declared.WORKERS, {"LIONROCK_WORKERS": value})


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    settings_with(tmp_path / "data")

    assert not (tmp_path / "data").exists()


def test_a_laptop_speaks_http_to_itself_alone(tmp_path: Path) -> None:
    found = settings_with(tmp_path)

    assert found == {
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "LANGUAGE_COOKIE_SECURE": False,
        "SECURE_HSTS_SECONDS": 0,
        "ALLOWED_HOSTS": ["localhost"],
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": True,
        "DEBUG": False,
    }


def test_an_https_address_makes_everything_strict(tmp_path: Path) -> None:
    found = settings_with(tmp_path, LIONROCK_URL="https://lionrock.example")

    assert found == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "ALLOWED_HOSTS": ["lionrock.example"],
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "DEBUG": False,
    }


def test_a_postgresql_address_is_read_with_its_special_characters(tmp_path: Path) -> None:
    found = database("postgresql://li%40n:p%2Fss@db.example:6432/lion?sslmode=require", tmp_path)

    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "li@n",
        "p/ss",
        "db.example",
        "6432",
        "lion",
    )
    assert found["OPTIONS"]["sslmode"] == "require"


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = secret(tmp_path / "data", "signing-key")
    file = tmp_path / "data" / "secrets" / "signing-key"

    assert len(first) >= 48
    assert secret(tmp_path / "data", "signing-key") == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["signing-key"]


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secret(tmp_path, "signing-key")
    file = tmp_path / "secrets" / "signing-key"
    file.chmod(0o640)

    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        secret(tmp_path, "signing-key")


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret(tmp_path, "signing-key")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("way", ["{checkout}/kept", "{checkout}/../{name}/kept", "{link}/kept"])
def test_records_are_never_kept_inside_the_repository(way: str, tmp_path: Path) -> None:
    checkout = Path(declared.__file__).parents[3]
    link = tmp_path / "link"
    link.symlink_to(checkout)
    data = way.format(checkout=checkout, name=checkout.name, link=link)

    with pytest.raises(subprocess.CalledProcessError) as refused:
        settings_with(Path(data))
    assert "inside the repository" in refused.value.stderr


@pytest.mark.parametrize(
    "address",
    ["localhost:11434", "ftp://models.example", "http://", "http://[::1", "https://a:b/v1"],
)
def test_a_servers_address_that_cannot_be_one_is_refused(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LIONROCK_LLM_URL"):
        declared.server(declared.LLM_URL, {"LIONROCK_LLM_URL": address})


def test_a_servers_address_may_end_with_a_slash_or_be_absent() -> None:
    given = {"LIONROCK_LLM_URL": " https://models.example/v1/ "}
    assert declared.server(declared.LLM_URL, given) == "https://models.example/v1"
    assert declared.server(declared.LLM_URL, {}) == ""


def test_a_server_without_a_model_to_ask_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        settings_with(tmp_path, LIONROCK_LLM_URL="http://localhost:11434/v1")
    assert "LIONROCK_LLM_MODEL must name a model" in failed.value.stderr
