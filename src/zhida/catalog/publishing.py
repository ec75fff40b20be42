"""Publishing a library into the database, and getting it back from there alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from zhida.catalog import canonical, golden
from zhida.catalog.kinds import kind_of
from zhida.catalog.library import Library
from zhida.catalog.loader import assemble, load
from zhida.catalog.models import (
    ALWAYS_KNOWN,
    DocumentInForce,
    DocumentVersion,
    FileVersion,
    MeasureInForce,
    MeasureVersion,
    ParameterInForce,
    ParameterVersion,
    Publication,
    PublishedFile,
)
from zhida.catalog.problems import CatalogError, CatalogProblem
from zhida.catalog.shapes.policy import DocumentItem
from zhida.catalog.sources import SourceFile, make_source
from zhida.core import events
from zhida.rules.measure import ParamDef, ParamValue

_LOCK = 7_301_001
"""Advisory lock key: one publication at a time."""


class NoPublication(LookupError):
    """Nothing has been published yet."""

    zh = "还没有发布任何政策包：请先运行 zhida catalog publish DIR。"
    en = "No policy package has been published yet: run zhida catalog publish DIR first."

    def __init__(self) -> None:
        super().__init__(self.en)


class DamagedPublication(RuntimeError):
    """The stored files do not add up to the library that was published."""

    def __init__(self, publication: Publication) -> None:
        self.zh = f"发布 #{publication.pk} 的存档内容与其哈希不符，不能使用。"
        self.en = f"The stored content of publication #{publication.pk} does not match its hash; it cannot be used."
        super().__init__(self.en)


@dataclass(frozen=True, slots=True)
class Published:
    """The outcome of publishing. created is False when exactly this library was already in force."""

    publication: Publication
    library: Library
    created: bool


def refusals(library: Library) -> tuple[CatalogProblem, ...]:
    """Everything that keeps a library from being published: its errors and its failing golden cases."""
    if library.errors:
        return library.errors
    return tuple(r.problem() for r in golden.run(library) if not r.passed)


def publish(root: Path | str, *, by: str = "", note: str = "") -> Published:
    """Check a folder of packages and put it in force, all or nothing.

    Raises CatalogError with every refusal; then nothing has changed. Publishing what is already in force
    changes nothing either.
    """
    return publish_library(load(root), by=by, note=note)


def publish_library(library: Library, *, by: str = "", note: str = "") -> Published:
    """The same for a library already loaded (with its rules checked)."""
    if wrong := refusals(library):
        raise CatalogError(wrong)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        latest = Publication.objects.order_by("-id").first()
        if latest is not None and latest.library_hash == library.hash:
            return Published(latest, library, created=False)
        publication = Publication.objects.create(
            library_hash=library.hash, published_by=by, note=note, packages=_packages(library)
        )
        _store_files(publication, library.files)
        _store_documents(publication, library)
        _store_measures(publication, library)
        _store_parameters(publication, library)
        events.record("catalog.published", str(publication.pk), {"library": library.hash, "by": by})
    return Published(publication, library, created=True)


def _packages(library: Library) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for item in library.items("package"):
        files = {f.inside: f.hash for f in library.files if f.package == item.file.package}
        found[item.file.package] = {"id": getattr(item.shape, "id", ""), "hash": canonical.digest(files)}
    return found


def _store_files(publication: Publication, files: Iterable[SourceFile]) -> None:
    chosen = list(files)
    FileVersion.objects.bulk_create(
        [FileVersion(hash=f.hash, kind=f.kind.name, content=canonical.text_of(f.data)) for f in chosen],
        ignore_conflicts=True,
    )
    PublishedFile.objects.bulk_create(
        [PublishedFile(publication=publication, path=f.path, version_id=f.hash) for f in chosen]
    )


def _store_documents(publication: Publication, library: Library) -> None:
    versions: list[DocumentVersion] = []
    in_force: list[DocumentInForce] = []
    for document in library.documents.values():
        content = _document_content(document)
        digest = canonical.digest(content)
        versions.append(
            DocumentVersion(
                hash=digest,
                content=canonical.text_of(content),
                document=document.id,
                title_zh=document.title.zh,
                title_en=document.title.en,
                issuer=document.issuer,
                level=document.level,
                number=document.number,
            )
        )
        in_force += [
            DocumentInForce(
                publication=publication,
                version_id=digest,
                document=document.id,
                place=place,
                validity=_range(document.valid.from_, document.valid.until),
            )
            for place in document.places
        ]
    DocumentVersion.objects.bulk_create(versions, ignore_conflicts=True)
    DocumentInForce.objects.bulk_create(in_force)


def _document_content(document: DocumentItem) -> object:
    return document.model_dump(by_alias=True, exclude_defaults=True)


def _store_measures(publication: Publication, library: Library) -> None:
    MeasureVersion.objects.bulk_create(
        [
            MeasureVersion(
                hash=m.hash,
                content=m.content,
                measure=m.id,
                document=m.document,
                title_zh=m.title.zh,
                title_en=m.title.en,
                level=m.level,
                kind=m.kind,
                entity=m.entity,
            )
            for m in library.measures
        ],
        ignore_conflicts=True,
    )
    MeasureInForce.objects.bulk_create(
        [
            MeasureInForce(
                publication=publication,
                version_id=m.hash,
                measure=m.id,
                place=place,
                validity=_range(m.valid_from, m.valid_until),
            )
            for m in library.measures
            for place in m.places
        ]
    )


def _store_parameters(publication: Publication, library: Library) -> None:
    versions: dict[str, ParameterVersion] = {}
    in_force: list[ParameterInForce] = []
    for m in library.measures:
        for param in m.source.params:
            for value in param.values:
                content = _parameter_content(m.id, param, value)
                digest = canonical.digest(content)
                versions[digest] = ParameterVersion(
                    hash=digest,
                    content=canonical.text_of(content),
                    measure=m.id,
                    param=param.name,
                    origin=value.origin,
                    source=value.source,
                )
                in_force.append(
                    ParameterInForce(
                        publication=publication,
                        version_id=digest,
                        measure=m.id,
                        measure_version=m.hash,
                        param=param.name,
                        place=value.place,
                        known_from=value.known_from or ALWAYS_KNOWN,
                        validity=_range(value.valid_from or m.valid_from, value.valid_until or m.valid_until),
                    )
                )
    ParameterVersion.objects.bulk_create(versions.values(), ignore_conflicts=True)
    ParameterInForce.objects.bulk_create(in_force)


def _parameter_content(measure: str, param: ParamDef, value: ParamValue) -> object:
    return {
        "measure": measure,
        "param": param.name,
        "unit": param.unit,
        "codes": param.codes,
        "value": value.value,
        "place": value.place,
        "from": value.valid_from,
        "until": value.valid_until,
        "known_from": value.known_from,
        "source": value.source,
        "origin": value.origin,
        "owner": value.owner,
    }


def _range(start: dt.date, until: dt.date | None) -> DateRange:
    return DateRange(start, until, "[]")


def latest() -> Publication:
    """The publication in force. Raises NoPublication."""
    found = Publication.objects.order_by("-id").first()
    if found is None:
        raise NoPublication
    return found


def current() -> Library:
    """The library in force, rebuilt from the database (kept in memory by hash). Raises NoPublication."""
    return of_publication(latest())


def of_publication(publication: Publication) -> Library:
    """The library as it was published. Raises DamagedPublication when stored content was tampered with."""
    library = _rebuilt(publication.library_hash, publication.pk)
    if library.hash != publication.library_hash:
        raise DamagedPublication(publication)
    return library


@lru_cache(maxsize=4)
def _rebuilt(_library_hash: str, publication: int) -> Library:
    """Kept in memory under both names: another database's publication #1 is not this one's."""
    rows = PublishedFile.objects.filter(publication_id=publication).select_related("version")
    return assemble((_source(row) for row in rows), rules=False)


def _source(row: PublishedFile) -> SourceFile:
    package, _, inside = row.path.partition("/")
    kind = kind_of(inside)
    if kind is None:
        raise DamagedPublication(row.publication)
    return make_source(package, inside, kind, canonical.data_of(row.version.content))
