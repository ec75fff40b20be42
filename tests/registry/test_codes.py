"""Codes: GB 32100, the old 15-digit number, and identity numbers that look like them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from zhida.exchange import macros
from zhida.registry import judging


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    macros.register(connection)
    judging.register(connection)
    yield connection
    connection.close()


def ask(con: duckdb.DuckDBPyConnection, expression: str, values: list[str]) -> list[object]:
    con.execute("CREATE OR REPLACE TEMP TABLE asked (i INTEGER, c VARCHAR)")
    con.executemany("INSERT INTO asked VALUES (?, ?)", list(enumerate(values)))
    return [r[0] for r in con.execute(f"SELECT {expression} FROM asked ORDER BY i").fetchall()]


BODY = st.tuples(
    st.sampled_from(["91", "92", "93", "51", "Y1"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(macros.ALPHABET, min_size=9, max_size=9),
).map("".join)


@given(st.lists(BODY, min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_the_check_character_is_that_of_gb_32100(con, bodies):
    assert ask(con, "z_uscc_check(c)", [b + "0" for b in bodies]) == [uscc.calc_check_digit(b + "0") for b in bodies]


def test_a_remainder_of_31_counts_as_zero(con):
    bodies = (f"91330328MA{n:07d}" for n in range(200))
    found = [b for b in bodies if uscc.calc_check_digit(b + "0") == "0"]
    assert found
    assert set(ask(con, "z_uscc_check(c)", [b + "0" for b in found])) == {"0"}


@given(st.lists(st.text("0123456789", min_size=14, max_size=14), min_size=1, max_size=20))
@settings(max_examples=30, deadline=None)
def test_the_old_number_ends_with_its_own_check_digit(con, numbers):
    assert ask(con, "z_old_check(c)", [n + "0" for n in numbers]) == [mod_11_10.calc_check_digit(n) for n in numbers]


def test_identity_numbers_are_told_apart_even_when_they_pass_the_code_check(con):
    dice = random.Random(7)
    numbers = []
    while len(numbers) < 3000:
        day = f"19{dice.randint(50, 99)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"
        body = f"330328{day}{dice.randint(0, 999):03d}"
        numbers.append(body + ric.calc_check_digit(body + "0"))
    passing = [n for n in numbers if uscc.calc_check_digit(n) == n[-1]]
    assert 50 < len(passing) < 150, "about one identity number in thirty passes the check of a unified code"
    assert set(ask(con, "z_person_id(c)", numbers)) == {True}


def test_right_unified_codes_of_market_subjects_are_never_taken_for_identity_numbers(con):
    bodies = [f"9{k}33032{n % 9}1980{n % 12 + 1:02d}15{n:03d}" for n in range(300) for k in "123"]
    codes = [b[:17] + uscc.calc_check_digit(b[:17] + "0") for b in bodies]
    assert set(ask(con, "z_person_id(c)", codes)) == {False}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("91330328145629301W", "enterprise"),
        ("92330328MA2CQ5X57K", "individual"),
        ("93330328MA2CQ5X57K", "cooperative"),
        ("52330328MA2CQ5X57K", "other"),
        ("330328600012345", "individual"),
        ("330328000012345", "enterprise"),
    ],
)
def test_the_subject_type_is_in_the_code(con, code, kind):
    assert ask(con, "z_subject_type(c)", [code]) == [kind]
