"""What pages and commands ask about imports."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from zhida.exchange.models import Batch, Finding

PAGE = 50


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One page of a batch's findings; ``pages`` is at least 1, ``total`` counts all that match."""

    items: tuple[Finding, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often one kind of finding occurs in a batch."""

    code: str
    severity: str
    count: int
    zh: str
    en: str


def batches(feed: str | None = None) -> QuerySet[Batch]:
    """Committed batches, the newest first."""
    found = Batch.objects.filter(state=Batch.State.COMMITTED).order_by("-seq")
    return found.filter(feed=feed) if feed else found


def running() -> QuerySet[Batch]:
    """Batches being read now (or left by an import that was interrupted)."""
    return Batch.objects.exclude(state=Batch.State.COMMITTED).order_by("received_at")


def batch(name: str) -> Batch:
    """A committed batch by id. Raises Batch.DoesNotExist."""
    return batches().get(pk=name)


def findings(
    of: Batch, page: int = 1, *, severity: str | None = None, code: str | None = None, size: int = PAGE
) -> FindingPage:
    """A page of findings in the order of the file's rows; ``page`` is brought into range."""
    found = of.findings.order_by("row", "id")
    if severity:
        found = found.filter(severity=severity)
    if code:
        found = found.filter(code=code)
    total = found.count()
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    return FindingPage(tuple(found[(page - 1) * size : page * size]), page, pages, total)


def finding_counts(of: Batch) -> tuple[CodeCount, ...]:
    """Kinds of findings in a batch with an example in words, the most frequent first."""
    counted = of.findings.values("code", "severity").annotate(n=Count("id")).order_by("-n", "code")
    made = []
    for row in counted:
        example = of.findings.filter(code=row["code"]).order_by("row", "id")[0]
        made.append(CodeCount(row["code"], row["severity"], row["n"], example.zh, example.en))
    return tuple(made)


def replaced_by(of: Batch) -> tuple[Batch, ...]:
    """Later batches that replaced rows of this one."""
    later = batches(of.feed).filter(seq__gt=of.seq).order_by("seq")
    return tuple(b for b in later if any(r["batch"] == of.pk for r in b.replaces))
