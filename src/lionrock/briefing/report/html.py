"""Writes a report as one HTML file that needs nothing else: no script, no picture, no other address."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from lionrock.briefing.report.document import Block, Chart, Document
from lionrock.briefing.report.runs import Run, plain
from lionrock.briefing.report.svg import reference, svg


def html(document: Document, *, issued: str, printed: bool = False) -> str:
    """Return the report as HTML; ``issued`` is an ISO date.

    ``printed`` unfolds what a reader could unfold on a screen.
    """

    def drawn(chart: Chart) -> Markup:
        return Markup(svg(chart, language=document.language))  # noqa: S704  # escaped there

    return _template().render(
        document=document,
        title=f"{plain(document.title)} · {plain(document.subtitle)}",
        css=Markup(css()),  # noqa: S704  # our own file
        policy=policy(),
        day=issued,
        printed=printed,
        svg=drawn,
        reference=_reference,
        kind_of=_kind_of,
    )


@cache
def css() -> str:
    """Return the report's style sheet."""
    return _page("report.css")


@cache
def policy() -> str:
    """Return the Content-Security-Policy of a report: nothing but the style sheet it carries."""
    digest = b64encode(sha256(css().encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _reference(run: Run) -> Markup:
    return Markup(reference(run))  # noqa: S704  # escaped there


def _kind_of(block: Block) -> str:
    return type(block).__name__


def _page(name: str) -> str:
    return (files("lionrock.briefing.report") / "pages" / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=DictLoader({"report.html": _page("report.html")}),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
    )
    return environment.get_template("report.html")
