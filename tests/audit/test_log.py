"""The audit log only grows, and shows when it was touched."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lionrock.desk.audit.models import GENESIS, Entry, Head
from lionrock.desk.audit.services import Broken, canonical, digest_of, record, verify
from lionrock.desk.audit.triggers import dropping
from lionrock.desk.people.roles import Role
from tests.people.someone import someone

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        record(
            by=None,
            action="test.written",
            subject=f"row {number}",
            details={"number": number},
            now=NOW + timedelta(seconds=number),
        )


def unprotected(statement: str, *values: str) -> None:
    """Do what somebody with the database's own password could do."""
    with connection.cursor() as cursor:
        for drop in dropping(connection.vendor):
            cursor.execute(drop)
        cursor.execute(statement, values)


def test_entries_are_numbered_without_gaps_and_hang_on_each_other() -> None:
    write(3)
    entries = list(Entry.objects.order_by("number"))

    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [json.loads(entry.body)["previous"] for entry in entries] == [
        GENESIS,
        entries[0].digest,
        entries[1].digest,
    ]
    assert verify() is None


def test_an_empty_log_is_whole() -> None:
    assert verify() is None


def test_an_entry_says_who_did_it() -> None:
    person = someone(Role.ANALYST)
    entry = record(by=person, action="test.done", subject="x", details={}, now=NOW)

    assert (entry.by, entry.actor) == (person, person.email)
    assert json.loads(entry.body)["by"] == person.pk


def test_what_nobody_did_was_done_by_the_product() -> None:
    assert record(by=None, action="test.done", subject="x", details={}, now=NOW).actor == "lionrock"


def test_an_entry_falls_with_the_transaction_it_was_written_in() -> None:
    write(1)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)

    assert Entry.objects.count() == 1
    assert verify() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'somebody else' WHERE number = 2",
        "DELETE FROM audit_entry WHERE number = 2",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_entries(statement: str) -> None:
    write(3)
    with (
        pytest.raises((IntegrityError, DatabaseError), match="can only grow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify() is None


def test_a_changed_column_is_found() -> None:
    write(3)
    unprotected("UPDATE audit_entry SET actor = 'somebody else' WHERE number = 2")

    assert verify() == Broken(
        number=2, why="it does not hang on the entry before, or a column was changed"
    )


def test_a_changed_text_is_found() -> None:
    write(3)
    unprotected("UPDATE audit_entry SET body = replace(body, 'row 1', 'row 9') WHERE number = 2")

    assert verify() == Broken(number=2, why="its text does not match its digest")


def test_a_changed_text_with_a_matching_digest_breaks_the_next_entry() -> None:
    write(3)
    body = Entry.objects.get(number=2).body.replace("row 1", "row 9")
    unprotected(
        "UPDATE audit_entry SET body = %s, subject = %s, digest = %s WHERE number = 2",
        body,
        "row 9",
        digest_of(body),
    )

    assert verify() == Broken(
        number=3, why="it does not hang on the entry before, or a column was changed"
    )


def test_a_removed_entry_is_found() -> None:
    write(3)
    unprotected("DELETE FROM audit_entry WHERE number = 2")

    assert verify() == Broken(number=2, why="this entry is missing")


def test_a_cut_tail_is_found() -> None:
    write(3)
    unprotected("DELETE FROM audit_entry WHERE number = 3")

    assert verify() == Broken(number=3, why="the log ends earlier than it should")


def test_a_removed_head_is_found() -> None:
    write(3)
    unprotected("DELETE FROM audit_head")

    assert verify() == Broken(number=1, why="the log goes on where its end was recorded")


def test_a_head_that_was_set_back_is_found() -> None:
    write(3)
    second = Entry.objects.get(number=2)
    Head.objects.update(number=2, digest=second.digest)

    assert verify() == Broken(number=3, why="the log goes on where its end was recorded")


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_still_write_one_chain() -> None:
    write(1)
    failures: list[Exception] = []

    def work() -> None:
        try:
            write(5)
        except Exception as error:  # noqa: BLE001  # a thread's error must reach the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    assert Entry.objects.count() == 21
    assert verify() is None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


class WhateverIsRecorded(TestCase):
    """Details of every kind."""

    @given(details=st.dictionaries(st.text(max_size=10), json_values, max_size=4))
    def test_stays_whole_when_read_back(self, details: dict[str, object]) -> None:
        entry = record(by=None, action="test.any", subject="x", details=details, now=NOW)

        assert Entry.objects.get(pk=entry.pk).details == details
        assert verify() is None


def test_the_canonical_text_has_one_spelling() -> None:
    body = canonical(
        number=1,
        at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
        by=None,
        actor="lionrock",
        action="a",
        subject="名",
        details={"b": 1, "a": [True, None]},
        previous=GENESIS,
    )

    assert body == (
        '{"action":"a","actor":"lionrock","at":"2026-11-20T12:00:00.000000+00:00","by":null,'
        '"details":{"a":[true,null],"b":1},"number":1,"previous":"' + GENESIS + '",'
        '"subject":"\\u540d"}'
    )
