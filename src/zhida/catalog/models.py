"""Published policy: content-addressed versions that never change, and publications that put them in force.

Rows of every table here are written once; a trigger refuses UPDATE and DELETE (migration 0002).
Periods are date ranges with both ends meant inclusive (PostgreSQL shows the upper bound as the next day).
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils import timezone

ALWAYS_KNOWN = dt.date.min
"""Stands for "we have always known this value" where PostgreSQL needs a comparable date."""


class ContentVersion(models.Model):
    """Base of the content-addressed tables: ``hash`` is the SHA-256 of ``content`` (canonical JSON)."""

    hash = models.CharField(primary_key=True, max_length=64)
    content = models.TextField()

    class Meta:
        abstract = True


class FileVersion(ContentVersion):
    """One file of a package, as data. The files of a publication rebuild its library exactly."""

    kind = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.kind} {self.hash[:12]}"


class DocumentVersion(ContentVersion):
    """One version of a policy document."""

    document = models.CharField(max_length=100, db_index=True)
    title_zh = models.TextField()
    title_en = models.TextField()
    issuer = models.CharField(max_length=100)
    level = models.CharField(max_length=20)
    number = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.document} {self.hash[:12]}"


class MeasureVersion(ContentVersion):
    """One version of a measure; ``hash`` is the version that decisions carry."""

    measure = models.CharField(max_length=100, db_index=True)
    document = models.CharField(max_length=100)
    title_zh = models.TextField()
    title_en = models.TextField()
    level = models.CharField(max_length=20)
    kind = models.CharField(max_length=40)
    entity = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.measure} {self.hash[:12]}"


class ParameterVersion(ContentVersion):
    """One dated, placed value of a measure's parameter."""

    measure = models.CharField(max_length=100, db_index=True)
    param = models.CharField(max_length=100)
    origin = models.CharField(max_length=20)
    source = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.measure}.{self.param} {self.hash[:12]}"


class Publication(models.Model):
    """One act of publishing. The newest one is in force for new runs; old ones stay for replay.

    library_hash: over all files; packages: folder name → {id, hash}; published_by: who did it.
    """

    library_hash = models.CharField(max_length=64, db_index=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.CharField(max_length=200, blank=True)
    packages = models.JSONField()
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"#{self.pk} {self.library_hash[:12]}"


class PublishedFile(models.Model):
    """A file's place (``package/inside``) in a publication."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    path = models.TextField()
    version = models.ForeignKey(FileVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "path"], name="one_version_per_published_path")
        ]

    def __str__(self) -> str:
        return self.path


class DocumentInForce(models.Model):
    """Where and when a document version holds within a publication."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="documents")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=100)
    place = models.CharField(max_length=12, blank=True)
    validity = DateRangeField()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_document_version_at_a_time",
                expressions=[
                    ("publication", RangeOperators.EQUAL),
                    ("document", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} @{self.place}"


class MeasureInForce(models.Model):
    """Where and when a measure version holds within a publication."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="measures")
    version = models.ForeignKey(MeasureVersion, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=100)
    place = models.CharField(max_length=12, blank=True)
    validity = DateRangeField()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_measure_version_at_a_time",
                expressions=[
                    ("publication", RangeOperators.EQUAL),
                    ("measure", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} @{self.place}"


class ParameterInForce(models.Model):
    """Where and when a parameter value holds within a publication; corrections differ in known_from."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="parameters")
    version = models.ForeignKey(ParameterVersion, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=100)
    measure_version = models.CharField(max_length=64)
    param = models.CharField(max_length=100)
    place = models.CharField(max_length=12, blank=True)
    known_from = models.DateField(default=ALWAYS_KNOWN)
    validity = DateRangeField()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_parameter_value_at_a_time",
                expressions=[
                    ("publication", RangeOperators.EQUAL),
                    ("measure_version", RangeOperators.EQUAL),
                    ("param", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("known_from", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure}.{self.param} @{self.place}"
