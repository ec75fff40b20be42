"""Whether another engine gave the same answers as ours wherever nothing is unknown.

Compared row by row: where our outcome is decided (eligible or ineligible) the other's status must be
the same, and where it is eligible every known output too. Rows of ours that need a supplement have no
counterpart in an engine without unknowns and are only counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from worker import connect
from zhida.rules.sql import BatchPlan


@dataclass(frozen=True, slots=True)
class Agreement:
    """compared: statuses and values held against each other; undecided: decisions of ours left out."""

    compared: int
    different: int
    undecided: int

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.compared + other.compared, self.different + other.different, self.undecided + other.undecided
        )


def agree(plan: BatchPlan, wide: Path, theirs: Path) -> Agreement:
    """``theirs``: Parquet with ``s{i}`` and ``v{i}_{output}`` in the order of ``wide``'s rows."""
    con = connect()
    numbered = "(SELECT *, file_row_number AS _row FROM read_parquet('{}', file_row_number=true))"
    con.execute(f"CREATE TEMP TABLE a AS {plan.select(numbered.format(wide), keys=('_row',))}")
    con.execute(f"CREATE TEMP TABLE b AS SELECT * FROM {numbered.format(theirs)}")
    total = Agreement(0, 0, 0)
    for i, laid in enumerate(plan.layout.programs):
        status = f"(a.o{i} = 2) <> b.s{i}", f"a.o{i} IN (0, 2)"
        total += _count(con, *status) + Agreement(0, 0, _rows(con, f"a.o{i} IN (1, 3)"))
        for output in laid.outputs:
            ours = f"a.{output.column}"
            if output.kind == "date":
                ours = f"({ours} - DATE '1970-01-01')"
            total += _count(con, f"{ours} <> b.{output.column}", f"a.o{i} = 2 AND {ours} IS NOT NULL")
    return total


def _count(con: duckdb.DuckDBPyConnection, different: str, where: str) -> Agreement:
    query = f"SELECT count(*), count(*) FILTER ({different}) FROM a JOIN b USING (_row) WHERE {where}"
    ((compared, wrong),) = con.execute(query).fetchall()
    return Agreement(compared, wrong, 0)


def _rows(con: duckdb.DuckDBPyConnection, where: str) -> int:
    ((found,),) = con.execute(f"SELECT count(*) FROM a JOIN b USING (_row) WHERE {where}").fetchall()
    return int(found)
