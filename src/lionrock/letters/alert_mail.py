"""Writes the mail that tells a subscriber of an alert: plain text whose only links lead to our site."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from lionrock.core.alerts import Alert
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_checked import checked
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import Section, Shape, told, words_in
from lionrock.letters.notice import Text, tidy
from lionrock.letters.plainly import fill, one_line, rule


def alert_mail(alert: Alert, *, publisher: Publisher, language: str, leave: str = "") -> Text:
    """Return subject and text of the mail in ``language``; ``leave`` is where it is unsubscribed from.

    An update says first what is new; a withdrawal says why, and nothing else. The subject carries the
    label where it is not for everybody, as TLP 2.0 wants of mail. Pages of others are not linked to:
    a mail with many links teaches people to open links in mails.
    """
    said = told(checked(alert), publisher=publisher, language=language)
    words = words_in(language)
    updated = bool(alert.log) and not alert.withdrawn
    title = words["updated"].format(title=said.title) if updated else said.title
    label = "" if alert.tlp is Tlp.CLEAR else f"[{alert.tlp.value}] "
    body = _template().render(
        said=said,
        words=words,
        tlp=words["tlp_labels"][alert.tlp.value],
        withdrawn=alert.withdrawn,
        publisher=publisher,
        team=one_line(publisher.names[language]),
        leave=leave,
        marked=_marked,
        fill=fill,
        rule=rule,
    )
    return Text(
        subject=f"{label}[{alert.id}] {title}", body=tidy(_only_ours(body, alert, publisher))
    )


def _marked(section: Section) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(section.lines, start=1):
        yield {Shape.PROSE: "", Shape.LIST: "- ", Shape.STEPS: f"{number}. "}[section.shape], line


def _only_ours(body: str, alert: Alert, publisher: Publisher) -> str:
    """Return the text without the links of others that stand in its sentences."""
    for link in alert.links:
        if not link.url.startswith(publisher.home):
            body = body.replace(link.url, link.url.replace("https://", "hxxps[:]//", 1))
    return body


@cache
def _template() -> Template:
    file = files("lionrock.letters") / "texts" / "alert.txt"
    environment = Environment(  # noqa: S701  # plain text: nothing to escape
        undefined=StrictUndefined, keep_trailing_newline=True, auto_reload=False
    )
    return environment.from_string(file.read_text(encoding="utf-8"))
