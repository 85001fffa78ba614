"""The pages about notices, asked for the way a browser does."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.desk.constituents.models import Contact
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.events.selectors.today import road_today
from lionrock.desk.notices.mail import pieces, show, unpack
from lionrock.desk.notices.models import (
    Answer,
    AnswerKind,
    Caught,
    Letter,
    LetterState,
    Mailing,
    Notice,
    NoticeState,
)
from lionrock.desk.notices.selectors.board import Filters, notices_page
from lionrock.desk.notices.services.trial import Fate, send_test
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.net.smtp import Receipt, Refused, Server
from tests.desk.constituents import made
from tests.people.someone import someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(client: Client) -> Person:
    person = someone(Role.APPROVER, Role.ADMINISTRATOR)
    client.force_login(person)
    return person


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.LIONROCK_DATA = tmp_path
    return tmp_path


def text_of(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def waiting() -> Notice:
    alpha = made.constituent()
    return made.notice(alpha, made.episode(alpha))


def test_what_waits_for_a_person_comes_first(client: Client, approver: Person) -> None:
    alpha = made.constituent()
    first = made.notice(alpha, made.episode(alpha))
    sent = made.notice(alpha, made.episode(alpha, "192.0.2.8"), state=NoticeState.SENT)

    page = text_of(client, "notices:list")

    assert first.ticket in page
    assert sent.ticket not in page
    assert sent.ticket in text_of(client, "notices:list", query="?state=sent")
    assert sent.ticket in text_of(client, "notices:list", query=f"?q={sent.ticket.lower()}")


def test_of_what_waits_the_worst_comes_first_and_says_which_system_it_is_about(
    client: Client, approver: Person
) -> None:
    alpha = made.constituent()
    old = made.notice(alpha, made.episode(alpha))
    bad = made.notice(alpha, made.episode(alpha, "http://shop.example/x", kind="fraud.phishing"))
    two = made.notice(alpha, *(made.episode(alpha, f"192.0.2.{n}") for n in (8, 9)))
    Notice.objects.filter(pk=bad.pk).update(severity="critical")
    Notice.objects.filter(pk=two.pk).update(severity="low")

    page = text_of(client, "notices:list").replace("<wbr>", "")
    assert page.index(bad.ticket) < page.index(old.ticket) < page.index(two.ticket)
    assert "hxxp://shop[.]example/x" in page
    assert "192.0.2.7" in page
    assert "192.0.2.8" not in page
    behind = [row.notice for row in notices_page(Filters(), after=bad.pk).rows]
    assert behind == [old, two]
    answer = client.post(reverse("notices:approve", args=[bad.pk]), {"version": 1})
    assert answer["Location"] == reverse("notices:notice", args=[old.pk])


def test_the_letter_is_shown_as_its_recipient_gets_it_before_anybody_approves(
    client: Client, approver: Person
) -> None:
    page = text_of(client, "notices:notice", waiting().pk)

    assert "abuse@alpha.example" in page
    assert "192.0.2.7" in page
    assert "Message-ID" in page


def test_a_notice_without_anybody_to_go_to_says_so_and_takes_an_address(
    client: Client, approver: Person
) -> None:
    notice = made.notice(None, made.episode(None, "203.0.113.9"))

    assert "nobody to write it to" in text_of(client, "notices:notice", notice.pk)
    refused = client.post(reverse("notices:approve", args=[notice.pk]), {"version": 1})
    assert refused.status_code == 400
    client.post(
        reverse("notices:act", args=[notice.pk]),
        {"version": 1, "do": "address", "to": "abuse@holder.example"},
    )
    assert "abuse@holder.example" in text_of(client, "notices:notice", notice.pk)


def test_approving_leads_to_the_next_that_waits(client: Client, approver: Person) -> None:
    alpha = made.constituent()
    first = made.notice(alpha, made.episode(alpha))
    second = made.notice(alpha, made.episode(alpha, "192.0.2.8"))

    response = client.post(
        reverse("notices:approve", args=[first.pk]), {"version": 1, "note": "looks right"}
    )

    assert response["Location"] == reverse("notices:notice", args=[second.pk])
    first.refresh_from_db()
    assert (first.state, first.approved_by, first.note) == (
        NoticeState.READY,
        approver,
        "looks right",
    )


def test_who_was_slower_is_told_and_keeps_what_they_typed(client: Client, approver: Person) -> None:
    notice = waiting()
    Notice.objects.update(version=3)

    response = client.post(
        reverse("notices:approve", args=[notice.pk]), {"version": 1, "note": "my words"}
    )

    assert response.status_code == 409
    assert "my words" in response.content.decode()
    assert Notice.objects.get().state == NoticeState.WAITING


def test_many_are_approved_at_once_except_what_changed_meanwhile(
    client: Client, approver: Person
) -> None:
    alpha = made.constituent()
    notices = [made.notice(alpha, made.episode(alpha, f"192.0.2.{n}")) for n in range(3)]
    page = client.get(reverse("notices:list"), {"kind": notices[0].kind})
    bulk = ",".join(f"{pk}:{version}" for pk, version in page.context["bulk"])
    Notice.objects.filter(pk=notices[1].pk).update(version=2)

    client.post(reverse("notices:approve-many"), {"all": bulk})

    states = dict(Notice.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in notices] == ["ready", "waiting", "ready"]


def test_nonsense_among_the_chosen_is_passed_over(client: Client, approver: Person) -> None:
    notice = waiting()

    client.post(
        reverse("notices:approve-many"), {"notice": [f"{notice.pk}:1", "x:y", "9999:1", ":"]}
    )

    assert Notice.objects.get().state == NoticeState.READY


def test_an_analyst_may_hold_and_stop_but_not_let_leave(client: Client) -> None:
    notice = waiting()
    client.force_login(someone(Role.ANALYST))

    client.post(reverse("notices:hold", args=[notice.pk]), {"version": 1})
    client.post(reverse("notices:stop"))

    assert Notice.objects.get().state == NoticeState.HELD
    assert Mailing.objects.get().stopped
    assert client.post(reverse("notices:start")).status_code == 403
    assert client.post(reverse("notices:approve", args=[notice.pk])).status_code == 403


def test_the_stop_switch_is_on_every_page_of_notices_while_it_is_on(
    client: Client, approver: Person
) -> None:
    notice = waiting()
    letter = made.letter(notice)
    caught = made.caught(letter)
    client.post(reverse("notices:stop"))

    for name, *args in (
        ("list",),
        ("attention",),
        ("caught",),
        ("mailing",),
        ("notice", notice.pk),
        ("letter", letter.pk),
        ("caught-letter", caught.pk),
    ):
        assert "All letters are stopped." in text_of(client, f"notices:{name}", *args)
    client.post(reverse("notices:start"))
    assert "All letters are stopped." not in text_of(client, "notices:list")


def test_after_the_switch_one_is_never_sent_to_another_site(
    client: Client, approver: Person
) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        response = client.post(reverse("notices:stop"), {"next": elsewhere})
        assert response["Location"] == reverse("notices:list")


def test_an_unknown_outcome_is_settled_by_a_person(client: Client, approver: Person) -> None:
    alpha = made.constituent()
    notice = made.notice(alpha, made.episode(alpha), state=NoticeState.UNKNOWN)
    letter = made.letter(notice, state=LetterState.UNKNOWN)

    assert notice.ticket in text_of(client, "notices:attention")
    client.post(reverse("notices:settle", args=[letter.pk]), {"version": 1, "do": "was_sent"})

    assert Letter.objects.get().state == LetterState.SENT
    assert notice.ticket not in text_of(client, "notices:attention")


def test_a_mailed_answer_counts_once_a_person_says_what_it_means(
    client: Client, approver: Person
) -> None:
    alpha = made.constituent()
    notice = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    answer = made.answer(notice, kind=AnswerKind.FIXED)
    assert Episode.objects.get().standing == Standing.OPEN

    page = text_of(client, "notices:notice", notice.pk)
    assert "<details><summary>quoted</summary>" in page
    client.post(reverse("notices:answer", args=[answer.pk]), {"version": 1, "kind": "fixed"})

    assert Episode.objects.get().standing == Standing.FIXED


def test_mail_of_no_ticket_is_attached_by_hand(client: Client, approver: Person) -> None:
    alpha = made.constituent()
    notice = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    answer = made.answer(None, kind=AnswerKind.UNKNOWN)
    address = reverse("notices:answer", args=[answer.pk])

    client.post(address, {"ticket": "LR-2026-999999-ZZ"})
    assert Answer.objects.get().notice is None
    client.post(address, {"ticket": f" [{notice.ticket.lower()}] "})

    assert Answer.objects.get().notice == notice


def test_dead_contacts_are_listed_with_the_reason(client: Client, approver: Person) -> None:
    made.constituent()
    Contact.objects.update(dead_since=made.NOW, dead_why="550 no such user")

    assert "550 no such user" in text_of(client, "notices:attention")


def test_what_its_recipient_disowns_in_the_portal_is_put_before_a_person(
    client: Client, approver: Person
) -> None:
    alpha = made.constituent()
    notice = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    said = made.answer(notice, kind=AnswerKind.NOT_OURS, text="It moved to Beta.")
    Answer.objects.update(by=someone(Role.CONSTITUENT))

    page = text_of(client, "notices:attention")
    assert "It moved to Beta." in page
    assert notice.ticket in page
    assert road_today(midnight=made.NOW, now=made.NOW).answers == 1
    client.post(reverse("notices:answer", args=[said.pk]), {})

    assert "Nothing needs you." in text_of(client, "notices:attention")
    assert road_today(midnight=made.NOW, now=made.NOW).answers == 0


def test_what_an_attacker_wrote_is_shown_and_never_run(client: Client, approver: Person) -> None:
    alpha = made.constituent()
    notice = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    made.answer(notice, text="<script>alert(1)</script> see http://evil.example/x")

    page = text_of(client, "notices:notice", notice.pk)

    assert "<script>alert" not in page
    assert 'href="http://evil' not in page


def test_mail_settings_keep_the_password_out_of_sight(
    client: Client, approver: Person, data: Path
) -> None:
    said = {
        "part": "smtp",
        "host": "mail.cert.example",
        "port": "587",
        "security": "starttls",
        "account": "cert",
        "password": "hush hush",
        "sender": "cert@cert.example",
        "sender_name": "CERT",
    }
    response = client.post(reverse("notices:mailing"), said)

    assert response.status_code == 302
    file = data / "secrets" / "smtp-password"
    assert file.read_text() == "hush hush"
    assert file.stat().st_mode & 0o777 == 0o600
    page = text_of(client, "notices:mailing")
    assert "hush hush" not in page
    assert "A password is kept." in page
    client.post(reverse("notices:mailing"), {**said, "password": ""})
    assert file.read_text() == "hush hush"


def test_mail_without_encryption_to_another_machine_is_refused(
    client: Client, approver: Person, data: Path
) -> None:
    response = client.post(
        reverse("notices:mailing"),
        {
            "part": "smtp",
            "host": "mail.cert.example",
            "port": "25",
            "security": "none",
            "sender": "cert@cert.example",
        },
    )

    assert response.status_code == 400
    assert not Mailing.objects.exclude(host="").exists()


def test_a_mail_is_read_with_its_table_and_a_broken_one_without_an_error() -> None:
    shown = show(made.mail())

    assert dict(shown.headers)["To"] == "abuse@alpha.example"
    assert shown.text.startswith("Dear colleagues")
    (table,) = (one.table for one in shown.attachments)
    assert table is not None
    assert table.header == ("asset", "port", "last_seen")
    assert (len(table.rows), table.more) == (10, 13)
    for broken in (
        b"",
        b"\0" * 100,
        b"Content-Type: multipart/mixed\n\n--x",
        b"Subject: \xff\n\n\xff",
    ):
        show(broken)


def test_a_long_chinese_name_is_shown_whole_though_headers_carry_it_in_pieces() -> None:
    name = "香港電腦保安事故應變團隊（Lionrock）"
    message = EmailMessage()
    message["From"] = Address(name, addr_spec="notices@team.example")
    content = message.as_bytes(policy=SMTP)

    assert content.count(b"=?utf-8?") == 2, "it is in pieces"
    assert dict(show(content).headers)["From"] == f"{name} <notices@team.example>"


def test_quoted_lines_are_told_from_what_was_written() -> None:
    read = pieces("Yes.\n\n> Is it fixed?\n>> Please.\nBye")

    assert [(piece.text, piece.quoted) for piece in read] == [
        ("Yes.", False),
        ("> Is it fixed?\n>> Please.", True),
        ("Bye", False),
    ]


def test_a_test_letter_goes_to_the_catch_all_until_a_server_is_set(
    client: Client, approver: Person, data: Path
) -> None:
    client.post(reverse("notices:test-letter"))

    caught = Caught.objects.get()
    assert caught.to == approver.email
    assert dict(show(unpack(bytes(caught.body))).headers)["To"] == approver.email


def test_no_test_letter_leaves_while_all_are_stopped(
    client: Client, approver: Person, data: Path
) -> None:
    client.post(reverse("notices:stop"))
    client.post(reverse("notices:test-letter"))

    assert Caught.objects.count() == 0


def test_what_the_server_says_to_a_test_letter_is_told(approver: Person, data: Path) -> None:
    Mailing.objects.create(pk=1, host="mail.cert.example", sender="cert@cert.example")
    seen: list[Server] = []

    def taken(server: Server, message: bytes, **_: object) -> Receipt:
        seen.append(server)
        return Receipt(server="mail.cert.example", code=250, text="queued")

    def refused(server: Server, message: bytes, **_: object) -> Receipt:
        raise Refused("550 no", code=550, stage="recipient")

    assert send_test(to=approver, transport=taken, now=made.NOW).fate is Fate.SENT
    assert send_test(to=approver, transport=refused, now=made.NOW).said == "550 no"
    assert seen[0].host == "mail.cert.example"


def test_a_signing_key_is_made_once_and_its_letters_say_so(
    client: Client, approver: Person, data: Path
) -> None:
    notice = waiting()
    Mailing.objects.create(pk=1, sender="cert@cert.example")
    client.post(reverse("notices:sign"))
    kept = (data / "secrets" / "mail-key.asc").read_bytes()
    client.post(reverse("notices:sign"))

    assert (data / "secrets" / "mail-key.asc").read_bytes() == kept
    assert "PRIVATE" not in text_of(client, "notices:mailing")
    assert "signed (PGP/MIME)" in text_of(client, "notices:notice", notice.pk)
