"""A report is made from kept figures, kept as it was made, and corrected in the open."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lionrock.briefing.report.content import Article, Citation, Form
from lionrock.briefing.report.kept import read
from lionrock.briefing.report.made import made
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Period
from lionrock.core.tlp import Tlp
from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.models import Source
from lionrock.desk.figures.models import Edition, KeptFigure
from lionrock.desk.reports.models import Report, TopicVersion
from lionrock.desk.reports.selectors import kept
from lionrock.desk.reports.services.making import contents_of, make
from lionrock.desk.reports.services.topics import (
    Faulty,
    WrittenMeanwhile,
    take_out,
    write_topic,
)
from tests.desk.reports.conftest import NOW, figures_of, keep_figures, keep_five_quarters

pytestmark = pytest.mark.django_db

QUARTER = Period.of("2026Q3")
LANGUAGES = ("en", "zh-Hant", "zh-Hans")


def article(
    text: str = "There were {2026Q3.phishing.unique_url}.", *, key: str = "lures"
) -> Article:
    return Article(
        key=key,
        titles=dict.fromkeys(LANGUAGES, "Lures"),
        texts=dict.fromkeys(LANGUAGES, text),
        citations=(Citation(key="msrc", title="Advisory", url="https://vendor.example/"),),
    )


def test_a_report_quotes_the_figures_that_were_kept_and_leaves_others_uncounted() -> None:
    keep_five_quarters()
    contents = contents_of(quarter=QUARTER, now=NOW)
    by_code = {kind.code: [figure.value for figure in kind.counted] for kind in contents.kinds}
    assert by_code["phishing"] == [806, 5033, 7141, 13574, 2804]
    assert by_code["defacement"] == [None] * 5
    assert [(one.name, one.now.value) for one in contents.families] == [("Conficker", 192)]
    assert [figure.value for figure in contents.totals()] == [1012, 5223, 7361, 13780, 2996]
    assert contents.corrections == ()
    assert contents.version == 1


def test_a_report_is_kept_as_it_was_made_and_made_again_only_when_something_differs() -> None:
    keep_five_quarters()
    first = make(quarter=QUARTER, by=None, now=NOW)
    again = make(quarter=QUARTER, by=None, now=NOW)
    assert (first.version, again.pk) == (1, first.pk)
    assert read(Report.objects.get().contents).version == 1
    assert Entry.objects.filter(action="report.made").count() == 1
    later = NOW + timedelta(days=9)
    assert contents_of(quarter=QUARTER, now=later) == read(first.contents)


def test_late_data_make_the_next_version_with_every_number_that_changed() -> None:
    keep_five_quarters()
    make(quarter=QUARTER, by=None, now=NOW)
    keep_figures("2026Q3", figures_of("2026Q3", phishing=2900), version=2, days=1)
    second = make(quarter=QUARTER, by=None, now=NOW)
    found = read(second.contents).corrections
    assert second.version == 2
    assert second.corrections == 3
    assert [
        (one.figure.id, one.before and one.before.value, one.after and one.after.value)
        for one in found
    ] == [
        ("2026Q3.phishing.unique_url", 2804, 2900),
        ("2026Q3.total", 2996, 3092),
        ("2026Q3.total.server", 2804, 2900),
    ]
    page = made(read(second.contents), Form.SHORT).documents["en"]
    assert "corrections" in {getattr(block, "id", "") for block in page.blocks}


def test_figures_corrected_before_any_report_was_kept_are_told_too() -> None:
    keep_five_quarters()
    keep_figures("2026Q3", figures_of("2026Q3", phishing=2900), version=2, days=1)
    contents = contents_of(quarter=QUARTER, now=NOW)
    assert "2026Q3.phishing.unique_url" in {one.figure.id for one in contents.corrections}


def test_an_older_quarter_restated_since_the_last_report_is_told_in_the_next() -> None:
    keep_five_quarters()
    keep_figures("2025Q2", {"phishing.unique_url": 5, "total": 5})
    make(quarter=Period.of("2026Q2"), by=None, now=NOW)
    keep_figures("2026Q1", figures_of("2026Q1", phishing=7000), version=2, days=1)
    contents = contents_of(quarter=QUARTER, now=NOW)
    assert ("2026Q1.phishing.unique_url", 7141, 7000) in {
        (one.figure.id, one.before and one.before.value, one.after and one.after.value)
        for one in contents.corrections
    }


def test_a_quarter_that_is_not_over_is_not_made_and_another_period_is_no_quarter() -> None:
    with pytest.raises(GiveUp, match="2026Q4 is not over"):
        make(quarter=Period.of("2026Q4"), by=None, now=NOW)
    with pytest.raises(GiveUp, match="2027Q1 has hardly begun"):
        contents_of(quarter=Period.of("2027Q1"), now=NOW)
    with pytest.raises(GiveUp, match="is of a quarter"):
        contents_of(quarter=Period.of("2026-07"), now=NOW)


def test_quarters_whose_events_are_gone_and_were_never_counted_stand_uncounted() -> None:
    keep_figures("2026Q3", figures_of("2026Q3"))
    keep_figures("2026Q2", figures_of("2026Q2"))
    keep_figures("2026Q1", figures_of("2026Q1"))
    keep_figures("2025Q4", figures_of("2025Q4"))
    contents = contents_of(quarter=QUARTER, now=NOW)
    assert contents.kinds[1].counted[0].value is None
    made(contents, Form.LONG)


def test_every_change_of_a_topic_is_a_version_and_none_is_lost() -> None:
    topic = write_topic(quarter="2026Q3", article=article(), place=1, seen=0, by=None, now=NOW)
    write_topic(
        quarter="2026Q3", article=article("Nothing new."), place=2, seen=1, by=None, now=NOW
    )
    found = kept.articles("2026Q3")
    assert [one.texts["en"] for one in found] == ["Nothing new."]
    assert [row.number for row in kept.versions(topic)] == [2, 1]
    assert TopicVersion.objects.get(number=1).article["texts"]["en"].startswith("There were")
    take_out(topic_id=topic.pk, by=None, now=NOW)
    assert kept.articles("2026Q3") == ()
    assert TopicVersion.objects.count() == 2


def test_a_topic_with_a_loose_number_or_written_over_another_is_refused() -> None:
    with pytest.raises(Faulty, match="holds a digit"):
        write_topic(
            quarter="2026Q3", article=article("Some 40."), place=1, seen=0, by=None, now=NOW
        )
    write_topic(quarter="2026Q3", article=article(), place=1, seen=0, by=None, now=NOW)
    with pytest.raises(WrittenMeanwhile):
        write_topic(quarter="2026Q3", article=article(), place=1, seen=0, by=None, now=NOW)


def test_a_report_holds_its_topics_as_they_were_when_it_was_made() -> None:
    keep_five_quarters()
    write_topic(quarter="2026Q3", article=article(), place=1, seen=0, by=None, now=NOW)
    first = make(quarter=QUARTER, by=None, now=NOW)
    write_topic(quarter="2026Q3", article=article("Other."), place=1, seen=1, by=None, now=NOW)
    second = make(quarter=QUARTER, by=None, now=NOW)
    assert [read(row.contents).articles[0].texts["en"] for row in (first, second)] == [
        "There were {2026Q3.phishing.unique_url}.",
        "Other.",
    ]
    assert second.corrections == 0


def test_a_figure_that_was_kept_wrongly_by_hand_shows_in_the_total() -> None:
    keep_five_quarters()
    edition = Edition.objects.get(period="2026Q3")
    KeptFigure.objects.filter(edition=edition, definition="total").update(value=5102)
    contents = contents_of(quarter=QUARTER, now=timezone.now())
    assert [
        (one.figure.id, one.before and one.before.value, one.after and one.after.value)
        for one in contents.corrections
    ] == [("2026Q3.total", 5102, 2996)]


def test_feeds_that_are_on_are_named_unless_their_label_forbids_it() -> None:
    keep_five_quarters()
    on = QUARTER.first
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    Source.objects.create(feed="urlhaus", enabled=True, enabled_at=at)
    Source.objects.create(feed="threatfox", enabled=True, enabled_at=at, tlp=Tlp.RED)
    Source.objects.create(feed="gone-module", enabled=True, enabled_at=at)
    Source.objects.create(feed="openphish", enabled=True, enabled_at=NOW)  # only after the quarter
    found = contents_of(quarter=QUARTER, now=NOW).sources
    assert sorted((one.title, one.named) for one in found) == [
        ("", False),
        ("", False),
        ("URLhaus", True),
    ]
