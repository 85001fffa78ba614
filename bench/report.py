"""Measures how long a report takes from its figures to every format in three languages, and what memory.

The figures are made up: five types over five quarters, BENCH_FAMILIES botnet families (by default
400), sixty feeds, three topics. Both forms are made, each as HTML, PDF and Word file with all charts
and data. Prints seconds, bytes and the most memory held; asserts nothing.
"""

import os
import resource
import time
from datetime import date
from decimal import Decimal

from lionrock.briefing.report.content import (
    Article,
    Citation,
    Contents,
    Family,
    Form,
    Kind,
    Located,
    Publisher,
    Source,
)
from lionrock.briefing.report.made import Format, files, made
from lionrock.core.alerts import LANGUAGES
from lionrock.core.figures import Figure, Period, Stream, Unit

FAMILIES = int(os.environ.get("BENCH_FAMILIES", "400"))
QUARTERS = tuple(Period.of(key) for key in ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"))
TOPIC = (
    "Criminals imitated banks: {2026Q3.phishing.unique_url} pages, "
    "{2026Q3.phishing.unique_url / 2026Q2.phishing.unique_url} against the quarter before.\n\n"
    "- Open the official site yourself.\n- Never enter a password on a page that a message led to.\n"
)


def main() -> None:
    """Make both forms and print what each step took."""
    contents = everything()
    print(f"{len(contents.figures()):,} figures, {len(contents.families):,} families")
    began, cpu = time.perf_counter(), time.process_time()
    for form in Form:
        start = time.perf_counter()
        report = made(contents, form)
        print(f"{form:<6} told and proved in 3 languages {time.perf_counter() - start:8.2f} s")
        for format in Format:
            start, size = time.perf_counter(), 0
            for language in LANGUAGES:
                size += len(report.written(language, format))
            print(
                f"{form:<6} {format:<6} in 3 languages {time.perf_counter() - start:17.2f} s "
                f"{size / 2**20:8.2f} MiB"
            )
        start = time.perf_counter()
        written = [len(body) for _, body in files(report, formats=())]
        print(
            f"{form:<6} charts and data, {len(written)} files {time.perf_counter() - start:14.2f} s "
            f"{sum(written) / 2**20:8.2f} MiB"
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"all    {time.perf_counter() - began:.1f} s, {time.process_time() - cpu:.1f} s of processor "
        f"time, {most:.0f} MiB at the most"
    )


def everything() -> Contents:
    """Return the contents of a large report."""
    kinds = tuple(
        Kind(
            code=code,
            group=group,
            names=dict.fromkeys(LANGUAGES, code.title()),
            about=dict.fromkeys(LANGUAGES, f"Events of the type {code}."),
            counted=row(f"{code}.{measure}", size, unit),
            ratio=row(f"{code}.ratio", 0, Unit.RATIO) if group == "server" else (),
        )
        for code, group, measure, size, unit in (
            ("defacement", "server", "unique_url", 500, Unit.URL),
            ("phishing", "server", "unique_url", 9000, Unit.URL),
            ("malware-hosting", "server", "unique_url", 700, Unit.URL),
            ("control", "botnet", "unique_address", 40, Unit.ADDRESS),
            ("bots", "botnet", "size", 40_000, Unit.ADDRESS),
        )
    )
    families = tuple(
        Family(
            name=f"family{number}",
            counted=row("bots.size", 3 * number, Unit.ADDRESS, family=f"family{number}"),
        )
        for number in range(FAMILIES)
    )
    cited = (Citation(key="vendor", title="An advisory", url="https://vendor.example/"),)
    return Contents(
        quarter=QUARTERS[-1],
        issued=date(2026, 10, 20),
        publisher=Publisher(
            team=dict.fromkeys(LANGUAGES, "Example CERT"),
            region=dict.fromkeys(LANGUAGES, "Exampleland"),
            endings=(".example",),
        ),
        kinds=kinds,
        families=families,
        sources=tuple(
            Source(id=f"feed-{n}", title=f"Feed {n}", provider="Example", kinds=("phishing",))
            for n in range(60)
        ),
        located=(Located(title="Example Geolocation", day=date(2026, 9, 15)),),
        articles=tuple(
            Article(
                key=f"topic-{key}",
                titles=dict.fromkeys(LANGUAGES, "A topic of the quarter"),
                texts=dict.fromkeys(LANGUAGES, TOPIC * 6),
                citations=cited,
            )
            for key in ("one", "two", "three")
        ),
    )


def row(name: str, size: int, unit: Unit, family: str = "") -> tuple[Figure, ...]:
    """Return a row of figures over the five quarters."""
    return tuple(
        Figure(
            id=f"{period.key}.{name}" + (f".family.{family}" if family else ""),
            stream=Stream.EVENTS,
            definition=name,
            period=period,
            unit=unit,
            value=Decimal("1.25") + place if unit is Unit.RATIO else size + 7 * place,
            filters=(("family", family),) if family else (),
            query="figures.unique",
        )
        for place, period in enumerate(QUARTERS)
    )


if __name__ == "__main__":
    main()
