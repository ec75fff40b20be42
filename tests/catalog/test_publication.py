"""Publication: all or nothing, once, unchangeable, and rebuilt from the database alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from zhida import catalog
from zhida.catalog import CatalogError, Library, publishing
from zhida.catalog.models import (
    FileVersion,
    MeasureInForce,
    MeasureVersion,
    ParameterInForce,
    Publication,
    PublishedFile,
)

pytestmark = pytest.mark.django_db
Make = Callable[..., Library]
Write = Callable[[dict[str, str]], Path]
MEASURE = "plan-x/measures/stay-job.yaml"


def test_what_is_published_comes_back_from_the_database_alone(
    write: Write, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = catalog.publish(write(files), by="tester", note="first")
    assert done.created
    publishing._rebuilt.cache_clear()
    monkeypatch.setattr(Path, "open", None)
    monkeypatch.setattr(Path, "read_bytes", None)
    again = catalog.current()
    assert again is not done.library
    assert again.hash == done.library.hash
    assert again.measure("stay-job").hash == done.library.measure("stay-job").hash
    assert again.vocabulary == done.library.vocabulary
    day = again.measure("stay-job").valid_from
    assert again.programs("990101", day) == done.library.programs("990101", day)
    latest = catalog.latest()
    assert (latest.published_by, latest.note, set(latest.packages)) == ("tester", "first", {"common", "plan-x"})


def test_the_shipped_packages_can_be_published_and_rebuilt(shipped: Library) -> None:
    done = publishing.publish_library(shipped)
    publishing._rebuilt.cache_clear()
    assert catalog.current().hash == shipped.hash == done.publication.library_hash
    assert {m.hash for m in catalog.current().measures} == {m.hash for m in shipped.measures}


def test_publishing_the_same_again_changes_nothing(write: Write, files: dict[str, str]) -> None:
    first = catalog.publish(write(files))
    second = catalog.publish(write(files))
    assert not second.created
    assert second.publication == first.publication
    assert Publication.objects.count() == 1


def test_a_change_makes_new_versions_and_keeps_the_old_ones(write: Write, files: dict[str, str]) -> None:
    old = catalog.publish(write(files))
    changed = files | {MEASURE: files[MEASURE].replace("value: 500", "value: 600").replace("6000.00", "7200.00")}
    new = catalog.publish(write(changed))
    assert MeasureVersion.objects.filter(measure="stay-job").count() == 2
    assert FileVersion.objects.filter(kind="unit").count() == 1
    assert catalog.current().hash == new.library.hash
    assert catalog.of_publication(old.publication).hash == old.library.hash


def test_going_back_to_an_earlier_library_is_a_publication_of_its_own(write: Write, files: dict[str, str]) -> None:
    first = catalog.publish(write(files))
    catalog.publish(write(files | {"common/funds.yaml": files["common/funds.yaml"].replace("纾困资金", "资金")}))
    back = catalog.publish(write(files))
    assert back.created
    assert back.publication != first.publication
    assert catalog.current().hash == first.library.hash


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("fund: relief", "fund: releif", "unknown-fund"),
        ("insured_staff * param", "insured_staf * param", "unknown-name"),
        ("amount: 6000.00", "amount: 6000.01", "golden-case-failed"),
    ],
)
def test_any_fault_refuses_the_whole_publication(
    write: Write, files: dict[str, str], old: str, new: str, code: str
) -> None:
    with pytest.raises(CatalogError) as refused:
        catalog.publish(write(files | {MEASURE: files[MEASURE].replace(old, new)}))
    assert code in {p.code for p in refused.value.problems}
    assert not Publication.objects.exists()
    assert not FileVersion.objects.exists()


def test_a_failure_half_way_leaves_nothing(
    write: Write, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(publishing, "_store_parameters", fail)
    with pytest.raises(RuntimeError):
        catalog.publish(write(files))
    assert not Publication.objects.exists()
    assert not FileVersion.objects.exists()


@pytest.mark.parametrize("table", [
    "catalog_fileversion", "catalog_measureversion", "catalog_documentversion", "catalog_parameterversion",
    "catalog_publication", "catalog_publishedfile", "catalog_measureinforce", "catalog_documentinforce",
    "catalog_parameterinforce",
])  # fmt: skip
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_itself_refuses_changes(write: Write, files: dict[str, str], table: str, statement: str) -> None:
    catalog.publish(write(files))
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        column = cursor.fetchone()[0]
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            cursor.execute(statement.format(table, column, column))


def test_two_versions_cannot_hold_at_once_even_past_our_own_checks(write: Write, files: dict[str, str]) -> None:
    catalog.publish(write(files))
    held = MeasureInForce.objects.get()
    other = MeasureVersion.objects.create(hash="0" * 64, content="{}", measure="stay-job", document="plan-x")
    with pytest.raises(IntegrityError, match="one_measure_version_at_a_time"), transaction.atomic():
        MeasureInForce.objects.create(
            publication=held.publication, version=other, measure="stay-job", place="990101", validity=held.validity
        )
    value = ParameterInForce.objects.filter(param="unit_amount").get()
    value.pk = None
    with pytest.raises(IntegrityError, match="one_parameter_value_at_a_time"), transaction.atomic():
        value.save(force_insert=True)


def test_damaged_content_is_noticed(write: Write, files: dict[str, str]) -> None:
    done = catalog.publish(write(files))
    publishing._rebuilt.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_fileversion DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE catalog_fileversion SET content = replace(content, '纾困资金', '资金') WHERE kind = 'fund'"
        )
    with pytest.raises(publishing.DamagedPublication):
        catalog.of_publication(done.publication)


def test_without_a_publication_it_says_what_to_do() -> None:
    with pytest.raises(publishing.NoPublication, match="zhida catalog publish"):
        catalog.current()


def test_every_file_is_kept_under_its_path(write: Write, files: dict[str, str]) -> None:
    catalog.publish(write(files))
    assert set(PublishedFile.objects.values_list("path", flat=True)) == set(files)
