"""The one door for events: every use case says what it did, in its own transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import transaction

from zhida.core.hashing import canonical_json, sha256_hex
from zhida.core.models import Event


def record(kind: str, ref: str, payload: Mapping[str, object]) -> Event:
    """Add an event to the journal; it exists if and only if the surrounding transaction commits.

    payload: None, bool, int, str, lists and str-keyed mappings of them (TypeError otherwise).
    Raises TransactionManagementError outside a transaction: an event without its deed proves nothing.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record an event inside the transaction that does the deed")
    data = canonical_json(dict(payload))
    return Event.objects.create(kind=kind, ref=ref, payload=json.loads(data), sha256=sha256_hex(data))
