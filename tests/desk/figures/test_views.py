"""The documented views stand on both databases, with the columns and the words they are documented with."""

from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from lionrock.briefing.counting.asking import day_of
from lionrock.briefing.counting.views import VIEWS, View
from lionrock.desk.figures import views
from lionrock.desk.figures.models import Heading
from tests.desk.figures.conftest import Keep, page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "figures.md"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_view_has_its_columns_in_order(db: None, view: View) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {view.name}")
        assert [column[0] for column in cursor.description] == [one.name for one in view.columns]


def test_columns_hold_what_their_type_says(keep: Keep) -> None:
    keep(page(1, "shop.hk"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT day, ours, events FROM figure_told")
        assert cursor.fetchall() == [(date(2023, 2, 10), 1, 1)]
        cursor.execute("SELECT first, last, times FROM figure_delivery")
        ((first, last, times),) = cursor.fetchall()
        assert (day_of(first), day_of(last), times) == (date(2023, 2, 10), date(2023, 2, 10), 1)
        cursor.execute("SELECT day FROM figure_uncounted")
        assert [day_of(day) for (day,) in cursor.fetchall()] == [date(2023, 2, 10)]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_the_documentation_says_what_every_view_and_column_holds(view: View) -> None:
    told = " ".join(PAGE.read_text("utf-8").split())
    assert f"### `{view.name}`" in told
    assert view.about in told
    for column in view.columns:
        assert f"| `{column.name}` | {column.type} | {column.about} |" in told


def test_views_do_not_stand_in_the_way_of_a_table_that_is_made_anew(db: None) -> None:
    """SQLite makes a table anew for most changes, and refuses while a view reads from it."""
    config = apps.get_app_config("figures")
    views.STANDING.before_migrating(using="default", plan=["something"], sender=config)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE figures_heading RENAME TO figures_away")
        cursor.execute("ALTER TABLE figures_away RENAME TO figures_heading")
    views.STANDING.after_migrating(using="default", plan=["something"], sender=config)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM figure_presence")
        assert cursor.fetchone() == (Heading.objects.count(),)


def test_nothing_is_made_anew_where_nothing_was_migrated(db: None) -> None:
    config = apps.get_app_config("figures")
    views.STANDING.before_migrating(using="default", plan=[], sender=config)
    views.STANDING.after_migrating(using="default", sender=config)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM figure_suspect")
        assert cursor.fetchone() == (0,)
