"""What is done on the analyst's page: change what the draft says, take it a step on, decide about it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypedDict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from lionrock.core.alerts import Kind, Part, Risk, Sentence
from lionrock.core.errors import GiveUp
from lionrock.desk.alerts import forms, services
from lionrock.desk.alerts.models import Alert, Step, Weight
from lionrock.desk.alerts.selectors.evidence import evidence_of
from lionrock.desk.alerts.services.looks import look
from lionrock.desk.alerts.services.stale import latest
from lionrock.desk.alerts.views.draft import draw
from lionrock.desk.alerts.views.shared import DECIDERS, stale
from lionrock.desk.alerts.words import REFUSALS
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of


class _Who(TypedDict):
    alert_id: int
    by: Person
    now: datetime


class _Seen(_Who):
    seen_version: int


Act = Callable[[QueryDict, _Who], object]


@require_POST
@allow(*TEAM)
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change what a draft says: the field ``do`` names what."""
    return _do(request, pk, CHANGES, lead=_to_sentence)


@require_POST
@allow(*TEAM)
def step(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand in, take back, discard, reopen, or note an error."""
    return _do(request, pk, STEPS, lead=lambda _post: "")


@require_POST
@allow(*DECIDERS)
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approve, send back, publish or withdraw."""
    return _do(request, pk, DECISIONS, lead=lambda _post: "")


def _do(
    request: HttpRequest,
    pk: int,
    acts: Mapping[str, Act],
    *,
    lead: Callable[[QueryDict], str],
) -> HttpResponseBase:
    """Do what a form asks for; what a rule forbids, or nobody can read, changes nothing and says so."""
    alert = get_object_or_404(Alert, pk=pk)
    who = _Who(alert_id=pk, by=person_of(request), now=timezone.now())
    name = request.POST.get("do", "")
    try:
        acts.get(name, _unread)(request.POST, who)
    except services.Stale as error:
        look(alert=alert, by=who["by"], now=who["now"])
        return stale(request, error.alert)
    except services.Refused as error:
        said = str(REFUSALS[error.code])
    except (GiveUp, ValidationError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    else:
        if name in DONE:
            messages.success(request, str(DONE[name]))
        view = "?view=languages" if request.POST.get("view") == "languages" else ""
        return HttpResponseRedirect(reverse("alerts:draft", args=[pk]) + view + lead(request.POST))
    return draw(request, pk, refused=said, status=400)


def _unread(post: QueryDict, who: _Who) -> None:
    raise services.Refused("unread")


def _sentence(post: QueryDict, who: _Who) -> None:
    place = _read(forms.PlaceForm(post))
    services.change_sentence(**_seen(post, who), index=place["index"], sentence=_typed(post, who))


def _add(post: QueryDict, who: _Who) -> None:
    services.add_sentence(**_seen(post, who), sentence=_typed(post, who))


def _remove(post: QueryDict, who: _Who) -> None:
    services.remove_sentence(**_seen(post, who), index=_read(forms.PlaceForm(post))["index"])


def _move(post: QueryDict, who: _Who) -> None:
    services.move_sentence(**_seen(post, who), index=_read(forms.PlaceForm(post))["index"])


def _title(post: QueryDict, who: _Who) -> None:
    form = forms.TitleForm(post)
    typed = _read(form)
    services.change_title(**_seen(post, who), title=form.texts, kind=Kind(typed["kind"]))


def _risk(post: QueryDict, who: _Who) -> None:
    typed = _read(forms.RiskForm(post))
    services.change_risk(**_seen(post, who), risk=Risk(typed["risk"]), reason=typed["reason"])


def _indicators(post: QueryDict, who: _Who) -> None:
    typed = _read(forms.IndicatorsForm(post))["indicators"]
    before = {
        one.value: one for one in latest(Alert.objects.get(pk=who["alert_id"])).read().indicators
    }
    # What a draft says an indicator rests on stays, as long as it stays.
    services.change_indicators(
        **_seen(post, who), indicators=[before.get(one.value, one) for one in typed]
    )


def _links(post: QueryDict, who: _Who) -> None:
    services.change_links(**_seen(post, who), links=_read(forms.LinksForm(post))["links"])


def _fact(post: QueryDict, who: _Who) -> None:
    typed = _read(forms.FactForm(post))
    services.add_fact(
        **_seen(post, who), title=typed["title"], text=typed["text"], url=typed["url"]
    )


def _submit(post: QueryDict, who: _Who) -> None:
    form = forms.SubmitForm(post)
    chosen = _read(form)["step"]
    services.submit(
        **_seen(post, who), news=form.texts, step=Step(chosen) if chosen else Step.UPDATED
    )


def _take_back(post: QueryDict, who: _Who) -> None:
    services.take_back(**_seen(post, who))


def _discard(post: QueryDict, who: _Who) -> None:
    services.discard(**_seen(post, who), note=_read(forms.VersionForm(post))["note"])


def _reopen(post: QueryDict, who: _Who) -> None:
    services.reopen(**_seen(post, who))


def _mistake(post: QueryDict, who: _Who) -> None:
    typed = _read(forms.MistakeForm(post))
    services.note_mistake(**who, what=typed["what"], weight=Weight(typed["weight"]))


def _approve(post: QueryDict, who: _Who) -> None:
    services.approve(**_seen(post, who), note=_read(forms.VersionForm(post))["note"])


def _send_back(post: QueryDict, who: _Who) -> None:
    services.send_back(**_seen(post, who), note=_read(forms.VersionForm(post))["note"])


def _publish(post: QueryDict, who: _Who) -> None:
    services.publish(**_seen(post, who))


def _withdraw(post: QueryDict, who: _Who) -> None:
    form = forms.WithdrawForm(post)
    if not form.is_valid():
        raise services.Refused("news")
    services.withdraw(**_seen(post, who), text=form.texts)


CHANGES: Final[dict[str, Act]] = {
    "sentence": _sentence,
    "add": _add,
    "remove": _remove,
    "move": _move,
    "title": _title,
    "risk": _risk,
    "indicators": _indicators,
    "links": _links,
    "fact": _fact,
}
STEPS: Final[dict[str, Act]] = {
    "submit": _submit,
    "take-back": _take_back,
    "discard": _discard,
    "reopen": _reopen,
    "mistake": _mistake,
}
DECISIONS: Final[dict[str, Act]] = {
    "approve": _approve,
    "send-back": _send_back,
    "publish": _publish,
    "withdraw": _withdraw,
}
DONE: Final[dict[str, Promise]] = {
    "submit": _("Handed in: a colleague looks at it now."),
    "take-back": _("Taken back: you can go on writing."),
    "discard": _("Put aside."),
    "reopen": _("What is public stays as it is until the update is published."),
    "mistake": _("The error is noted."),
    "fact": _("The fact is laid beside the draft: sentences can cite it now."),
    "approve": _("Approved."),
    "send-back": _("Sent back."),
    "publish": _("Published. Subscribers are told with the next round of mails."),
    "withdraw": _("Withdrawn. Its address says so now."),
}


def _read(form: Form) -> dict[str, Any]:  # Any: whatever the form's fields give
    """Return what a form holds; raise Refused, or what its field says, when it cannot be read."""
    if not form.is_valid():
        said = [error for errors in form.errors.as_data().values() for error in errors]
        own = [error for error in said if error.params and "%(" in str(error.message)]
        raise own[0] if own and own[0].code is None else services.Refused("unread")
    return form.cleaned_data


def _seen(post: QueryDict, who: _Who) -> _Seen:
    """Return which alert is meant, and as of which version the page was drawn."""
    return _Seen(**who, seen_version=_read(forms.VersionForm(post))["version"])


def _typed(post: QueryDict, who: _Who) -> Sentence:
    alert = Alert.objects.get(pk=who["alert_id"])
    content = latest(alert).read()
    refs = {*evidence_of(alert, content), *(cite for s in content.sentences for cite in s.cites)}
    form = forms.SentenceForm(post, refs=sorted(refs))
    _read(form)
    return form.sentence


def _to_sentence(post: QueryDict) -> str:
    """Return the fragment that leads back to the sentence that was worked on."""
    index, part = post.get("index", ""), post.get("part", "")
    if post.get("do") == "add" and part in set(Part):
        return f"#{part}"
    return f"#s{index}" if index.isascii() and index.isdigit() else ""
