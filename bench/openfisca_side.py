"""The same measures as OpenFisca variables. Run with the bench's own Python, knowing nothing of Zhida.

    openfisca_side.py SPEC.json WIDE.parquet OUT.parquet

OpenFisca has no unknowns (a missing value is its default) and keeps no reasons. It is favoured: its
integers are patched from 32 to 64 bits, codes come as small integers, equal conditions are one variable.
Seconds run from the rules' texts to answers on disk.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable, config

config.VALUE_TYPES[int]["dtype"] = np.int64
CODES: dict[str, int] = {}
KEY = "_subject"


def codes(names: list[str]) -> np.ndarray:
    """Numbers of codes; -1 for one no row holds."""
    return np.array([CODES.get(name, -1) for name in names])


def _ymd(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    date = np.asarray(days).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(int) + 1970
    return year, month.astype(int) % 12 + 1, (date - month).astype(int) + 1


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
    "codes": codes,
    "months_between": months_between,
    "add_months": add_months,
    "date_part": date_part,
}


class _Facts(dict):
    """``v["key"]`` inside a formula."""

    def __init__(self, person: Any, period: Any) -> None:
        super().__init__()
        self.person, self.period = person, period

    def __missing__(self, key: str) -> np.ndarray:
        return self.person(_name(key), self.period)


def _name(key: str) -> str:
    return "f_" + "".join(ch if ch.isalnum() else "_" for ch in key)


def _formula(text: str, status: str | None = None) -> Callable[[Any, Any], np.ndarray]:
    """A formula computing ``text``; with ``status``, only where that variable is true, else zero."""
    code = compile(text, text[:40], "eval")

    def formula(person: Any, period: Any) -> np.ndarray:
        value = eval(code, SCOPE, {"v": _Facts(person, period)})
        return value if status is None else np.where(person(status, period), value, 0)

    return formula


class System:
    """A tax-benefit system whose variables are the facts, conditions and answers of one entity."""

    def __init__(self) -> None:
        self.entity = build_entity("subject", "subjects", "", is_person=True)
        self.system = TaxBenefitSystem([self.entity])

    def fact(self, key: str, value_type: type) -> None:
        self._add(_name(key), value_type)

    def conditions(self, texts: list[str]) -> None:
        for number, text in enumerate(texts):
            self._add(f"c{number}", bool, _formula(text))

    def program(self, number: int, conditions: list[int], outputs: dict[str, str]) -> list[str]:
        def status(person: Any, period: Any) -> np.ndarray:
            result = np.ones(person.count, dtype=bool)
            for one in conditions:
                result &= person(f"c{one}", period)
            return result

        self._add(f"s{number}", bool, status)
        for ident, text in outputs.items():
            self._add(f"v{number}_{ident}", int, _formula(text, status=f"s{number}"))
        return [f"s{number}", *(f"v{number}_{ident}" for ident in outputs)]

    def _add(self, name: str, value_type: type, formula: object = None) -> None:
        body = {"value_type": value_type, "entity": self.entity, "definition_period": periods.DateUnit.MONTH}
        if formula is not None:
            body["formula"] = formula
        self.system.add_variable(type(name, (Variable,), body))


def _array(column: pa.ChunkedArray) -> np.ndarray:
    """A column without nulls: codes numbered, dates as days."""
    if pa.types.is_string(column.type):
        coded = column.combine_chunks().dictionary_encode()
        numbers = [CODES.setdefault(c, len(CODES)) for c in coded.dictionary.to_pylist()] or [0]
        return np.array(numbers)[coded.indices.fill_null(0).to_numpy(zero_copy_only=False)]
    if pa.types.is_boolean(column.type):
        return column.fill_null(False).to_numpy()
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    return pc.fill_null(column, 0).to_numpy().astype(np.int64)


def main(spec_path: str, wide: str, out: str) -> None:
    spec = json.loads(Path(spec_path).read_text())
    started, cpu = time.perf_counter(), time.process_time()
    table = pq.read_table(wide)
    rows, key, system = table.num_rows, table[KEY], System()
    names = [n for n in table.column_names if n != KEY]
    arrays = {}
    for name in names:
        arrays[name] = _array(table[name])
        table = table.drop_columns(name)
        system.fact(name, bool if arrays[name].dtype == bool else int)
    system.conditions(spec["conditions"])
    results = [
        name
        for number, one in enumerate(spec["programs"])
        for name in system.program(number, one["conditions"], one["outputs"])
    ]
    simulation = SimulationBuilder().build_default_simulation(system.system, count=rows)
    month = periods.period("2022-09")
    for name, values in arrays.items():
        simulation.set_input(_name(name), month, values)
    loaded = time.perf_counter()
    answers = {name: simulation.calculate(name, month) for name in results}
    computed = time.perf_counter()
    pq.write_table(pa.table({KEY: key, **{k: pa.array(v) for k, v in answers.items()}}), out)
    done = time.perf_counter()
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    print(
        json.dumps(
            {
                "seconds": done - started,
                "load": loaded - started,
                "compute": computed - loaded,
                "write": done - computed,
                "cpu": time.process_time() - cpu,
                "rss_mb": int(peak[1]) / 1024 if peak else 0.0,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
