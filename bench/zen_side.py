"""The same measures in zen-engine, row by row. Run with the bench's own Python, knowing nothing of Zhida.

    zen_side.py SPEC.json WIDE.parquet ROWS OUT.parquet

Each measure is one expression node of one decision; rows go through ``evaluate_batch``, the fastest
way zen offers, in lots. zen has no unknowns: missing values are left at zero. Only the evaluation is
timed, not reading or writing.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zen

_EPOCH = dt.date(1970, 1, 1)
LOT = 2_000


def decision(spec: list[dict[str, Any]]) -> str:
    """One decision: input, a node with every answer of every measure, output."""
    rows: list[dict[str, str]] = []
    for number, one in enumerate(spec):
        status = " and ".join(one["conditions"]) or "true"
        rows.append({"id": f"e{len(rows)}", "key": f"s{number}", "value": status})
        for ident, text in one["outputs"].items():
            value = f"$.s{number} ? {text} : 0"
            rows.append({"id": f"e{len(rows)}", "key": f"v{number}_{ident}", "value": value})
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "content": {}},
        {"id": "x", "name": "x", "type": "expressionNode", "content": {"expressions": rows}},
        {"id": "out", "name": "out", "type": "outputNode", "content": {}},
    ]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in (("in", "x"), ("x", "out"))]
    return json.dumps({"nodes": nodes, "edges": edges})


def contexts(table: pa.Table) -> list[dict[str, Any]]:
    columns = {}
    for key in table.column_names:
        values = table[key].to_pylist()
        kind = table.schema.field(key).type
        if pa.types.is_date(kind):
            values = [None if v is None else (v - _EPOCH).days for v in values]
        blank: Any = "" if pa.types.is_string(kind) else False if pa.types.is_boolean(kind) else 0
        name = "f_" + "".join(ch if ch.isalnum() else "_" for ch in key)
        columns[name] = [blank if v is None else v for v in values]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def main(spec_path: str, wide: str, rows: str, out: str) -> None:
    spec = json.loads(Path(spec_path).read_text())
    table = pq.ParquetFile(wide).read_row_group(0).slice(0, int(rows))
    content = decision(spec)
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"d": json.loads(content)}}})
    asked = [{"key": "d", "context": context} for context in contexts(table)]
    engine.evaluate_batch(asked[:10])
    answers: list[dict[str, Any]] = []
    started = time.perf_counter()
    for first in range(0, len(asked), LOT):
        answers += engine.evaluate_batch(asked[first : first + LOT])
    spent = time.perf_counter() - started
    failed = next((a for a in answers if not a["success"]), None)
    if failed is not None:
        raise SystemExit(str(failed)[:2000])
    results = [a["data"]["result"] for a in answers]
    pq.write_table(pa.table({k: [_plain(r[k]) for r in results] for k in results[0]}), out)
    print(json.dumps({"seconds": spent, "rows": len(asked), "measures": len(spec)}))


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


if __name__ == "__main__":
    main(*sys.argv[1:])
