"""A stack of nested SELECTs as text: each layer keeps what later layers read and adds its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhida.rules.sql_codes import Join
from zhida.rules.sql_dialect import SOURCE, Dialect, Sql, column
from zhida.rules.sql_layers import reads

Columns = Sequence[tuple[str, Sql]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One layer: its select list after the keys, and what it joins to the layer below."""

    items: tuple[str, ...]
    joins: str


def quote(dialect: Dialect, name: str, table: str | None = None) -> str:
    return dialect.sql(column(name, table))


def build_stages(
    dialect: Dialect, layers: Sequence[tuple[Columns, Sequence[Join]]], produced: Sequence[str]
) -> tuple[Stage, ...]:
    """Stages for ``layers``, each (new columns, joins), lowest first; the last yields ``produced`` in order."""
    later: set[str] = set(produced)
    kept_by_layer: list[set[str]] = []
    for new, _ in reversed(layers):
        kept_by_layer.append(later - {name for name, _ in new})
        later = kept_by_layer[-1].union(*(reads(tree) for _, tree in new))
    available: list[str] = []
    stages = []
    for (new, joins), kept in zip(layers, reversed(kept_by_layer), strict=True):
        items = {name: quote(dialect, name) for name in available if name in kept}
        for name, tree in new:
            items[name] = f"{dialect.sql(tree)} AS {quote(dialect, name)}"
        available = list(items)
        stages.append(Stage(tuple(items.values()), _joins(dialect, joins)))
        last = items
    ordered = tuple(last[name] for name in produced)
    return (*stages[:-1], Stage(ordered, stages[-1].joins))


def stack_sql(dialect: Dialect, stages: Sequence[Stage], relation: str, keys: Sequence[str]) -> str:
    """The whole SELECT over ``relation``."""
    text, source = relation, quote(dialect, SOURCE)
    for stage in stages:
        items = [*(f"{source}.{quote(dialect, k)} AS {quote(dialect, k)}" for k in keys), *stage.items]
        fence = "" if stage is stages[-1] else dialect.fence
        text = f"SELECT {', '.join(items)} FROM {text} AS {source}{stage.joins}{fence}"  # noqa: S608
        text = text if stage is stages[-1] else f"({text})"
    return text


def _joins(dialect: Dialect, joins: Sequence[Join]) -> str:
    return "".join(f" LEFT JOIN {dialect.sql(t)} ON {dialect.sql(on)}" for t, on in joins)
