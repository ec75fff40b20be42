import pytest
from django.db import DatabaseError, connection, transaction

from zhida.core.events import record
from zhida.core.hashing import canonical_json, sha256_hex
from zhida.core.models import Event


@pytest.mark.django_db
def test_an_event_is_stored_with_the_hash_of_its_payload() -> None:
    event = record("batch.accepted", "b-1", {"rows": 3, "feed": "社保"})
    stored = Event.objects.get(pk=event.pk)
    assert stored.payload == {"rows": 3, "feed": "社保"}
    assert stored.sha256 == sha256_hex(canonical_json(stored.payload))
    assert stored.at is not None


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record("batch.accepted", "b-1", {})


@pytest.mark.django_db
def test_a_payload_with_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        record("batch.accepted", "b-1", {"share": 0.5})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE core_event SET ref = 'x'", "DELETE FROM core_event", "TRUNCATE core_event"]
)
def test_the_journal_refuses_to_be_edited(statement: str) -> None:
    record("batch.accepted", "b-1", {})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 1
