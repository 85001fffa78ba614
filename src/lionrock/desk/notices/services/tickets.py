"""Gives out ticket numbers: one after the other in each year, none twice."""

from datetime import datetime

from lionrock.desk.notices.models import TicketYear
from lionrock.letters.ticket import ticket_of


def next_ticket(*, now: datetime) -> str:
    """Return the next ticket; call it inside the transaction that uses it."""
    TicketYear.objects.get_or_create(pk=now.year)
    row = TicketYear.objects.select_for_update().get(pk=now.year)
    row.last += 1
    row.save(update_fields=["last"])
    return ticket_of(year=row.year, number=row.last)
