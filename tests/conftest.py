"""The rules of the house for every test: no network, no leftovers, no dependence on this machine."""

import os
import shutil
import signal
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import django
import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent

# Before anything imports Django's settings or numba: the product keeps its data in a folder of this
# run, and compiled code in the checkout's build folder.
SCRATCH = Path(tempfile.mkdtemp(prefix="lionrock-tests-"))
(SCRATCH / "data").mkdir(mode=0o700)
os.environ["LIONROCK_DATA"] = str(SCRATCH / "data")
os.environ.setdefault("NUMBA_CACHE_DIR", str(CHECKOUT / "build" / "numba"))
os.environ["DJANGO_SETTINGS_MODULE"] = "lionrock.web.settings"
django.setup()
# A worker of xdist inherits the first process' environment, and has read the settings from it before this
# line: without another word all workers would share that process' data folder.
settings.LIONROCK_DATA = SCRATCH / "data"

# Whoever starts us in the background has us ignore Ctrl-C, and what we start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
BELOW_DESK = {"briefing", "core", "enrich", "exam", "feeds", "letters", "names", "net", "regions"}
"""Rooms that know no database, as the import contracts hold."""

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("ci")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave rooms without a database out where only tests that use it are asked for."""
    below = collection_path.parent == HERE and collection_path.name in BELOW_DESK
    return True if below and config.option.markexpr == "database" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the database, open loopback where a test serves, skip what this machine lacks."""
    skips = {
        "shared": None if shared_folder() else "the measured data is not beside the checkout",
        "browser": None if chromium() else "Debian's chromium is not installed",
        "imap": None if dovecot() else "Debian's Dovecot (dovecot-imapd) is not installed",
        "postgres": None if on_postgres() else "runs where LIONROCK_DATABASE names a PostgreSQL",
    }
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        uses = fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db")
        if uses and item.path.relative_to(HERE).parts[0] in BELOW_DESK:
            raise pytest.UsageError(f"{item.nodeid}: rooms below desk know no database")
        if uses and not item.get_closest_marker("any_database"):
            item.add_marker("database")
        if (
            item.get_closest_marker("browser")
            or item.get_closest_marker("imap")
            or item.get_closest_marker("postgres")
            or "live_server" in fixtures
        ):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
        for mark, why in skips.items():
            if why and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=why))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a parameter of bytes by its place: packed bytes hold the time, and each worker its own."""
    return argname if isinstance(val, bytes) else None


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(SCRATCH, ignore_errors=True)


def empty_tables(_: TransactionTestCase) -> None:
    """Delete what a test with real transactions left, from the tables in which it left something.

    Django empties every table, makes every content type and permission anew, and has the views made
    again, too: that takes longer than most such tests. The audit log refuses to be emptied, as it
    should; so its protection is lifted for that moment.
    """
    from django.db import connection, transaction

    from lionrock.desk.audit.triggers import dropping, making

    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = [
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})"
        for table in sorted(set(tables) - MADE_BY_MIGRATING)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        left = [table for (table,) in cursor.fetchall()]
        guarded = any(table.startswith("audit_") for table in left)
        for statement in dropping(connection.vendor) if guarded else ():
            cursor.execute(statement)
        with transaction.atomic():  # whoever refers to whom is looked at when it ends
            for table in left:
                cursor.execute(f"DELETE FROM {quote(table)}")
        for statement in making(connection.vendor) if guarded else ():
            cursor.execute(statement)


MADE_BY_MIGRATING = {"auth_permission", "django_content_type"}
TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]  # Django's own hook, which its stubs leave out


def on_postgres() -> bool:
    """Say whether this run keeps its tables in PostgreSQL."""
    return os.environ.get("LIONROCK_DATABASE", "").startswith("postgres")


def chromium() -> str | None:
    """Find Debian's Chromium."""
    return shutil.which("chromium")


def dovecot() -> str | None:
    """Find Debian's IMAP server."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


def shared_folder() -> Path | None:
    """Find the measured data: what LIONROCK_SHARED names, else ``shared/data`` beside the checkout."""
    named = os.environ.get("LIONROCK_SHARED")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measured data (mark the test ``shared``)."""
    folder = shared_folder()
    assert folder is not None, "mark the test 'shared', so that it is skipped without the data"
    return folder


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of Debian's Chromium (mark the test ``browser``)."""
    path = chromium()
    assert path is not None, "mark the test 'browser', so that it is skipped without Chromium"
    return path


@pytest.fixture
def environment(tmp_path: Path, transactional_db: None) -> dict[str, str]:
    """The environment of processes that share one database, which has its tables and nothing in them.

    That is this run's PostgreSQL, or a file of their own: a copy, since making the tables anew takes
    longer than most of what such processes do.
    """
    from django.db import connection

    from lionrock.web.databases import database

    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    address = ""
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        address = (
            f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'])}"
            f"@{quote(at['HOST'], safe='')}:{at['PORT']}/{quote(at['NAME'])}"
        )
    else:
        connection.ensure_connection()
        with closing(sqlite3.connect(database("", data)["NAME"])) as file:
            connection.connection.backup(file)
    return {
        **os.environ,
        "LIONROCK_DATA": str(data),
        "LIONROCK_DATABASE": address,
        "PYTHONPATH": "src:.",
    }
