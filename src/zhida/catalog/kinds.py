"""The register of file kinds a package may hold. A new kind (workflows, duties …) is one line here."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from zhida.catalog.shapes import common, policy, vocabulary
from zhida.catalog.shapes.base import Shape


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file: its name, where it lies inside a package, and the shape of what it holds.

    many: key of the list the file holds (``units: [...]``; a bare list is accepted too); empty when
    the file is one item. shared: a key beside that list whose value holds for every item of the file.
    ident: the field that names an item, for duplicates and references.
    The library carries the items of every kind (``Library.items(name)``) and hashes, stores and
    publishes the files whether or not any code reads them yet.
    """

    name: str
    pattern: str
    shape: type[Shape]
    many: str = ""
    ident: str = "id"
    shared: str = ""


KINDS: tuple[FileKind, ...] = (
    FileKind("package", "package.yaml", common.PackageFile),
    FileKind("unit", "units.yaml", common.UnitItem, "units"),
    FileKind("entity", "entities.yaml", common.EntityItem, "entities"),
    FileKind("code_list", "codes/*.yaml", common.CodeListItem, "lists"),
    FileKind("code_row", "codes/*.csv", common.CodeRow, "rows", ""),
    FileKind("jurisdiction", "jurisdictions.yaml", common.JurisdictionItem, "jurisdictions", "code"),
    FileKind("department", "departments.yaml", common.DepartmentItem, "departments"),
    FileKind("fund", "funds.yaml", common.FundItem, "funds"),
    FileKind("stacking", "stacking.yaml", common.StackingGroupItem, "groups"),
    FileKind("fact", "vocabulary/*.yaml", vocabulary.FactItem, "facts", "key", "entity"),
    FileKind("feed", "feeds/*.yaml", vocabulary.FeedFile),
    FileKind("document", "documents.yaml", policy.DocumentItem, "documents"),
    FileKind("clause", "clauses.yaml", common.ClauseItem, "clauses"),
    FileKind("parameter", "parameters.yaml", policy.ParameterItem, "parameters", ""),
    FileKind("measure", "measures/*.yaml", policy.MeasureFile, "", ""),
)
IGNORED = ("README*", "*.md", ".*", "__pycache__")


def kind_of(inside: str) -> FileKind | None:
    """The kind of the file at this path inside its package, or None."""
    depth = inside.count("/")
    return next((k for k in KINDS if k.pattern.count("/") == depth and fnmatchcase(inside, k.pattern)), None)


def is_ignored(inside: str) -> bool:
    """Whether the file is no part of the package's data (readme, hidden file)."""
    return any(fnmatchcase(part, pattern) for part in inside.split("/") for pattern in IGNORED)
