"""What the analyst's page shows of one alert: sentences beside evidence, what is wrong, what comes next."""

from dataclasses import dataclass

from lionrock.core.alerts import LANGUAGES, Part, Sentence
from lionrock.desk.alerts.checking import Flaw
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.models import Alert, Approval, State
from lionrock.desk.alerts.selectors.evidence import Shown, evidence_of, flaws_of
from lionrock.desk.alerts.selectors.rules import approvals, may_decide, needed
from lionrock.desk.alerts.services.stale import latest
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence as the page shows it: its place, its words in every language, evidence, flaws."""

    index: int
    sentence: Sentence
    heads: bool
    """It is the first of its part."""
    follows: bool
    """One of its part stands before it, so that it can be moved up."""
    evidence: tuple[tuple[Shown, bool], ...]
    """What it rests on; ``True`` where no sentence above cites the same."""
    flaws: tuple[Flaw, ...]

    @property
    def texts(self) -> list[tuple[str, str, tuple[Flaw, ...]]]:
        """The sentence in each language, with what is wrong there."""
        return [
            (
                language,
                self.sentence.text[language],
                tuple(flaw for flaw in self.flaws if flaw.language == language),
            )
            for language in LANGUAGES
        ]

    @property
    def wrong(self) -> tuple[Flaw, ...]:
        """What is wrong in no language in particular."""
        return tuple(flaw for flaw in self.flaws if not flaw.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The page: ``next`` names the one thing this reader does next (see ``_next``)."""

    alert: Alert
    content: Content
    lines: tuple[Line, ...]
    evidence: dict[str, Shown]
    flaws: tuple[Flaw, ...]
    approvals: tuple[Approval, ...]
    needed: int
    next: str
    may_decide: bool

    @property
    def overall(self) -> tuple[Flaw, ...]:
        """What is wrong with the alert as a whole."""
        return tuple(flaw for flaw in self.flaws if flaw.index is None)

    @property
    def first_flaw(self) -> int | None:
        """The place of the first sentence that something is wrong with."""
        return min((flaw.index for flaw in self.flaws if flaw.index is not None), default=None)

    @property
    def unused(self) -> list[Shown]:
        """Evidence that no sentence cites."""
        cited = {cite for one in self.content.sentences for cite in one.cites}
        return [one for ref, one in self.evidence.items() if ref not in cited]


def desk(alert: Alert, *, reader: Person) -> Desk:
    """Return all that the page shows to ``reader``."""
    content = latest(alert).read()
    evidence = evidence_of(alert, content)
    found = flaws_of(alert, content, evidence)
    lines = []
    part: Part | None = None
    above: set[str] = set()
    for index, sentence in enumerate(content.sentences):
        lines.append(
            Line(
                index=index,
                sentence=sentence,
                heads=sentence.part is not part,
                follows=sentence.part is part,
                evidence=tuple(
                    (evidence[cite], cite not in above)
                    for cite in sentence.cites
                    if cite in evidence
                ),
                flaws=tuple(flaw for flaw in found if flaw.index == index),
            )
        )
        part = sentence.part
        above.update(sentence.cites)
    given = approvals(alert) if alert.state in {State.SUBMITTED, State.APPROVED} else []
    decides = may_decide(alert, reader)
    return Desk(
        alert=alert,
        content=content,
        lines=tuple(lines),
        evidence=evidence,
        flaws=found,
        approvals=tuple(given),
        needed=needed(alert),
        next=_next(alert, found, given, decides=decides, reader=reader),
        may_decide=decides,
    )


def _next(
    alert: Alert,
    found: tuple[Flaw, ...],
    given: list[Approval],
    *,
    decides: bool,
    reader: Person,
) -> str:
    """Return what to do next: settle, submit, approve, publish, update; or for whom it waits.

    ``wait-other`` for an approver whose own it is, ``wait-second`` for one who has approved,
    ``wait-approver`` for everybody else.
    """
    approver = reader.has_role(Role.APPROVER, Role.ADMINISTRATOR)
    waits = "wait-other" if approver else "wait-approver"
    match alert.state:
        case State.DRAFT:
            changed = alert.public is None or alert.latest != alert.public.number
            return "settle" if found else "submit" if changed else "change"
        case State.SUBMITTED:
            if decides and any(one.by_id == reader.pk for one in given):
                return "wait-second"
            return "approve" if decides else waits
        case State.APPROVED:
            return "publish" if decides else waits
        case State.PUBLISHED:
            return "update"
        case _:
            return ""
