"""Who may approve and publish what: nobody their own, and the highest risk only two together."""

from lionrock.core.alerts import Risk
from lionrock.desk.alerts.models import Alert, Approval, Evidence, Version
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role


def authors(alert: Alert) -> frozenset[int]:
    """Return the keys of everybody who had a hand in what is not public yet.

    That is who began or submitted it, changed a word of it, or laid a fact beside it since the last
    publication.
    """
    versions = Version.objects.filter(alert=alert, by__isnull=False)
    facts = Evidence.objects.filter(alert=alert, by__isnull=False)
    if alert.public is not None:
        versions = versions.filter(number__gt=alert.public.number)
        facts = facts.filter(at__gt=alert.updated_at or alert.public.at)
    people = {*versions.values_list("by_id", flat=True), *facts.values_list("by_id", flat=True)}
    own = alert.made_by_id if alert.public is None else None
    people |= {person for person in (alert.submitted_by_id, own) if person is not None}
    return frozenset(person for person in people if person is not None)


def may_decide(alert: Alert, person: Person) -> bool:
    """Tell whether somebody may approve or publish what is being worked on."""
    deciders = (Role.APPROVER, Role.ADMINISTRATOR)
    return person.has_role(*deciders) and person.pk not in authors(alert)


def needed(alert: Alert) -> int:
    """Return how many must approve: two where the highest risk is given, or taken back."""
    risks = {alert.risk, alert.public.content["risk"] if alert.public else alert.risk}
    return 2 if Risk.EXTREME.value in risks else 1


def approvals(alert: Alert) -> list[Approval]:
    """Return the approvals of the latest version, the first one first."""
    found = Approval.objects.filter(alert=alert, version__number=alert.latest)
    # An approval holds only as long as its version waits: one sent back is approved anew.
    found = found.filter(at__gte=alert.submitted_at) if alert.submitted_at else found.none()
    return list(found.select_related("by").order_by("at", "pk"))
