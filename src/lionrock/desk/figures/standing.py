"""Views that stand between migrations: made after every one, taken away before the next.

A view would stop SQLite from making a table anew, and PostgreSQL from changing a column's type. So
whoever changes one adds a migration.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class Standing:
    """Some views: their ``names`` in the order they are made, the ``tables`` they are made of, and
    for a database's vendor what each of them ``selects``."""

    names: Sequence[str]
    tables: frozenset[str]
    selects: Callable[[str], Mapping[str, str]]

    def make(self, using: str) -> None:
        """Make every view on the database of that alias, unless a table is not there (yet, or any more)."""
        connection = connections[using]
        if not set(connection.introspection.table_names()) >= self.tables:
            return
        selects = self.selects(connection.vendor)
        with connection.cursor() as cursor:
            for name in self.names:
                cursor.execute(f"CREATE VIEW {name} AS {selects[name]}")

    def take_away(self, using: str) -> None:
        """Drop every view that there is."""
        with connections[using].cursor() as cursor:
            for name in reversed(self.names):
                cursor.execute(f"DROP VIEW IF EXISTS {name}")

    def before_migrating(
        self, *, using: str, plan: object = None, **_rest: Any
    ) -> None:  # Any: the signal's
        """Take the views away where something will be migrated."""
        if plan:
            self.take_away(using)

    def after_migrating(
        self, *, using: str, plan: object = None, **_rest: Any
    ) -> None:  # Any: as above
        """Make the views where something was migrated; not when tables were merely emptied."""
        if plan:
            self.take_away(using)
            self.make(using)
