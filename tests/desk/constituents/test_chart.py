"""The picture of how long problems stay open."""

from copy import copy as copy_of
from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.desk.constituents.chart import draw
from lionrock.desk.constituents.views.constituent import MEASURED_AT_ONCE
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.notices.selectors.fixing import survival
from lionrock.desk.people.roles import Role
from tests.desk.constituents import made
from tests.people.someone import someone


def test_without_a_fix_there_is_no_picture() -> None:
    assert draw(survival([(3.0, False)])) is None


def test_the_line_falls_in_steps_from_all_to_what_is_still_open() -> None:
    chart = draw(survival([(2.0, True), (4.0, True), (10.0, False), (10.0, False)]))

    assert chart is not None
    points = [tuple(map(float, point.split(","))) for point in chart.line.split()]
    assert points[0] == (chart.left, chart.top)
    assert points[-1][1] == pytest.approx((chart.top + chart.bottom) / 2)
    assert all(one[0] == two[0] or one[1] == two[1] for one, two in pairwise(points))
    assert [(row.days, row.open) for row in chart.rows] == [(1, 100), (3, 75), (7, 50)]
    assert chart.median_days == 4.0


def test_a_picture_of_many_fixes_stays_small() -> None:
    chart = draw(survival([(n / 1000, True) for n in range(50_000)]))

    assert chart is not None
    assert len(chart.line) < 50_000


@pytest.mark.django_db
def test_the_time_to_fix_can_be_asked_by_problem(client: Client) -> None:
    alpha = made.constituent()
    for n in range(4):
        fixed = made.episode(alpha, f"192.0.2.{n}", days=10, standing=Standing.FIXED)
        fixed.fixed_by = FixedBy.SCANS
        fixed.last_seen = fixed.first_seen + timedelta(days=n + 1)
        fixed.save()
    made.episode(alpha, "192.0.2.9", kind="fraud.phishing")
    client.force_login(someone(Role.ANALYST))
    address = reverse("constituents:fixing", args=[alpha.pk])

    everything = client.get(address).context["curve"]
    some = client.get(address, {"kind": "vulnerable", "since": "seen"}).context["curve"]

    assert (everything.episodes, everything.fixed) == (5, 4)
    assert (some.episodes, some.median) == (4, 2.0)
    assert client.get(address, {"kind": "nonsense", "since": "nonsense"}).status_code == 200


@pytest.mark.django_db
def test_a_large_constituents_page_leaves_the_curve_to_its_own_page(
    client: Client,
) -> None:
    alpha = made.constituent()
    one = made.episode(alpha, standing=Standing.FIXED)
    copies = []
    for number in range(2, MEASURED_AT_ONCE + 2):
        copy = copy_of(one)
        copy.pk, copy.number = None, number
        copies.append(copy)
    Episode.objects.bulk_create(copies)
    client.force_login(someone(Role.ANALYST))

    page = client.get(reverse("constituents:constituent", args=[alpha.pk]))

    assert page.context["chart"] is None
    assert reverse("constituents:fixing", args=[alpha.pk]) in page.content.decode()
