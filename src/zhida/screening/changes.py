"""Read a proposed change: a whole measure file, or a few parameter values, laid over the published library."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhida.catalog import Change, diff, overlay
from zhida.catalog.library import Library
from zhida.catalog.loader import assemble
from zhida.catalog.problems import CatalogError, CatalogProblem, suggestion
from zhida.catalog.sources import SourceFile, make_source
from zhida.core.yamlmarks import load_yaml

CHANGE_KEYS = ("measure", "param", "value", "place", "from", "until", "source", "valid_from", "valid_until")
_SCOPE = ("place", "from", "until")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The library as it would be, what changed (提标, 扩面, 展期, 收紧, 修正), and which measures."""

    library: Library
    changes: tuple[Change, ...]
    measures: tuple[str, ...]


def read_change(path: Path, library: Library) -> Proposal:
    """Lay a change over ``library``; nothing is published.

    The file is either a measure file, or ``changes: [{measure, param, value, place?, from?, until?}]``
    (also ``{measure, valid_until}`` to move the end of a measure). Raises CatalogError with every
    problem, YamlError or OSError when the file cannot be read.
    """
    tree = load_yaml(path)
    entries = _entries(tree.data)
    if entries is None:
        changed = overlay(library, path)
    else:
        changed = _apply(library, entries, str(path), lambda i: tree.line(("changes", i)))
    # a measure without a worked example can be tried, though not published
    wrong = tuple(p for p in changed.errors if p.code != "no-golden-case")
    if wrong:
        raise CatalogError(wrong)
    found = diff(library, changed)
    old = {(m.id, m.hash) for m in library.measures}
    new = {(m.id, m.hash) for m in changed.measures}
    return Proposal(changed, found, tuple(sorted({ident for ident, _ in old ^ new})))


def _entries(data: Any) -> list[Any] | None:
    """The list of parameter changes, or None when the file is meant as a measure."""
    if isinstance(data, list):
        return data
    if isinstance(data, Mapping) and "changes" in data:
        found = data["changes"]
        return found if isinstance(found, list) else [found]
    return None


def _apply(library: Library, entries: list[Any], file: str, line: Callable[[int], int]) -> Library:
    files = {f.path: f for f in library.files}
    problems: list[CatalogProblem] = []

    def wrong(index: int, zh: str, en: str, remedy: tuple[str, str] = ("", "")) -> None:
        problems.append(CatalogProblem(file, line(index), "bad-change", zh, en, *remedy))

    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            wrong(index, "应写明 measure、param、value", "expected measure, param and value")
            continue
        for key in entry:
            if key not in CHANGE_KEYS:
                wrong(index, f"不认识「{key}」", f'unknown key "{key}"', suggestion(str(key), CHANGE_KEYS))
        target = _measure_file(files, entry.get("measure"))
        if target is None:
            names = [m.id for m in library.measures]
            said = str(entry.get("measure"))
            wrong(index, f"没有措施「{said}」", f'there is no measure "{said}"', suggestion(said, names))
            continue
        _change_one(files, target, entry, lambda *args, at=index: wrong(at, *args))
    if problems:
        raise CatalogError(problems)
    return assemble(files.values())


def _measure_file(files: Mapping[str, SourceFile], ident: Any) -> SourceFile | None:
    named = [f for f in files.values() if f.kind.name == "measure" and f.data.get("id") == ident]
    return max(named, key=lambda f: str(f.data.get("valid")), default=None)


def _change_one(
    files: dict[str, SourceFile], target: SourceFile, entry: Mapping[str, Any], wrong: Callable[..., None]
) -> None:
    data = copy.deepcopy(target.data)
    for key, inside in (("valid_from", "from"), ("valid_until", "until")):
        if key in entry:
            data["valid"] = {**data["valid"], inside: entry[key]}
    if "param" in entry:
        params = data.get("params") or {}
        name = entry["param"]
        if name not in params:
            zh, en = f"没有参数「{name}」", f'there is no parameter "{name}"'
            wrong(zh, en, suggestion(str(name), params))
            return
        if "value" not in entry:
            wrong("没有写新的值 value", "the new value is missing")
            return
        params[name] = _with_value(params[name], entry)
        _drop_rows(files, entry)
    elif not {"valid_from", "valid_until"} & entry.keys():
        wrong("没有写要改的参数 param", "param is missing: nothing to change")
        return
    files[target.path] = make_source(target.package, target.inside, target.kind, data, target.line)


def _with_value(param: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The parameter with a value replaced: those of the same place and period give way to the new one."""
    about = {k: v for k, v in param.items() if k in ("zh", "en", "unit", "codes", "note")}
    scope = {k: entry[k] for k in _SCOPE if entry.get(k) is not None}
    new = {**scope, "value": entry["value"], "source": str(entry.get("source") or "simulation")}
    if not scope:
        return {**about, "value": entry["value"], "source": new["source"], "origin": "jurisdiction"}
    if "values" in param:
        old = [dict(v) for v in param["values"]]
    else:
        old = [{k: v for k, v in param.items() if k not in about}]
    kept = [v for v in old if {k: v[k] for k in _SCOPE if v.get(k) is not None} != scope]
    return {**about, "values": [*kept, {**new, "origin": "jurisdiction"}]}


def _drop_rows(files: dict[str, SourceFile], entry: Mapping[str, Any]) -> None:
    """Values another file adds to the parameter for the same place and period give way too.

    A change without a place holds everywhere, so it outdoes the rows of all places.
    """
    scope = {k: entry[k] for k in _SCOPE if entry.get(k) is not None}

    def gives_way(row: Mapping[str, Any]) -> bool:
        same = (row.get("measure"), row.get("param")) == (entry["measure"], entry["param"])
        own = {k: row[k] for k in _SCOPE if row.get(k) is not None}
        return same and (not scope or own == scope)

    for path, source in list(files.items()):
        rows = source.data.get("parameters") if isinstance(source.data, dict) else source.data
        if source.kind.name != "parameter" or not isinstance(rows, list):
            continue
        kept = [row for row in rows if not gives_way(row)]
        if len(kept) != len(rows):
            data = {**source.data, "parameters": kept} if isinstance(source.data, dict) else kept
            files[path] = make_source(source.package, source.inside, source.kind, data, source.line)


def reached(library: Library, changed: Library, measures: tuple[str, ...]) -> tuple[str, ...]:
    """The measures whose answers a change can move: those changed, and those they compete with."""
    found = set(measures)
    for source in (library, changed):
        keys = {m.rule_key for m in source.measures if m.id in found and m.rule_key}
        groups = {m.stacking.group for m in source.measures if m.id in found and m.stacking and m.stacking.group}
        for m in source.measures:
            if m.rule_key in keys or (m.stacking and m.stacking.group in groups):
                found.add(m.id)
    return tuple(sorted(found))
