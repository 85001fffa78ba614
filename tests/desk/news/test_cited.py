"""What an alert says of news and of cases rests on them: the analyst's page shows both beside it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lionrock.core.alerts import Part
from lionrock.desk.alerts.selectors.evidence import evidence_of, proofs
from lionrock.desk.cases.models import Case
from lionrock.desk.cases.services.importing import import_cases
from lionrock.desk.news.models import Item
from tests.desk.alerts.making import content, draft, said
from tests.desk.news.test_news import Web, ask, feed, followed

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_an_alert_that_cites_news_and_a_case_shows_both_with_what_they_say() -> None:
    address = followed("jpcert")
    ask(Web({address: feed(("1", "LampOS flaw", "It affects LampOS 7.2"))}))
    import_cases(
        b"reference,opened,category,urls\nA-1,2026-07-05,phishing,31\n",
        name="cases.csv",
        by=None,
        now=datetime(2026, 7, 6, tzinfo=UTC),
    )
    news, case = Item.objects.get().reference, f"case:{Case.objects.get().pk}"
    sentence = said(
        Part.LEAD, "It is so.", "確實如此。", "确实如此。", news, case, "source:news-77"
    )

    shown = evidence_of(draft(), replace(content(), sentences=(sentence,)))

    assert shown[news].title == "LampOS flaw"
    assert "source:news-77" not in shown
    told = proofs(shown.values())
    assert "LampOS 7.2" in told[news].text
    assert "2026-07-05 31" in told[case].text
