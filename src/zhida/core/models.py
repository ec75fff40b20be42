"""Tables every room may write to: the event journal."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that happened, written in the transaction that did it. Rows are only ever added.

    kind: what happened, ``noun.verb`` (``batch.accepted``). ref: which one, in the room's own key.
    payload: the facts of the event as canonical data (no floats); its SHA-256 is stored beside it.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=64)
    ref = models.CharField(max_length=200)
    payload = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["kind", "ref"], name="event_kind_ref")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
