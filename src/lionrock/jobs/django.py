"""Makes Django ready for a command, naming the settings so that jobs need not import them."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def start() -> Path:
    """Set Django up, make sure the data folder exists (0700) and return it."""
    choose_settings()
    django.setup()
    data: Path = settings.LIONROCK_DATA
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data


def choose_settings() -> None:
    """Name the settings; nothing is read yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lionrock.web.settings")


def migrate() -> list[str]:
    """Bring the tables up to date; return the names of the migrations that were applied."""
    pending = unapplied()
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    return pending


def unapplied() -> list[str]:
    """Return the names of the migrations that the database has not seen yet."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    targets = executor.loader.graph.leaf_nodes()
    return [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(targets)]
