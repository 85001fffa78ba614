"""What the sentences of an alert rest on: kept beside the draft, or looked up where it is kept anyway."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from lionrock.desk.alerts.checking import Flaw, Proof, flaws
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.models import Alert, Evidence
from lionrock.desk.alerts.sheets import sheet_of, strict_check
from lionrock.desk.cases.models import Case
from lionrock.desk.events.models import Episode
from lionrock.desk.news.selectors.cited import cited as cited_news
from lionrock.desk.suspects.models import Suspect

_NUMBER: Final = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One piece of evidence as the analyst's page shows it.

    ``kind`` is the reference's first word; ``data`` what ``Evidence.data`` holds, or ``row`` the row it
    is about; ``url`` where to read more in the console or at the source, "" for nowhere.
    """

    ref: str
    kind: str
    title: str
    text: str
    url: str = ""
    data: Mapping[str, Any]  # Any: JSON, different for every kind
    row: Episode | Suspect | None = None
    strict: bool = False
    """It belongs to the fact sheet."""


def evidence_of(alert: Alert, content: Content) -> dict[str, Shown]:
    """Return all evidence of an alert by reference: what lies beside it, and what its sentences cite."""
    shown = {
        one.ref: _kept(one, strict=bool(alert.sheet) and one.by_id is None)
        for one in Evidence.objects.filter(alert=alert).order_by("pk")
    }
    cited = {cite for sentence in content.sentences for cite in sentence.cites}
    cited |= {cite for indicator in content.indicators for cite in indicator.cites}
    episodes = _rows("episode", cited)
    for episode in Episode.objects.filter(pk__in=_keys(episodes)):
        _complete(
            shown,
            Shown(
                ref=f"episode:{episode.pk}",
                kind="episode",
                title=episode.asset,
                text=_said_of(episode),
                url=reverse("events:episode", args=[episode.pk]),
                data={},
                row=episode,
            ),
        )
    names = _rows("suspect", cited)
    for suspect in Suspect.objects.filter(Q(pk__in=_keys(names)) | Q(host__in=names)):
        for ref in (f"suspect:{suspect.pk}", f"suspect:{suspect.host}"):
            if ref in cited or ref in shown:
                _complete(
                    shown,
                    Shown(
                        ref=ref,
                        kind="suspect",
                        title=suspect.host,
                        text=f"{suspect.host} {suspect.first_read_at:%Y-%m-%d}",
                        url=reverse("suspects:suspect", args=[suspect.pk]),
                        data={},
                        row=suspect,
                    ),
                )
    for one in (*_news(cited), *_cases(cited)):
        _complete(shown, one)
    return shown


def flaws_of(
    alert: Alert, content: Content, evidence: Mapping[str, Shown] | None = None
) -> tuple[Flaw, ...]:
    """Return what is wrong with an alert that says ``content``, by every check there is for it."""
    shown = evidence_of(alert, content) if evidence is None else evidence
    sheet = sheet_of(alert.sheet)
    return flaws(content, proofs(shown.values()), strict_check(sheet) if sheet else None)


def proofs(evidence: Iterable[Shown]) -> dict[str, Proof]:
    """Return evidence as checks read it: by reference, with all the words and numbers it supports."""
    return {
        one.ref: Proof(ref=one.ref, text=f"{one.title}\n{one.text}", strict=one.strict)
        for one in evidence
    }


def _kept(one: Evidence, *, strict: bool) -> Shown:
    return Shown(
        ref=one.ref,
        kind=one.ref.partition(":")[0],
        title=one.title,
        text=one.text,
        url=str(one.data.get("url", "")),
        data=one.data,
        strict=strict,
    )


def _complete(shown: dict[str, Shown], found: Shown) -> None:
    """Add a row that is cited; what was kept beside the draft goes on counting, as it was then."""
    kept = shown.get(found.ref)
    if kept is None:
        shown[found.ref] = found
    else:
        shown[found.ref] = Shown(
            ref=found.ref,
            kind=found.kind,
            title=kept.title,
            text=f"{kept.text}\n{found.text}",
            url=found.url,
            data=kept.data,
            row=found.row,
            strict=kept.strict,
        )


def _news(cited: Iterable[str]) -> Iterator[Shown]:
    """Yield the items of news that are cited (``source:news-12``), each with its quotes."""
    for ref, source in cited_news(cited).items():
        quotes = [quote.text for quote in source.quotes]
        yield Shown(
            ref=ref,
            kind="source",
            title=source.title,
            text="\n".join((*quotes, f"{source.publisher} {source.published}")),
            url=source.url,
            data={},
        )


def _cases(cited: Iterable[str]) -> Iterator[Shown]:
    """Yield the cases that are cited (``case:12``)."""
    for case in Case.objects.filter(pk__in=_keys(_rows("case", cited))):
        said = (case.reference, case.category, case.brand, case.brand_named, case.sector)
        yield Shown(
            ref=f"case:{case.pk}",
            kind="case",
            title=case.reference,
            text="\n".join((*(one for one in said if one), f"{case.opened_on} {case.urls}")),
            url=reverse("cases:case", args=[case.pk]),
            data={},
        )


def _said_of(episode: Episode) -> str:
    lines = [
        *(episode.asset, episode.address, episode.host, episode.family, episode.brand),
        f"{episode.first_seen:%Y-%m-%d} {episode.last_seen:%Y-%m-%d}",
        f"{episode.events} {episode.port or ''}",
    ]
    lines += [
        str(one) for values in episode.many.values() if isinstance(values, list) for one in values
    ]
    return "\n".join(line for line in lines if line)


def _rows(kind: str, cited: Iterable[str]) -> list[str]:
    return [cite.partition(":")[2] for cite in cited if cite.startswith(f"{kind}:")]


def _keys(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if _NUMBER.fullmatch(value)]
