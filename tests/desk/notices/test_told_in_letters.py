"""Letters tell what their episodes do not hold, and never less than they say they do."""

import pytest

from lionrock.desk.constituents.models import Format
from lionrock.desk.events.models import Event
from lionrock.desk.notices.models import Notice
from lionrock.desk.notices.services.compose import compose
from lionrock.desk.notices.services.route import route_complete
from tests.desk.notices.making import NOW, constituent, delivery, episode

pytestmark = pytest.mark.django_db


def routed() -> Notice:
    """Return the one notice that routing makes."""
    route_complete(now=NOW)
    return Notice.objects.get()


def test_what_a_source_called_a_problem_of_no_told_type_stands_in_text_and_table() -> None:
    constituent()
    episode(delivery(), report="scan_new", kind="other.undetermined", service="", port=None)
    Event.objects.update(
        details={"tag": ["iot", "camera"], "page": "http://a.example/x", "@seen": "scan"}
    )
    made = compose(routed(), contact=None)
    table = made.attachments[0].content.decode()

    told = "scan_new page=hxxp[:]//a[.]example/x tag=iot,camera"
    assert "".join(told.split()) in "".join(made.text.body.split())
    assert told in table
    assert "@seen" not in table, "our own notes are not the source's words"


@pytest.mark.parametrize(("many", "files"), [(20, 0), (21, 1)])
def test_text_alone_brings_the_table_where_it_cannot_list_everything(many: int, files: int) -> None:
    constituent(format=Format.TEXT)
    blob = delivery()
    for number in range(1, many + 1):
        episode(blob, f"192.0.2.{number}")
    made = compose(routed(), contact=None)

    assert len(made.attachments) == files
    assert made.text.body.count("the attached table lists them all") == files


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("rdap https://rdap.example/ip/192.0.2.4", "the registration data of the address or name"),
        ("registry delegated-example", "the registries' public data"),
        ("", "a colleague who looked it up"),
    ],
)
def test_a_letter_says_in_words_where_its_address_came_from(source: str, said: str) -> None:
    episode(delivery())
    notice = routed()
    notice.addresses = ["abuse@isp.example"]
    notice.why = [{"code": "found", "value": "192.0.2.0/24", "source": source}]
    body = " ".join(compose(notice, contact=None).text.body.split())

    assert f"We took your address from: {said}" in body
    assert "rdap.example" not in body
