"""Tables of the exchange room: what came in, and what was found in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhida.exchange import messages


class Batch(models.Model):
    """One file taken in: a registry file or one delivery of a feed.

    States: ``reading`` → ``written`` (rows are on disk) → ``committed``. Only a committed batch counts;
    an unfinished one is the trace of an interrupted import and is removed by the next. A committed
    batch never changes: a corrected file makes a new batch that replaces its rows.

    seq: order of commitment; the later batch wins where two speak of the same row.
    accepted, with_findings, refused: rows of the file by outcome, adding up to rows_total.
    stored: rows kept in the lake (identical duplicates are stored once); unlinked: rows among them
    whose subject is not in the registry yet.
    periods: first days of the periods the rows are about; replaces: what earlier batches lost by it.
    """

    class Kind(models.TextChoices):
        REGISTRY = "registry"
        FEED = "feed"

    class State(models.TextChoices):
        READING = "reading"
        WRITTEN = "written"
        COMMITTED = "committed"

    class Delivers(models.TextChoices):
        WHOLE = "whole"
        PARTIAL = "partial"

    id = models.CharField(primary_key=True, max_length=80)
    seq = models.PositiveIntegerField(unique=True, null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    feed = models.CharField(max_length=60)
    delivers = models.CharField(max_length=7, choices=Delivers.choices)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    definition_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READING)
    rows_total = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    with_findings = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    unlinked = models.PositiveIntegerField(default=0)
    period_from = models.DateField(null=True)
    period_until = models.DateField(null=True)
    periods = models.JSONField(default=list)
    replaces = models.JSONField(default=list)
    received_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    lake_path = models.CharField(max_length=255, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-seq"]
        constraints = [
            models.CheckConstraint(
                name="batch_every_row_accounted_for",
                condition=Q(rows_total=F("accepted") + F("with_findings") + F("refused")),
            ),
            models.CheckConstraint(
                name="batch_stored_rows_are_good_rows",
                condition=Q(stored__lte=F("accepted") + F("with_findings"), unlinked__lte=F("stored")),
            ),
            models.CheckConstraint(name="batch_kind", condition=Q(kind__in=["registry", "feed"])),
            models.CheckConstraint(name="batch_delivers", condition=Q(delivers__in=["whole", "partial"])),
            models.CheckConstraint(
                name="batch_state_and_proof",
                condition=Q(state__in=["reading", "written"], seq__isnull=True, finished_at__isnull=True)
                | (
                    Q(state="committed", seq__isnull=False, finished_at__isnull=False)
                    & ~Q(lake_path="")
                    & ~Q(content_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="batch_period_in_order",
                condition=Q(period_from__isnull=True, period_until__isnull=True)
                | Q(period_from__lte=F("period_until")),
            ),
            models.UniqueConstraint(
                name="batch_same_file_once",
                fields=["feed", "file_sha256", "definition_sha256", "delivers"],
            ),
        ]
        indexes = [models.Index(name="batch_by_feed", fields=["feed", "seq"])]

    def __str__(self) -> str:
        return self.id


class Finding(models.Model):
    """One thing found in a row of a batch. Rows are numbered as in the file; row 0 is the file itself.

    field, label: the column's name and usual header; found: the text in the file (shortened, never
    personal data); detail: what it was compared with. Appended with its batch, never changed.
    """

    class Severity(models.TextChoices):
        NOTE = "note"
        WARNING = "warning"
        REFUSED = "refused"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="findings")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    found = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    severity = models.CharField(max_length=7, choices=Severity.choices)

    class Meta:
        ordering = ["batch", "row", "id"]
        constraints = [
            models.CheckConstraint(name="finding_severity", condition=Q(severity__in=["note", "warning", "refused"])),
        ]
        indexes = [models.Index(name="finding_by_code", fields=["batch", "code"])]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row} {self.code}"

    @property
    def zh(self) -> str:
        return messages.say(self.code, "zh", label=self.label, found=self.found, detail=self.detail)

    @property
    def en(self) -> str:
        return messages.say(self.code, "en", label=self.label, found=self.found, detail=self.detail)
