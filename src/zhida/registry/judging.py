# ruff: noqa: S608 — names are quoted and come from definitions of ours, values are bound
"""What a registry row says between the lines: type and area from the code, place, capital, odd dates.

Set-based: SQL from ``typed`` (cells read) to ``judged`` (a subject per row). Problems stand in
``p_<field>`` / ``d_<field>`` columns for the report.
"""

from __future__ import annotations

import datetime as dt

import duckdb

from zhida.registry import capital, places
from zhida.registry.places import Place

_BRANCH = "(分公司|分店|分厂|分部|分行|支行|分社|办事处|代表处|营业所|分支机构)$"
LONGEST_NAME = 200
FIRST_DAY = dt.date(1949, 10, 1)
#: what ``judged`` notes problems about: field, usual header, SQL of the text found
NOTED = (
    ("named", "企业名称", "left(name, 40)"),
    ("check", "统一社会信用代码", "uscc"),
    ("kind", "统一社会信用代码", "uscc"),
    ("area", "统一社会信用代码", "uscc"),
    ("stated", "所在区划代码", "said_place"),
    ("where", "注册地址", "coalesce(seen, '')"),
    ("moved", "注册地址", "coalesce(seen, '')"),
    ("founded", "注册日期", "CAST(established_on AS VARCHAR)"),
    ("money", "注册资金", "capital_text"),
    ("declared", "企业类型", "declared_type"),
)


def judge(con: duckdb.DuckDBPyConnection, known: tuple[Place, ...], today: dt.date) -> None:
    """Make ``judged`` from ``typed``; ``today`` bounds founding dates."""
    places.register(con, known)
    codes = con.execute("SELECT DISTINCT z_area(uscc) FROM typed WHERE z_area(uscc) IS NOT NULL")
    places.register_areas(con, [str(r[0]) for r in codes.fetchall()])
    con.execute(f"CREATE OR REPLACE TABLE judged AS {_sql(con, today)}")


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Macros over a subject's key."""
    con.execute(
        r"CREATE OR REPLACE TEMP MACRO z_area(c) AS CASE WHEN length(c) = 18 AND "
        r"regexp_full_match(substr(c, 3, 6), '\d{6}') THEN substr(c, 3, 6) WHEN length(c) = 15 THEN substr(c, 1, 6) END"
    )
    con.execute(
        r"CREATE OR REPLACE TEMP MACRO z_right_check(c) AS CASE WHEN length(c) = 15 AND regexp_full_match(c, '\d*') "
        "THEN z_old_check(c) WHEN length(c) = 18 AND z_uscc_shape(c) THEN z_uscc_check(c) END"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO z_subject_type(c) AS CASE WHEN length(c) = 15 THEN "
        "CASE WHEN substr(c, 7, 1) >= '6' THEN 'individual' ELSE 'enterprise' END "
        "WHEN c LIKE '91%' THEN 'enterprise' WHEN c LIKE '92%' THEN 'individual' "
        "WHEN c LIKE '93%' THEN 'cooperative' ELSE 'other' END"
    )


def _sql(con: duckdb.DuckDBPyConnection, today: dt.date) -> str:
    county = places.pattern(con, "counties").replace("'", "''")
    town = places.pattern(con, "towns").replace("'", "''")
    parts = capital.parts_sql("z_half(t.capital)")
    return f"""
WITH seen AS (
  SELECT t.*, z_area(t.uscc) AS code_area, z_right_check(t.uscc) AS right_check, z_subject_type(t.uscc) AS code_type,
         regexp_extract(coalesce(t.address, ''), '{county}') AS county_name,
         regexp_extract(coalesce(t.address, ''), '{town}') AS town_name,
         t.capital AS capital_text, {parts} AS sum
  FROM typed AS t
), located AS (
  SELECT s.*, own.code AS own_code, own.level AS own_level, own.zh AS own_name,
         coalesce(near.code, far.code) AS county, area.code AS ever, city.code AS city_code,
         coalesce(stated.code, named.code) AS stated
  FROM seen AS s
  LEFT JOIN divisions AS own ON own.code = s.code_area
  LEFT JOIN areas AS area ON area.code = s.code_area
  LEFT JOIN divisions AS city ON city.code = substr(s.code_area, 1, 4) || '00'
  LEFT JOIN counties AS near ON near.name = s.county_name AND near.province = substr(s.code_area, 1, 2)
  LEFT JOIN counties_anywhere AS far ON far.name = s.county_name
  LEFT JOIN divisions AS stated ON stated.code = s.place
  LEFT JOIN counties_anywhere AS named ON named.name = s.place
), towned AS (
  SELECT l.* EXCLUDE (stated), town.code AS town, coalesce(l.stated, said.code) AS stated
  FROM (SELECT *, coalesce(county, CASE WHEN own_level = 'county' THEN own_code END) AS around FROM located) AS l
  LEFT JOIN towns AS town ON town.name = l.town_name AND town.county = l.around
  LEFT JOIN towns AS said ON said.name = l.place AND said.county = l.around
), placed AS (
  SELECT * EXCLUDE (place, subject_type, sum), place AS said_place, {capital.amount_sql("sum")} AS capital_fen,
         {capital.currency_sql("sum")} AS capital_currency,
         coalesce(stated, town, county, own_code, city_code, ever) AS place,
         coalesce(stated, town, county) IS NULL AS place_by_code,
         CASE WHEN code_type IN ('enterprise', 'cooperative') AND (regexp_matches(coalesce(name, ''), '{_BRANCH}')
              OR coalesce(declared_type, '') LIKE '%分支机构%' OR coalesce(declared_type, '') LIKE '%分公司%')
              THEN 'branch' WHEN code_type = 'other' THEN coalesce(subject_type, 'other') ELSE code_type END
              AS subject_type,
         coalesce(nullif(county_name, ''), address) AS seen
  FROM towned
)
SELECT *, CASE WHEN length(uscc) = 15 THEN uscc END AS old_number,
  CASE WHEN length(name) > {LONGEST_NAME} THEN 'name-too-long' END AS p_named, '' AS d_named,
  CASE WHEN right_check <> right(uscc, 1) THEN
       CASE length(uscc) WHEN 15 THEN 'code-old-check-digit' ELSE 'code-check-digit' END END AS p_check,
  right_check AS d_check,
  CASE WHEN length(uscc) = 15 THEN 'code-old-number' WHEN code_type = 'other' THEN 'code-kind-unusual' END AS p_kind,
  left(uscc, 2) AS d_kind,
  CASE WHEN code_area IS NOT NULL AND own_code IS NULL AND ever IS NULL THEN 'code-area-unknown' END AS p_area,
  code_area AS d_area,
  CASE WHEN said_place IS NOT NULL AND stated IS NULL THEN 'place-not-known' END AS p_stated, '' AS d_stated,
  CASE WHEN place IS NULL THEN 'place-unknown'
       WHEN stated IS NULL AND own_code IS NULL AND coalesce(town, county) IS NOT NULL THEN 'place-by-address' END
       AS p_where,
  code_area AS d_where,
  CASE WHEN own_level = 'county' AND county IS NOT NULL AND county <> own_code AND stated IS NULL
       THEN 'code-area-differs' END AS p_moved,
  own_name AS d_moved,
  CASE WHEN established_on > DATE '{today.isoformat()}' THEN 'date-in-future'
       WHEN established_on < DATE '{FIRST_DAY.isoformat()}' THEN 'date-too-early' END AS p_founded,
  '' AS d_founded,
  CASE WHEN capital_text IS NULL THEN NULL WHEN capital_fen IS NULL THEN 'capital-unreadable'
       WHEN NOT {capital.names_currency_sql("capital_text")} THEN 'capital-no-currency'
       WHEN capital_currency <> 'CNY' THEN 'capital-foreign' END AS p_money,
  '' AS d_money,
  CASE WHEN declared_type LIKE '%个体%' AND code_type NOT IN ('individual') THEN 'type-differs'
       WHEN code_type = 'individual' AND regexp_matches(declared_type, '公司|独资|合伙|集体|国有') THEN 'type-differs'
       END AS p_declared,
  code_type AS d_declared
FROM placed
"""
