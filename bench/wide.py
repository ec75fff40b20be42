"""Wide synthetic tables for the benches: one Parquet file per entity, one column per fact.

Written straight from the generator, without the import, so that ten million subjects take minutes.
Record tables carry the facts of their holder beside their own.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhida.rules.vocabulary import SUBJECT, absent_key
from zhida.synthetic.columns import Column
from zhida.synthetic.population import populations
from zhida.synthetic.record_facts import record_facts
from zhida.synthetic.subject_facts import subject_facts

ROW_GROUP = 122_880


def write_wide(directory: Path, subjects: int, seed: int, wanted: Mapping[str, Iterable[str]]) -> dict[str, Path]:
    """Writes ``<entity>.parquet`` holding ``_subject`` and the wanted columns of each entity."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = {entity: directory / f"{entity}.parquet" for entity in wanted}
    if all(p.exists() for p in paths.values()):
        return paths
    writers: dict[str, pq.ParquetWriter] = {}
    for chunk in populations(subjects, seed):
        own, records = subject_facts(chunk), record_facts(chunk)
        for entity, columns in wanted.items():
            if entity == SUBJECT:
                table = _table(chunk.uscc, own, columns)
            else:
                held = records[entity]
                at = pa.array(held.holder)
                lent = {k: _take(c, at, held.holder) for k, c in own.items() if k in _bare(columns)}
                table = _table(chunk.uscc.take(at), lent | held.facts, columns)
            if entity not in writers:
                writers[entity] = pq.ParquetWriter(paths[entity], table.schema, compression="snappy")
            writers[entity].write_table(table, row_group_size=ROW_GROUP)
    for writer in writers.values():
        writer.close()
    return paths


def alone(function: Callable[..., object], *arguments: object) -> None:
    """Run in a process of its own, so that its memory does not count as this one's."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def fact_columns(facts: Mapping[str, Column]) -> dict[str, pa.Array]:
    """Facts as snapshot columns: the value, and beside it whether it does not apply."""
    columns: dict[str, pa.Array] = {}
    for key, column in facts.items():
        columns[key] = column.values
        if column.absent is not None:
            columns[absent_key(key)] = pa.array(column.absent)
    return columns


def _bare(columns: Iterable[str]) -> set[str]:
    return {c.removesuffix("#na") for c in columns}


def _take(column: Column, at: pa.Array, holder: np.ndarray) -> Column:
    absent = None if column.absent is None else column.absent[holder]
    return Column(column.values.take(at), absent)


def _table(uscc: pa.Array, facts: Mapping[str, Column], columns: Iterable[str]) -> pa.Table:
    data: dict[str, pa.Array] = {"_subject": uscc}
    for name in columns:
        key = name.removesuffix("#na")
        if key not in facts:  # a fact no department delivers: unknown for everyone
            data[name] = pa.nulls(len(uscc), pa.bool_())
        elif name == absent_key(key):
            absent = facts[key].absent
            data[name] = pa.array([False] * len(uscc) if absent is None else absent)
        else:
            data[name] = facts[key].values
    return pa.table(data)
