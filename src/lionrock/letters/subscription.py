"""Writes the mail that asks a reader to confirm: nobody is told of alerts who did not say so."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import GiveUp
from lionrock.letters.plainly import fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A mail's subject and text."""

    subject: str
    body: str


def confirm_mail(*, language: str, team: str, link: str) -> Words:
    """Return the mail that asks to confirm, in ``language``; its only link is ``link``."""
    if language not in LANGUAGES:
        raise GiveUp(f"{language} is no language of alerts")
    whole = _template(language).render(team=team, link=link, fill=fill)
    subject, _, body = whole.partition("\n\n")
    return Words(subject=subject.strip(), body=body.strip("\n") + "\n")


@cache
def _template(language: str) -> Template:
    file = files("lionrock.letters") / "texts" / f"subscribe.{language.lower()}.txt"
    environment = Environment(  # noqa: S701  # plain text: nothing to escape
        undefined=StrictUndefined, keep_trailing_newline=True, auto_reload=False
    )
    return environment.from_string(file.read_text(encoding="utf-8"))
