"""From a folder of packages to a Library. Pure: reads files, touches no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhida.catalog import canonical
from zhida.catalog.checks import check_measures, worst
from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef, define
from zhida.catalog.places import Jurisdictions
from zhida.catalog.problems import CatalogProblem
from zhida.catalog.references import check_references
from zhida.catalog.shapes.common import JurisdictionItem
from zhida.catalog.shapes.policy import DocumentItem, MeasureFile, ParameterItem
from zhida.catalog.sources import Item, SourceFile, items_of, package_dirs, read_file, read_package
from zhida.catalog.vocabulary import make_vocabulary

COMMON = "common"


def load(root: Path | str, *, rules: bool = True) -> Library:
    """The library in a folder of packages (or in one package folder).

    When the folder has no package ``common``, the shipped one is used (``borrowed`` tells). rules=False
    skips the slow part, checking every rule text over its whole validity. Everything wrong with the
    content is in ``problems``; only a folder that cannot be read raises (OSError).
    """
    folders = package_dirs(Path(root))
    problems: list[CatalogProblem] = []
    if not folders:
        problems.append(_empty(Path(root)))
    alien = COMMON not in folders
    if alien:
        folders = {COMMON: shipped_dir() / COMMON, **folders}
    files: list[SourceFile] = []
    for name, folder in folders.items():
        found, wrong = read_package(name, folder)
        files += found
        problems += wrong
    library = assemble(files, problems, rules=rules)
    return _without_alien_warnings(library) if alien else library


def overlay(library: Library, *paths: Path | str) -> Library:
    """The library with measure files added, or put in place of the measures of the same ids.

    For trying a change without publishing it; everything wrong with the result is in ``problems``.
    Raises OSError when a file cannot be opened.
    """
    files = {f.path: f for f in library.files}
    problems: list[CatalogProblem] = []
    for path in map(Path, paths):
        source, wrong = read_file("changed", f"measures/{path.name}", path)
        problems += wrong
        if source is None:
            continue
        replaced = _measure_id(source)
        files = {p: f for p, f in files.items() if replaced is None or _measure_id(f) != replaced}
        files[source.path] = source
    return assemble(files.values(), problems)


def _measure_id(source: SourceFile) -> str | None:
    if source.kind.name != "measure" or not isinstance(source.data, dict):
        return None
    found = source.data.get("id")
    return found if isinstance(found, str) else None


def _without_alien_warnings(library: Library) -> Library:
    """The borrowed common package may name measures of packages that are not here: no concern of theirs."""
    kept = (p for p in library.problems if not (p.severity == "warning" and p.file.startswith(f"{COMMON}/")))
    return replace(library, problems=tuple(kept))


def borrowed(root: Path | str) -> bool:
    """Whether ``load`` takes the shipped common package because this folder has none."""
    return COMMON not in package_dirs(Path(root))


def shipped_dir() -> Path:
    """The folder of packages this program ships."""
    from zhida.core.paths import packages_dir

    return packages_dir()


def _empty(root: Path) -> CatalogProblem:
    return CatalogProblem(
        str(root),
        0,
        "no-package",
        "文件夹里没有政策包",
        "the folder holds no package",
        "每个政策包是一个含 package.yaml 的子文件夹",
        "each package is a sub-folder with a package.yaml",
    )


def assemble(files: Iterable[SourceFile], problems: Iterable[CatalogProblem] = (), *, rules: bool = True) -> Library:
    """A library from parsed files, wherever they came from; equal files give an equal hash."""
    ordered = sorted(files, key=lambda f: f.path)
    found = list(problems)
    by_kind: dict[str, list[Item]] = {}
    broken: dict[str, list[str]] = {}
    for source in ordered:
        items, names, wrong = items_of(source)
        by_kind.setdefault(source.kind.name, []).extend(items)
        broken.setdefault(source.kind.name, []).extend(names)
        found += wrong
    broken.setdefault("measure", []).extend(_measure_ids(by_kind))
    vocabulary = make_vocabulary(by_kind)
    places = _jurisdictions(by_kind)
    found += check_references(by_kind, broken, vocabulary)
    found += _parameters_without_home(by_kind)
    measures, homes = _measures(by_kind)

    def line(m: MeasureDef, *steps: Any) -> int:
        return homes[m.file].line(*steps)

    found += check_measures(measures, places, vocabulary, line)
    if rules:
        from zhida.catalog.rulecheck import check_rules

        found += check_rules(measures, homes, vocabulary, places, found)
    return Library(
        hash=canonical.digest({f.path: f.hash for f in ordered}),
        files=tuple(ordered),
        by_kind={kind: tuple(items) for kind, items in by_kind.items()},
        vocabulary=vocabulary,
        jurisdictions=places,
        measures=measures,
        problems=tuple(worst(found)),
    )


def _measure_ids(by_kind: Mapping[str, Sequence[Item]]) -> list[str]:
    return [i.shape.id for i in by_kind.get("measure", ()) if isinstance(i.shape, MeasureFile)]


def _jurisdictions(by_kind: Mapping[str, Sequence[Item]]) -> Jurisdictions:
    known: dict[str, JurisdictionItem] = {}
    for item in by_kind.get("jurisdiction", ()):
        if isinstance(item.shape, JurisdictionItem):
            known.setdefault(item.shape.code, item.shape)
    return Jurisdictions(known)


def _measures(by_kind: Mapping[str, Sequence[Item]]) -> tuple[tuple[MeasureDef, ...], dict[str, Item]]:
    """Measures whose document is known, in file order, and the item each was written in."""
    documents = {i.shape.id: i.shape for i in by_kind.get("document", ()) if isinstance(i.shape, DocumentItem)}
    rows = [i.shape for i in by_kind.get("parameter", ()) if isinstance(i.shape, ParameterItem)]
    made: list[MeasureDef] = []
    homes: dict[str, Item] = {}
    for item in by_kind.get("measure", ()):
        shape = item.shape
        if isinstance(shape, MeasureFile) and shape.document in documents:
            made.append(define(item, documents[shape.document], rows))
            homes[item.file.path] = item
    return tuple(made), homes


def _parameters_without_home(by_kind: Mapping[str, Sequence[Item]]) -> list[CatalogProblem]:
    """Parameter rows naming a parameter their measure does not have."""
    from zhida.catalog.problems import suggestion

    params: dict[str, set[str]] = {}
    for item in by_kind.get("measure", ()):
        if isinstance(item.shape, MeasureFile):
            params.setdefault(item.shape.id, set()).update(item.shape.params)
    found: list[CatalogProblem] = []
    for item in by_kind.get("parameter", ()):
        row = item.shape
        if isinstance(row, ParameterItem) and row.measure in params and row.param not in params[row.measure]:
            said = (
                f"措施「{row.measure}」没有参数「{row.param}」",
                f'measure "{row.measure}" has no parameter "{row.param}"',
            )
            found.append(
                item.problem("unknown-parameter", said, suggestion(row.param, params[row.measure]), ("param",))
            )
    return found
