"""How Django reaches the records, from one address."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database(address: str, data: Path) -> dict[str, Any]:  # Any: Django's type for these settings
    """Return Django's settings for the database at ``address`` (empty: a file in ``data``)."""
    if not address:
        return sqlite(data / "lionrock.sqlite3")
    parts = urlsplit(address)
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "pool": {"min_size": 1, "max_size": 16, "timeout": 10},
                **dict(parse_qsl(parts.query)),
            },
        }
    raise ImproperlyConfigured(
        "LIONROCK_DATABASE must be empty or start with postgresql://, "
        f"not with {parts.scheme or 'nothing'}://"
    )


def sqlite(file: Path) -> dict[str, Any]:  # Any: Django's type for these settings
    """Return settings for one SQLite file that several processes read while one writes."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        # Tests, too, use a file: SQLite in memory refuses writers at once instead of queueing them.
        "TEST": {"NAME": file.with_name("test.sqlite3")},
        "OPTIONS": {
            # A transaction takes the write lock when it begins: one that took it later could fail
            # in the middle, and two that read before they write could not both go on.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=30000; "
                "PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
            ),
        },
    }
