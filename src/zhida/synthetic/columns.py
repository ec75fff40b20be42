"""Fact columns: values, which of them are known, and where the fact does not apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from zhida.exchange.feeds import ColumnDef


@dataclass(frozen=True, slots=True)
class Column:
    """One fact for every row. ``values`` is null where unknown; ``absent`` is True where the fact
    does not apply (None when it always applies)."""

    values: pa.Array
    absent: np.ndarray | None = None


def whole(values: np.ndarray, known: np.ndarray, absent: np.ndarray | None = None) -> Column:
    """Whole numbers (money in fen), null where not known or not applicable."""
    return Column(pa.array(values.astype(np.int64), mask=_hidden(known, absent)), absent)


def flag(values: np.ndarray, known: np.ndarray, absent: np.ndarray | None = None) -> Column:
    return Column(pa.array(values.astype(bool), mask=_hidden(known, absent)), absent)


def day(values: np.ndarray, known: np.ndarray, absent: np.ndarray | None = None) -> Column:
    """Dates from day numbers since 1970-01-01."""
    return Column(pa.array(values.astype("datetime64[D]"), pa.date32(), mask=_hidden(known, absent)), absent)


def code(names: Sequence[str], index: np.ndarray, known: np.ndarray, absent: np.ndarray | None = None) -> Column:
    """Codes picked from a short list by position."""
    picked = pa.array(index.astype(np.int32), mask=_hidden(known, absent))
    return Column(pa.array(names, pa.string()).take(picked), absent)


def pick(rng: np.random.Generator, weights: Sequence[float], n: int) -> np.ndarray:
    """Positions drawn with the given weights."""
    w = np.array(weights, dtype=float)
    return rng.choice(len(w), n, p=w / w.sum())


def yuan(values: np.ndarray, step: int = 1) -> np.ndarray:
    """Rounded down to whole steps of yuan, in fen: people write rents and budgets in round figures."""
    return (values / (100 * step)).astype(np.int64) * (100 * step)


def _hidden(known: np.ndarray, absent: np.ndarray | None) -> np.ndarray:
    return ~known if absent is None else ~known | absent


def heading(column: ColumnDef) -> str:
    """The header a department writes: the column's first name, with the unit when it is not yuan."""
    return f"{column.label}（万元）" if column.unit == "万元" else column.label
