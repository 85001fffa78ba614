"""The tables of those who work: a heartbeat per worker, a line per duty."""

from django.db import models


class Worker(models.Model):
    """A process that does the periodic work, by the name that it has after every restart."""

    name = models.CharField(primary_key=True, max_length=80)
    machine = models.CharField(max_length=200)
    process = models.PositiveIntegerField()
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    """When it stopped in order, or when another found it dead and took over its work."""
    ended_by = models.CharField(max_length=80, blank=True, default="")
    """Who took over; its own name when it stopped in order."""

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """Something that is done again and again: when it was last begun and done, and by whom."""

    name = models.CharField(primary_key=True, max_length=60)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80, blank=True, default="")
    """Who did it last."""
    busy = models.CharField(max_length=80, blank=True, default="")
    """Who is doing it right now; empty when nobody is."""
    failures = models.PositiveIntegerField(default=0)
    """Failed attempts in a row."""
    failure = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name
