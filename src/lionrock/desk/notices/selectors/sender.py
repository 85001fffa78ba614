"""How the team calls itself beside its address, where an administrator set another name than the pack's."""

from lionrock.desk.notices.models import Mailing


def sender_name() -> str:
    """Return the name an administrator set, "" where there is none."""
    return Mailing.objects.filter(pk=1).values_list("sender_name", flat=True).first() or ""
