"""The same programs as OpenFisca variables: load, compute, write. Run with the bench's own Python.

Usage: openfisca_side.py PROGRAMS.pickle WIDE.parquet OUT.parquet

OpenFisca has no unknowns (a missing value is its default) and no condition masks; ints are patched to
64 bits, codes come in as small integers, which favours it.
"""

from __future__ import annotations

import json
import pickle
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable, config

sys.path.insert(0, str(Path(__file__).resolve().parent))
import numpy_text

config.VALUE_TYPES[int]["dtype"] = np.int64
CODES: dict[str, int] = {}


def code_set(names: list[str]) -> np.ndarray:
    return np.array([CODES.get(name, -1) for name in names])


def _ymd(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    date = np.asarray(days).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return (
        month.astype("datetime64[Y]").astype(int) + 1970,
        month.astype(int) % 12 + 1,
        (date - month).astype(int) + 1,
    )


def date_part(part: str, days: np.ndarray) -> np.ndarray:
    return _ymd(days)[("year", "month", "day").index(part)]


def months_between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    (y1, m1, d1), (y2, m2, d2) = _ymd(start), _ymd(end)
    return (y2 * 12 + m2) - (y1 * 12 + m1) - (d2 < d1)


def add_months(days: np.ndarray, months: np.ndarray) -> np.ndarray:
    date = np.asarray(days).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    there = month + months
    last = ((there + 1).astype("datetime64[D]") - there.astype("datetime64[D]")).astype(int)
    return there.astype("datetime64[D]").astype(int) + np.minimum((date - month).astype(int), last - 1)


SCOPE = {
    "np": np,
    "code_set": code_set,
    "months_between": months_between,
    "add_months": add_months,
    "date_part": date_part,
}


class _Facts(dict):
    def __init__(self, person: object, period: object) -> None:
        self.person, self.period = person, period

    def __missing__(self, key: str) -> np.ndarray:
        return self.person(_name(key), self.period)


def _name(key: str) -> str:
    return "f_" + "".join(ch if ch.isalnum() else "_" for ch in key)


def _variable(name: str, entity: object, value_type: type, source: str | None) -> type:
    body = {"value_type": value_type, "entity": entity, "definition_period": "eternity"}
    if source is not None:
        code = compile(source, name, "eval")
        body["formula"] = lambda person, period: eval(code, SCOPE, {"v": _Facts(person, period)})
    return type(name, (Variable,), body)


def main(programs_path: str, wide: str, out: str) -> None:
    programs = pickle.loads(Path(programs_path).read_bytes())
    started = time.perf_counter()
    table = pq.read_table(wide)
    names = [n for n in table.column_names if n != "_subject"]
    entity = build_entity("subject", "subjects", "", is_person=True)
    system = TaxBenefitSystem([entity])
    arrays: dict[str, np.ndarray] = {}
    for name in names:
        column = table[name].combine_chunks()
        if pa.types.is_string(column.type):
            coded = column.dictionary_encode()
            remap = np.array([CODES.setdefault(c, len(CODES)) for c in coded.dictionary.to_pylist()] or [0])
            arrays[name] = remap[coded.indices.fill_null(0).to_numpy(zero_copy_only=False)]
        elif pa.types.is_date(column.type):
            arrays[name] = (
                column.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
            )
        elif pa.types.is_boolean(column.type):
            arrays[name] = column.fill_null(False).to_numpy(zero_copy_only=False)
        else:
            arrays[name] = column.fill_null(0).to_numpy(zero_copy_only=False)
        system.add_variable(_variable(_name(name), entity, bool if arrays[name].dtype == bool else int, None))
    results = []
    seen: dict[object, str] = {}
    for p, program in enumerate(programs):
        for condition in program.conditions:
            if condition.node not in seen:
                seen[condition.node] = f"c{len(seen)}"
                system.add_variable(
                    _variable(seen[condition.node], entity, bool, numpy_text.text(condition.node))
                )
        status = " & ".join(f"v[{'@' + seen[c.node]!r}]" for c in program.conditions) or "True"
        system.add_variable(_variable(f"status{p}", entity, bool, status))
        results.append(f"status{p}")
        for output in program.outputs:
            source = f"np.where(v['@status{p}'], {numpy_text.text(output.node)}, 0)"
            system.add_variable(_variable(f"value{p}_{output.id}", entity, int, source))
            results.append(f"value{p}_{output.id}")
    # Names starting with @ are other results rather than facts.
    global _name
    plain = _name
    _name = lambda key: key[1:] if key.startswith("@") else plain(key)  # noqa: E731
    simulation = SimulationBuilder().build_default_simulation(system, count=table.num_rows)
    eternity = periods.period("eternity")
    for name, values in arrays.items():
        simulation.set_input(_name(name), eternity, values)
    loaded = time.perf_counter()
    answers = {name: simulation.calculate(name, eternity) for name in results}
    computed = time.perf_counter()
    pq.write_table(
        pa.table({"_subject": table["_subject"], **{k: pa.array(v) for k, v in answers.items()}}), out
    )
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "load": loaded - started,
                "compute": computed - loaded,
                "write": done - computed,
                "seconds": done - started,
                "rss_mb": peak,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
