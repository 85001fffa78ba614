"""Makes the whole report: every language checked against the others first, then every format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lionrock.briefing.report.check import check, same_numbers
from lionrock.briefing.report.content import Contents, Form
from lionrock.briefing.report.data import report_json, table_csv
from lionrock.briefing.report.document import Document
from lionrock.briefing.report.docx import docx
from lionrock.briefing.report.html import html
from lionrock.briefing.report.pdf import pdf
from lionrock.briefing.report.svg import svg
from lionrock.briefing.report.watch import watch
from lionrock.core.alerts import LANGUAGES


class Format(StrEnum):
    """In what a report is written."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


TYPES: Final = {
    Format.HTML: "text/html; charset=utf-8",
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report that may be published: told in all languages, every number proved."""

    contents: Contents
    form: Form
    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def issued(self) -> str:
        """The day of publication, in ISO form."""
        return self.contents.issued.isoformat()

    @property
    def stem(self) -> str:
        """What its files' names begin with."""
        return f"watch-{self.contents.quarter.key.lower()}-{self.form.value}"

    def written(self, language: str, format: Format) -> bytes:
        """Return it in a language and a format; raise TryLater for want of a library or font."""
        document = self.documents[language]
        match format:
            case Format.HTML:
                return html(document, issued=self.issued).encode("utf-8")
            case Format.PDF:
                return pdf(document, issued=self.issued)
            case Format.DOCX:
                return docx(document, issued=self.issued)

    def name(self, language: str, format: Format) -> str:
        """Return the name of a file."""
        return f"{self.stem}.{language}.{format.value}"

    def data(self) -> Iterator[tuple[str, bytes]]:
        """Yield the data files by name: the JSON, and each table as CSV."""
        yield f"{self.stem}.json", report_json(self.contents, self.documents)
        for table in self.documents[LANGUAGES[0]].tables():
            yield f"{self.stem}.{table.id}.csv", table_csv(table)


def made(contents: Contents, form: Form) -> Report:
    """Tell the contents in every language and prove each; raise Unsupported for what is not proved."""
    documents = {language: watch(contents, form=form, language=language) for language in LANGUAGES}
    for document in documents.values():
        check(document, contents)
    same_numbers(list(documents.values()))
    return Report(contents=contents, form=form, documents=documents)


def files(
    report: Report,
    *,
    languages: Sequence[str] = LANGUAGES,
    formats: Sequence[Format] = tuple(Format),
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a report by name: each language in each format, charts as SVG, the data."""
    for language in languages:
        for format in formats:
            yield report.name(language, format), report.written(language, format)
        for chart in report.documents[language].charts():
            drawn = svg(chart, language=language)
            yield f"{report.stem}.{language}.{chart.id}.svg", drawn.encode("utf-8")
    yield from report.data()
