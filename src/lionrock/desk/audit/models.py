"""The rows of the audit log: entries that hang on each other, and where the chain ends."""

import json
from typing import Any

from django.conf import settings
from django.db import models

GENESIS = "0" * 64
"""What the first entry hangs on."""


class Entry(models.Model):
    """One thing somebody did.

    ``body`` is the canonical JSON of the entry and is what ``digest`` (SHA-256, hex) is taken of;
    it holds the digest of the entry before, so changing one entry breaks all later ones. The other
    columns repeat parts of the body for searching, and ``verify`` compares them.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=300, db_index=True)
    body = models.TextField()
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.subject}"

    @property
    def details(self) -> dict[str, Any]:  # Any: whatever JSON the action recorded
        """What the action recorded beside its subject."""
        details: dict[str, Any] = json.loads(self.body)["details"]  # Any: as above
        return details


class Head(models.Model):
    """Where the chain ends: the one row that writers lock in turn, and that a cut tail contradicts."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return f"head at {self.number}"
