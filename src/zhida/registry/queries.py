"""What pages and commands ask about subjects."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from zhida.registry.models import Subject

MOST = 50


def subject(uscc: str) -> Subject:
    """The subject with this code (any case, spaces ignored). Raises Subject.DoesNotExist."""
    return Subject.objects.select_related("batch").get(pk=key(uscc))


def key(text: str) -> str:
    """A code as the register writes it: upper case, half width, no spaces."""
    wide = str.maketrans({chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)})
    return "".join(text.translate(wide).split()).upper()


def search(text: str, *, limit: int = MOST) -> QuerySet[Subject]:
    """Subjects by code (its beginning) or by any part of the name; nothing for an empty question."""
    said = text.strip()
    if not said:
        return Subject.objects.none()
    code = key(said)
    return Subject.objects.filter(Q(uscc__startswith=code) | Q(name__contains=said)).order_by("name", "uscc")[:limit]


def total() -> int:
    """How many subjects the register holds."""
    return Subject.objects.count()
