"""``manifest.json`` of a run: its inputs, files with their hashes, how to read them, and the counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhida.core.hashing import canonical_json, sha256_file, sha256_hex

if TYPE_CHECKING:
    from zhida.screening.decide import Decided

FORM = "zhida-run-1"
"""Changes whenever the meaning or layout of a run's files changes, so that old run ids are not reused."""

NAME = "manifest.json"


def run_id(snapshot: str, catalog: str, as_of: str, measures: Sequence[str] | None) -> str:
    """The id of the run these inputs give: the same inputs, the same id."""
    inputs = {
        "form": FORM,
        "snapshot": snapshot,
        "catalog": catalog,
        "as_of": as_of,
        "measures": None if measures is None else sorted(measures),
    }
    return sha256_hex(canonical_json(inputs))[:32]


def make_manifest(decided: Decided, inputs: dict[str, Any], counts: dict[str, Any]) -> bytes:
    """Canonical bytes. ``inputs``: run, as_of, snapshot, catalog, measures asked for."""
    wide = [
        {
            **_file(decided.root / w.file),
            "entity": w.entity,
            "group": w.group.name,
            "layout_hash": w.layout.hash,
            "layout": w.layout.as_data(),
        }
        for w in decided.wide
    ]
    groups = [
        {
            "name": g.name,
            "places": list(g.places),
            "at": g.programs[0].place,
            "measures": [p.measure for p in g.programs],
        }
        for g in decided.groups
    ]
    return canonical_json(
        {
            "form": FORM,
            **inputs,
            "groups": groups,
            "wide": wide,
            "settled": _file(decided.root / "settled.parquet"),
            "adjustments": _file(decided.root / "adjustments.parquet"),
            "counts": counts,
        }
    )


def read_manifest(root: Path) -> dict[str, Any]:
    """The manifest in a run's directory. Raises OSError when there is none."""
    data: dict[str, Any] = json.loads((root / NAME).read_bytes())
    return data


def _file(path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    with path.open("rb") as stream:
        digest = sha256_file(stream)
    return {"file": path.name, "sha256": digest, "rows": pq.read_metadata(path).num_rows}
