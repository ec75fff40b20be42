"""The files of a library: found on disk, parsed with line numbers, checked against their shapes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from zhida.catalog import canonical
from zhida.catalog.kinds import KINDS, FileKind, is_ignored, kind_of
from zhida.catalog.problems import CatalogProblem, suggestion
from zhida.catalog.shape_problems import Path as DataPath
from zhida.catalog.shape_problems import shape_problems
from zhida.catalog.shapes.base import Shape

Lines = Callable[[DataPath], int]


def _no_lines(_path: DataPath) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One parsed file. path: ``package/inside``; data: plain YAML data; hash: over its canonical form."""

    package: str
    inside: str
    kind: FileKind
    data: Any
    hash: str
    line: Lines = field(default=_no_lines, compare=False, repr=False)

    @property
    def path(self) -> str:
        return f"{self.package}/{self.inside}"


@dataclass(frozen=True, slots=True)
class Item:
    """One valid item of a file, and where it stands."""

    shape: Shape
    file: SourceFile
    at: DataPath

    def line(self, *steps: Any) -> int:
        return self.file.line(self.at + steps)

    def problem(
        self,
        code: str,
        said: tuple[str, str],
        remedy: tuple[str, str] = ("", ""),
        at: DataPath = (),
        *,
        warning: bool = False,
    ) -> CatalogProblem:
        """A finding about this item, at the line of the named key inside it."""
        return CatalogProblem(
            self.file.path, self.line(*at), code, *said, *remedy, severity="warning" if warning else "error"
        )


def make_source(package: str, inside: str, kind: FileKind, data: Any, line: Lines = _no_lines) -> SourceFile:
    """A source file from data already parsed (from disk or from the database). Raises TypeError."""
    return SourceFile(package, inside, kind, data, canonical.digest(data), line)


def package_dirs(root: Path) -> dict[str, Path]:
    """Package name → folder. A folder with its own package.yaml is one package by itself."""
    if (root / "package.yaml").is_file():
        return {root.resolve().name: root}
    found = {p.name: p for p in sorted(root.iterdir()) if p.is_dir() and not is_ignored(p.name)}
    return {name: p for name, p in found.items() if any(p.rglob("*.yaml"))}


def read_package(name: str, folder: Path) -> tuple[list[SourceFile], list[CatalogProblem]]:
    """Every data file of a package folder, and what could not be read."""
    sources: list[SourceFile] = []
    problems: list[CatalogProblem] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        inside = path.relative_to(folder).as_posix()
        if is_ignored(inside):
            continue
        source, wrong = read_file(name, inside, path)
        sources += [source] if source else []
        problems += wrong
    return sources, problems


def read_file(package: str, inside: str, path: Path) -> tuple[SourceFile | None, list[CatalogProblem]]:
    """One file as the given path of a package, or what keeps it from being read."""
    kind = kind_of(inside)
    if kind is None:
        return None, [_no_kind(package, inside)]
    try:
        data, line = _read_csv(path) if path.suffix == ".csv" else _read_yaml(path)
        return make_source(package, inside, kind, data, line), []
    except (ValueError, TypeError) as error:
        return None, [_unreadable(f"{package}/{inside}", error)]


def _read_yaml(path: Path) -> tuple[Any, Lines]:
    from zhida.core.yamlmarks import load_yaml

    tree = load_yaml(path)
    return tree.data, tree.line


def _read_csv(path: Path) -> tuple[Any, Lines]:
    text = path.read_text(encoding="utf-8-sig")
    rows = [{k: v for k, v in row.items() if v} for row in csv.DictReader(io.StringIO(text), restkey="extra cells")]

    def line(at: DataPath) -> int:
        return int(at[1]) + 2 if len(at) > 1 else 1

    return {"rows": rows}, line


def _no_kind(package: str, inside: str) -> CatalogProblem:
    zh, en = suggestion(inside, [k.pattern for k in KINDS])
    return CatalogProblem(
        f"{package}/{inside}",
        0,
        "unknown-file",
        "政策包里没有这种文件",
        "a package holds no such file",
        zh,
        en,
    )


def _unreadable(path: str, error: Exception) -> CatalogProblem:
    zh, en = getattr(error, "zh", str(error)), getattr(error, "en", str(error))
    return CatalogProblem(
        path,
        getattr(error, "line", 0) or 0,
        "unreadable",
        f"文件无法读取：{zh}",
        f"the file cannot be read: {en}",
        "请改正文件",
        "correct the file",
    )


def items_of(source: SourceFile) -> tuple[list[Item], list[str], list[CatalogProblem]]:
    """Valid items, the names of the broken ones (so that references to them are not reported twice),
    and the findings."""
    items: list[Item] = []
    broken: list[str] = []
    problems: list[CatalogProblem] = []
    for at, data in _entries(source, problems):
        try:
            items.append(Item(source.kind.shape.model_validate(data), source, at))
        except ValidationError as error:
            problems += shape_problems(error, source.kind.shape, data, at, source.path, source.line)
            named = data.get(source.kind.ident or "id") if isinstance(data, dict) else None
            broken.append(str(named))
    return items, broken, problems


def _entries(source: SourceFile, problems: list[CatalogProblem]) -> Iterator[tuple[DataPath, Any]]:
    data, key = source.data, source.kind.many
    if not key:
        yield (), data if data is not None else {}
        return
    prefix: DataPath = ()
    shared: dict[str, Any] = {}
    if isinstance(data, dict):
        allowed = [k for k in (key, source.kind.shared) if k]
        shared = {k: data[k] for k in allowed[1:] if k in data}
        for other in data.keys() - set(allowed):
            zh, en = suggestion(str(other), allowed)
            problems.append(
                CatalogProblem(
                    source.path,
                    source.line((other,)),
                    "unknown-key",
                    f"未知的键「{other}」",
                    f'unknown key "{other}"',
                    zh,
                    en,
                )
            )
        data, prefix = data.get(key), (key,)
    if data is None:
        return
    if not isinstance(data, list):
        problems.append(
            CatalogProblem(
                source.path,
                source.line(prefix),
                "not-a-list",
                f"应为列表「{key}」",
                f'expected a list under "{key}"',
                f"请写成 {key}: 后接「- 」各项",
                f'write "{key}:" followed by "- " items',
            )
        )
        return
    for index, entry in enumerate(data):
        yield (*prefix, index), {**shared, **entry} if isinstance(entry, dict) else entry
