"""A few faults in otherwise clean files, so that import reports have something to say.

The shares are in ``county.yaml``; which rows are hit depends only on the chunk's own generator.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhida.exchange.feeds import REGISTRY, FeedDef
from zhida.synthetic.codes import social_credit_codes
from zhida.synthetic.columns import heading
from zhida.synthetic.population import county

UNREADABLE = "待核"
_FIRST_STRANGER = 31**6 - 1_000_000  # serials no subject of the county reaches


def blemish(table: pa.Table, feed: FeedDef, rng: np.random.Generator, seed: int) -> pa.Table:
    """The table with some codes of unknown subjects and some unreadable amounts."""
    spec, n = county()["blemishes"], table.num_rows
    code = heading(feed.column(feed.key))
    strange = rng.random(n) < spec["unknown_subject"]
    if feed.id == REGISTRY:
        strange = rng.random(n) < spec["wrong_check_digit"]
        table = _replace(table, code, strange, _other_check_digit(table[code].combine_chunks()))
    else:
        serial = rng.integers(_FIRST_STRANGER, 31**6, n)
        area = np.full(n, str(county()["place"]).encode(), dtype="S6")
        codes = social_credit_codes(np.full(n, b"92", dtype="S2"), area, serial, seed)
        table = _replace(table, code, strange, codes)
    amounts = (heading(c) for c in feed.columns if c.type == "money")
    money = next((name for name in amounts if name in table.column_names), None)
    if money is None:
        return table
    present = pc.is_valid(table[money]).to_numpy(zero_copy_only=False)
    hit = present & (rng.random(n) < spec["unreadable_amount"])
    return _replace(table, money, hit, pa.array([UNREADABLE] * n))


def _other_check_digit(codes: pa.Array) -> pa.Array:
    """The same codes with a last character that differs."""
    last = pc.utf8_slice_codeunits(codes, 17, 18)
    return pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(codes, 0, 17), pc.if_else(pc.equal(last, "0"), "1", "0"), ""
    )


def _replace(table: pa.Table, column: str, where: np.ndarray, by: pa.Array) -> pa.Table:
    at = table.column_names.index(column)
    values = pc.if_else(pa.array(where), by, table[column].combine_chunks())
    return table.set_column(at, column, values)
