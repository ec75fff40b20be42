"""The reading of single cells as DuckDB macros: text in, typed value or NULL out, exact and total.

Numbers never pass through floating point: digits are shifted, not divided.
"""

from __future__ import annotations

from functools import cache

import duckdb

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_SPACES = " \t\r\n\u00a0\u3000\u2002\u2003\u2009"
_WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F)) + "\u3000\u00a0￥−–—"
_HALF = "".join(chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)) + "  ¥---"
MISSING = ("", "N/A", "n/a", "NA", "无", "-", "--", "---", "/", "\\", "NULL", "null", "空", "暂无", "—", "——")
NOT_APPLICABLE = ("不适用", "不涉及")
YES = ("是", "有", "真", "对", "y", "yes", "true", "t", "1", "√", "✓")
NO = ("否", "没有", "无", "假", "n", "no", "false", "f", "0", "×", "✗")


def _list(words: tuple[str, ...]) -> str:
    return ", ".join("'" + w.replace("'", "''") + "'" for w in words)


def _weighted(code: str, alphabet: str, weights: tuple[int, ...]) -> str:
    terms = (f"{w} * (strpos('{alphabet}', substr({code}, {i}, 1)) - 1)" for i, w in enumerate(weights, start=1))
    return " + ".join(terms)


def _edges() -> str:
    """SQL: x begins or ends with a space of any kind."""
    return " OR ".join(f"starts_with(x, '{c}') OR ends_with(x, '{c}')" for c in _SPACES)


def _macros() -> dict[str, str]:
    wide, half = _WIDE.replace("'", "''"), _HALF.replace("'", "''")
    uscc_sum = _weighted("c", ALPHABET, WEIGHTS)
    id_sum = _weighted("c", "0123456789", _ID_WEIGHTS)
    powers = "[" + ", ".join(f"{10**i}::HUGEINT" for i in range(19)) + "]"
    return {
        # text without invisible characters and surrounding space; empty is NULL
        # (translate and trim are slow, so they run only on the few cells that need them; so below)
        "z_text(x)": (
            f"CASE WHEN x = '' THEN NULL WHEN {_edges()} OR regexp_matches(x, '[{_INVISIBLE}]') "
            f"THEN nullif(trim(translate(x, '{_INVISIBLE}', ''), '{_SPACES}'), '') ELSE x END"
        ),
        # full-width letters, digits and signs as half-width
        "z_half(x)": (
            f"CASE WHEN regexp_matches(x, '[！-～　\u00a0￥−–—]') THEN translate(x, '{wide}', '{half}') ELSE x END"
        ),
        # what most cells are already; the long way only for the others
        "z_value(x)": "CASE WHEN regexp_full_match(x, '[!-~]+') THEN x ELSE z_text(z_half(x)) END",
        "z_missing(x)": f"x IN ({_list(MISSING)})",
        "z_not_applicable(x)": f"x IN ({_list(NOT_APPLICABLE)})",
        # digits of a plain or comma-grouped decimal number, else NULL
        "z_number(x)": (
            r"CASE WHEN regexp_full_match(x, '[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d+)?') "
            "THEN replace(ltrim(x, '+'), ',', '') END"
        ),
        # number text x shifted left by `places` decimals as a whole number; NULL when that is not exact
        # (whole numbers and two decimals are most of what there is, so they go a short way)
        "z_fraction(x)": "rtrim(split_part(x, '.', 2), '0')",
        "z_times(digits, places)": f"TRY_CAST(CAST(digits AS HUGEINT) * ({powers})[places + 1] AS BIGINT)",
        "z_shift(x, places)": (
            "CASE WHEN NOT contains(x, '.') THEN z_times(x, places) "
            "WHEN places >= 2 AND substr(x, -3, 1) = '.' THEN z_times(replace(x, '.', ''), places - 2) "
            "WHEN length(z_fraction(x)) <= places "
            "THEN z_times(split_part(x, '.', 1) || z_fraction(x), places - length(z_fraction(x))) END"
        ),
        # a date however written with year first; NULL when there is no such day
        "z_date_text(x)": (
            r"CASE WHEN regexp_full_match(x, '[\d-]*') THEN x ELSE regexp_replace(translate(replace("
            r"regexp_replace(x, '[ T]+\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$', ''), "
            r"'日', ''), '年月/.', '----'), '\s', '', 'g') END"
        ),
        # from that text
        "z_date_of(d)": (
            r"CASE WHEN regexp_full_match(d, '(19|20|21)\d{6}') "
            "THEN TRY_CAST(substr(d, 1, 4) || '-' || substr(d, 5, 2) || '-' || substr(d, 7, 2) AS DATE) "
            r"WHEN regexp_full_match(d, '(19|20|21)\d{2}-\d{1,2}-\d{1,2}') THEN TRY_CAST(d AS DATE) END"
        ),
        "z_month_of(d)": (
            r"TRY_CAST(CASE WHEN regexp_full_match(d, '(19|20|21)\d{2}-\d{1,2}-?(\d{1,2})?') "
            "THEN split_part(d, '-', 1) || '-' || split_part(d, '-', 2) || '-1' "
            r"WHEN regexp_full_match(d, '(19|20|21)\d{4}(\d{2})?') "
            "THEN substr(d, 1, 4) || '-' || substr(d, 5, 2) || '-1' END AS DATE)"
        ),
        "z_quarter_no(x)": (
            r"translate(regexp_extract(x, '^(?:19|20|21)\d{2}[年\-/. ]?\s*"
            r"(?:第?\s*([1-4一二三四])\s*季度?|[Qq]([1-4]))$', 1) || "
            r"regexp_extract(x, '^(?:19|20|21)\d{2}[年\-/. ]?\s*(?:第?\s*([1-4一二三四])\s*季度?|[Qq]([1-4]))$', 2), "
            "'一二三四', '1234')"
        ),
        "z_quarter_of(x, q)": (
            "CASE WHEN q <> '' THEN make_date(CAST(substr(x, 1, 4) AS INTEGER), CAST(q AS INTEGER) * 3 - 2, 1) END"
        ),
        "z_year(x)": (
            r"CASE WHEN regexp_full_match(x, '(19|20|21)\d{2}(年|年度)?') "
            "THEN make_date(CAST(substr(x, 1, 4) AS INTEGER), 1, 1) END"
        ),
        "z_bool(x)": f"CASE WHEN lower(x) IN ({_list(YES)}) THEN true WHEN lower(x) IN ({_list(NO)}) THEN false END",
        # a code as it should be written: upper case, half width, no spaces inside
        "z_code(x)": (
            "CASE WHEN regexp_full_match(x, '[0-9A-Z]*') THEN x "
            f"ELSE upper(translate(z_half(x), '{_SPACES}{_INVISIBLE}', '')) END"
        ),
        "z_uscc_shape(c)": r"regexp_full_match(c, '[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}')",
        # GB 32100: the check character an 18-character code should end with (31 counts as 0)
        "z_uscc_check(c)": f"substr('{ALPHABET}', CAST((31 - ({uscc_sum}) % 31) % 31 + 1 AS BIGINT), 1)",
        # GS15-2006: the last digit of a 15-digit registration number (ISO 7064 MOD 11,10)
        "z_old_check(c)": (
            "CAST((11 - list_reduce(list_prepend(10, [CAST(substr(c, i, 1) AS INTEGER) FOR i IN range(1, 15)]), "
            "lambda p, d: (CASE WHEN (p + d) % 10 = 0 THEN 10 ELSE (p + d) % 10 END * 2) % 11)) % 10 AS VARCHAR)"
        ),
        # GB 11643: an identity number with a real birthday and a right check character
        "z_person_id(c)": (
            r"CASE WHEN regexp_full_match(c, '[1-8]\d{5}(19|20)\d{9}[\dX]') "
            "AND TRY_CAST(substr(c, 7, 4) || '-' || substr(c, 11, 2) || '-' || substr(c, 13, 2) AS DATE) IS NOT NULL "
            f"THEN substr('10X98765432', CAST(({id_sum}) % 11 + 1 AS BIGINT), 1) = substr(c, 18, 1) ELSE false END"
        ),
    }


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known to a connection."""
    con.execute(_script())


@cache
def _script() -> str:
    return ";".join(f"CREATE OR REPLACE TEMP MACRO {signature} AS {body}" for signature, body in _macros().items())
