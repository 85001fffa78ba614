"""What the log's actions are called on the page; an action without a word here shows its own name."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Final[dict[str, Promise]] = {
    "person.added": _("Person added"),
    "person.roles": _("Roles changed"),
    "person.activated": _("Sign-in allowed"),
    "person.deactivated": _("Sign-in forbidden"),
    "link.made": _("One-time link made"),
    "link.used": _("One-time link used"),
    "sign-in.done": _("Signed in"),
    "sign-in.failed": _("Sign-in failed"),
    "sign-out.done": _("Signed out"),
    "password.set": _("Password changed"),
    "second-step.added": _("Second step added"),
    "second-step.removed": _("Second step removed"),
    "second-step.renewed": _("Recovery codes renewed"),
    "second-step.failed": _("Second step failed"),
    "second-step.all-removed": _("All second steps removed"),
    "token.made": _("API token made"),
    "token.revoked": _("API token revoked"),
    "suspect.confirm": _("Suspect confirmed"),
    "suspect.dismiss": _("Suspect dismissed"),
    "suspect.undo": _("Decision taken back"),
    "suspect.assign": _("Suspect assigned"),
    "suspect.comment": _("Suspect commented on"),
    "names.submitted": _("Names submitted"),
    "series.confirm": _("Series confirmed"),
    "series.dismiss": _("Series dismissed"),
    "export.confirmed": _("Confirmed names exported"),
    "export.labels": _("Labels exported"),
    "proposal.accepted": _("Proposal accepted"),
    "proposal.rejected": _("Proposal rejected"),
    "team.set": _("Team settings changed"),
    "reading.begin": _("Reading begun"),
    "reading.finish": _("Reading finished"),
    "reading.fail": _("Reading failed"),
    "notice.approve": _("Notice approved"),
    "notice.hold": _("Notice held back"),
    "notice.release": _("Notice released"),
    "notice.resend": _("Notice sent again"),
    "notice.cancel": _("Notice cancelled"),
    "notice.close": _("Ticket closed"),
    "notice.address": _("Notice given an address"),
    "notice.settle": _("Unknown outcome settled"),
    "notice.answer": _("Answered in the portal"),
    "notice.accept-answer": _("Answer accepted"),
    "notice.see-answer": _("Answer read"),
    "notice.attach-answer": _("Answer attached to a ticket"),
    "notice.undone": _("Notice cancelled: decision taken back"),
    "contact.dead": _("Contact marked dead"),
    "mailing.stop": _("All letters stopped"),
    "mailing.start": _("Letters let leave again"),
    "mailing.set": _("Mail server changed"),
    "mailing.answers": _("Mailbox for answers changed"),
    "mailing.scans": _("Scans until fixed changed"),
    "mailing.key": _("Signing key made"),
}


def words_for(action: str) -> str:
    """Return the action in the reader's language."""
    return str(WORDS.get(action, action))


DETAILS: Final[dict[str, Promise]] = {
    "after": _("after"),
    "before": _("before"),
    "brand": _("brand"),
    "by": _("by"),
    "chose": _("chose"),
    "expires": _("expires"),
    "failure": _("failure"),
    "fresh": _("new"),
    "from": _("from"),
    "hosts": _("names"),
    "kind": _("kind"),
    "model": _("model"),
    "name": _("name"),
    "names": _("names"),
    "note": _("note"),
    "reading": _("reading"),
    "reason": _("reason"),
    "rejects": _("rejects"),
    "removed": _("removed"),
    "roles": _("roles"),
    "scopes": _("scopes"),
    "score": _("score"),
    "since": _("since"),
    "suspects": _("suspects"),
    "tlp": _("TLP label"),
}


def words_for_detail(name: str) -> str:
    """Return the name of a detail in the reader's language."""
    return str(DETAILS.get(name, name))
