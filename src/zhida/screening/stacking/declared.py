"""The stacking rules a library declares, in the order they are applied."""

from __future__ import annotations

from collections.abc import Sequence

from zhida.catalog.library import Library
from zhida.catalog.shapes.common import StackingGroupItem
from zhida.core.money import parse_yuan
from zhida.rules.program import Program
from zhida.screening.stacking.model import StackRule, Stage, in_order


def declared_rules(library: Library, programs: Sequence[Program]) -> tuple[StackRule, ...]:
    """Rules that reach any of the programs: groups of stacking.yaml, then each measure's once_per."""
    here = [library.measure(program.measure, program.at) for program in programs]
    rules: list[StackRule] = []
    for ident, group in library.stacking.items():
        members = [m.id for m in here if m.stacking is not None and m.stacking.group == ident]
        rules += _of_group(ident, group, _ordered(members, group.order))
    for measure in here:
        if measure.stacking is not None and measure.stacking.once_per is not None:
            scope = measure.stacking.once_per
            rules.append(_once(f"once:{measure.id}", measure.id, scope, measure.title.zh, measure.title.en))
    return in_order(tuple(rules))


def _ordered(members: list[str], order: tuple[str, ...]) -> tuple[str, ...]:
    """Declared order first, then the library's own order for members the group does not list."""
    listed = [m for m in order if m in members]
    return tuple(dict.fromkeys([*listed, *members]))


def _of_group(ident: str, group: StackingGroupItem, members: tuple[str, ...]) -> list[StackRule]:
    if not members or group.mode == "additive":
        return []
    if group.mode == "once_per":
        return [_once(f"{ident}:{m}", m, group.per, group.zh, group.en) for m in members]
    if group.mode == "cap":
        assert group.cap is not None
        cap = None if group.cap.value is None else parse_yuan(group.cap.value)
        return [StackRule(ident, Stage.CAP, members, group.per, cap=cap, zh=group.zh, en=group.en)]
    return [StackRule(ident, Stage.EXCLUSIVE, members, group.per, group.choose, zh=group.zh, en=group.en)]


def _once(ident: str, measure: str, scope: str, zh: str, en: str) -> StackRule:
    return StackRule(ident, Stage.ONCE, (measure,), scope, zh=zh, en=en)
