"""Screening runs and the decisions that need a person or a payment. Both are frozen once written.

The database refuses UPDATE and DELETE on these tables (see the first migration): a later run makes
new rows. Ineligible decisions stay in the lake only (``settled`` and the wide Parquet files).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class ScreeningRun(models.Model):
    """One pass of the published measures over one snapshot; the same inputs give the same id.

    id: first 32 hex digits of the hash of (snapshot, catalog, as-of date, measures asked for, engine).
    manifest_sha256: hash of ``manifest.json`` in the run's lake directory, which lists every file.
    measures: measure ids decided, in order. counts: see ``tally``.
    """

    id = models.CharField(primary_key=True, max_length=32)
    as_of = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    snapshot = models.CharField(max_length=64)
    catalog_hash = models.CharField(max_length=64)
    measures = models.JSONField()
    subjects = models.BigIntegerField()
    manifest_sha256 = models.CharField(max_length=64)
    counts = models.JSONField()

    class Meta:
        ordering = ("-created_at", "id")
        indexes = (models.Index(fields=["-as_of", "-created_at"], name="run_latest"),)

    def __str__(self) -> str:
        return f"{self.as_of} {self.id[:12]}"


class Decision(models.Model):
    """One eligible, amount-pending or needs-supplement answer for one subject or record.

    record: record id of per-record measures, "" for the subject itself.
    entitled_fen: what the measure's own rule gives; amount_fen: after stacking. Both fen; None when
    the result is not money or not known yet. date: the main result of measures that give a date.
    true_bits, unknown_bits: bit i is condition i of the measure version, in authored order.
    missing: fact keys that could still change the outcome. effect: "", ``reduced`` or ``dropped``.
    provisional: a competing measure of the subject still lacks facts.
    seal: SHA-256 over the canonical fields (see ``seal``).
    """

    class Outcome(models.TextChoices):
        NEEDS_SUPPLEMENT = "needs_supplement", "needs supplement"
        ELIGIBLE = "eligible", "eligible"
        AMOUNT_PENDING = "eligible_amount_pending", "amount pending"

    run = models.ForeignKey(ScreeningRun, on_delete=models.PROTECT, related_name="decisions")
    measure = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    subject = models.CharField(max_length=32)
    record = models.TextField(blank=True)
    entity = models.CharField(max_length=60)
    name = models.TextField(blank=True)
    place = models.CharField(max_length=12, blank=True)
    industry = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=30, choices=Outcome.choices)
    entitled_fen = models.BigIntegerField(null=True)
    amount_fen = models.BigIntegerField(null=True)
    date = models.DateField(null=True)
    outputs = models.JSONField()
    effect = models.CharField(max_length=10, blank=True)
    provisional = models.BooleanField()
    true_bits = models.BigIntegerField()
    unknown_bits = models.BigIntegerField()
    missing = ArrayField(models.CharField(max_length=120))
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ("measure", "subject", "record")
        constraints = (
            models.UniqueConstraint(fields=["run", "measure", "subject", "record"], name="decision_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(entitled_fen__isnull=True) | models.Q(entitled_fen__gte=0),
                name="decision_entitled_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=True) | models.Q(amount_fen__gte=0),
                name="decision_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=True) | models.Q(amount_fen__lte=models.F("entitled_fen")),
                name="decision_amount_within_entitled",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["needs_supplement", "eligible", "eligible_amount_pending"]),
                name="decision_outcome_known",
            ),
        )
        indexes = (
            models.Index(fields=["run", "measure", "outcome", "place"], name="decision_list"),
            models.Index(fields=["subject", "run"], name="decision_subject"),
            models.Index(fields=["seal"], name="decision_seal"),
            GinIndex(fields=["missing"], name="decision_missing"),
        )

    def __str__(self) -> str:
        return f"{self.measure} {self.subject} {self.record}".strip()
