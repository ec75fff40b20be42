"""The register of subjects as it stands now; its history is in the registry batches of the lake."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Subject(models.Model):
    """A market subject.

    uscc: the key: 18-character unified social credit code, or the old 15-digit registration number
    (then ``old_number`` repeats it) until a unified code is given.
    code_area: division digits printed in the code; place: division resolved from code and address;
    place_by_code: nothing but the code gave the place, so any address found later says more.
    capital_fen: hundredths of the currency's unit; capital_text keeps what was written.
    registry_status, industry, ownership: empty means not known.
    batch, row: where this state of the subject came from.
    """

    uscc = models.CharField(primary_key=True, max_length=18)
    old_number = models.CharField(max_length=15, null=True)
    name = models.TextField()
    subject_type = models.CharField(max_length=20)
    code_area = models.CharField(max_length=6, null=True)
    place = models.CharField(max_length=12, null=True)
    place_by_code = models.BooleanField(default=False)
    address = models.TextField(blank=True)
    established_on = models.DateField(null=True)
    declared_type = models.TextField(blank=True)
    capital_text = models.TextField(blank=True)
    capital_fen = models.BigIntegerField(null=True)
    capital_currency = models.CharField(max_length=3, null=True)
    registry_status = models.CharField(max_length=20, null=True)
    industry = models.CharField(max_length=10, null=True)
    ownership = models.CharField(max_length=20, null=True)
    batch = models.ForeignKey("exchange.Batch", on_delete=models.PROTECT, related_name="subjects")
    row = models.PositiveIntegerField()

    class Meta:
        ordering = ["uscc"]
        constraints = [
            models.CheckConstraint(
                name="subject_key_is_a_code",
                condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$")
                | Q(uscc__regex=r"^[0-9]{15}$", old_number=models.F("uscc")),
            ),
            models.CheckConstraint(name="subject_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="subject_capital_with_currency",
                condition=Q(capital_fen__isnull=True) | Q(capital_currency__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="subject_by_place", fields=["place", "subject_type"]),
            models.Index(name="subject_by_name", fields=["name"], opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.uscc})"
