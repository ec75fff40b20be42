"""Registered capital as it is written in real files."""

from __future__ import annotations

import duckdb
import pytest

from zhida.exchange import macros
from zhida.registry import capital


@pytest.mark.parametrize(
    ("text", "hundredths", "currency"),
    [
        ("80(万元人民币)", 80_000_000, "CNY"),
        ("6,080(万元人民币)", 6_080_000_000, "CNY"),
        ("32.9万人民币", 32_900_000, "CNY"),
        ("100万人民币元", 100_000_000, "CNY"),
        ("5万元人民币", 5_000_000, "CNY"),
        ("200(万)", 200_000_000, "CNY"),
        ("230.8000(万)", 230_800_000, "CNY"),
        ("50,000元", 5_000_000, "CNY"),
        ("30（万元）", 30_000_000, "CNY"),
        ("1.2亿元", 12_000_000_000, "CNY"),
        ("100(万美元)", 100_000_000, "USD"),
        ("2,000(万香港元)", 2_000_000_000, "HKD"),
        ("1,000(万日元)", 1_000_000_000, "JPY"),
        ("12.5(万欧元)", 12_500_000, "EUR"),
        ("面议", None, None),
        ("1,00(万)", None, "CNY"),
        ("0.00000001万元", None, "CNY"),
        ("100(万比特币)", None, None),
    ],
)
def test_capital_is_read_exactly_with_its_currency(text, hundredths, currency):
    con = duckdb.connect()
    macros.register(con)
    parts = capital.parts_sql("z_half(t)")
    row = con.execute(
        f"SELECT {capital.amount_sql('p')}, {capital.currency_sql('p')} "
        f"FROM (SELECT {parts} AS p FROM (SELECT ? AS t))",
        [text],
    ).fetchone()
    assert row == (hundredths, currency)
