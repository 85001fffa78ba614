"""Writes the public site into a folder: the same pages, for any web server to hand out as they are."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product
from pathlib import Path

from django.contrib.staticfiles import finders

from lionrock.core.alerts import LANGUAGES, Kind, Risk
from lionrock.core.errors import GiveUp
from lionrock.desk.alerts import formats, site
from lionrock.desk.alerts.selectors.public import Narrowed, earlier_of, every, listed, newest


def export(folder: Path, *, now: datetime) -> int:
    """Write the site into ``folder`` and return how many files it has.

    The folder is replaced as a whole once everything is written, so that nothing that was withdrawn
    from it stays; raise GiveUp where it holds something else than an export.
    """
    mark = "site.css"
    if folder.exists() and any(folder.iterdir()) and not (folder / mark).is_file():
        raise GiveUp(f"{folder} holds something else: name an empty folder or an export")
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    count = 0
    for name, content in _files(now=now):
        place = draft / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        count += 1
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return count


def _files(*, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the site: its place and its content."""
    style = finders.find("alerts/site.css")
    if not isinstance(style, str):
        raise GiveUp("the style sheet of the public site is missing")
    yield "site.css", Path(style).read_bytes()
    yield "index.html", site.chooser_page(exported=True).encode()
    some = newest()
    for language in LANGUAGES:
        folder = site.FOLDERS[language]
        yield f"{folder}/alerts.json", formats.newest_json(some)
        for name, (_type, content) in formats.feeds(some, language, now=now).items():
            yield f"{folder}/{name}", content
        yield from _lists(language)
    for alert in every():
        yield from formats.every_file(alert, earlier_of(alert.slug)).items()
        for language in LANGUAGES:
            place = site.Place(language=language, path=f"{alert.slug}/", exported=True)
            page = site.alert_page(alert, place=place, formats=formats.files_of(alert))
            yield f"{site.FOLDERS[language]}/{alert.slug}/index.html", page.encode()


def _lists(language: str) -> Iterator[tuple[str, bytes]]:
    for kind, risk in product([None, *Kind], [None, *Risk]):
        narrowed = Narrowed(kind=kind, risk=risk)
        pages = 1
        while narrowed.page <= pages:
            found = listed(narrowed)
            pages = found.pages
            path = site.path_of(narrowed)
            place = site.Place(language=language, path=path, exported=True)
            page = site.list_page(found, narrowed, place=place)
            yield f"{site.FOLDERS[language]}/{path}index.html", page.encode()
            narrowed = replace(narrowed, page=narrowed.page + 1)
