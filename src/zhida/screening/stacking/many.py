# ruff: noqa: S608 — rule ids and measure ids are quoted literals, numbers are ints
"""Stacking for all subjects at once: one SQL statement per rule over the sparse candidate table.

Tables (DuckDB, in the connection given):
``cand(subject, measure, record, state, amount, ceiling, live)`` changed in place,
``received(subject, measure, record, amount, year)`` read only,
``adjustments(subject, stage, rule, measure, record, before, after, effect, by, provisional)``
appended. ``one`` states the meaning in plain Python; a property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from zhida.screening.stacking.model import UNBOUNDED, StackRule, Stage, in_order

CANDIDATES = """
CREATE OR REPLACE TEMP TABLE cand(
  subject VARCHAR, measure VARCHAR, record VARCHAR, state TINYINT,
  amount BIGINT, ceiling BIGINT, live BOOLEAN)"""
RECEIVED = """
CREATE OR REPLACE TEMP TABLE received(
  subject VARCHAR, measure VARCHAR, record VARCHAR, amount BIGINT, year INTEGER)"""
ADJUSTMENTS = """
CREATE OR REPLACE TEMP TABLE adjustments(
  subject VARCHAR, stage TINYINT, rule VARCHAR, measure VARCHAR, record VARCHAR,
  before BIGINT, after BIGINT, effect VARCHAR, "by" VARCHAR, provisional BOOLEAN)"""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the three tables, empty."""
    for statement in (CANDIDATES, RECEIVED, ADJUSTMENTS):
        connection.execute(statement)


def apply(connection: duckdb.DuckDBPyConnection, rules: Sequence[StackRule], year: int) -> None:
    """Run every rule in order over ``cand``; ``year`` is that of the as-of date."""
    for rule in in_order(tuple(rules)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE step AS {_STEP[rule.stage](rule, year)}")
        connection.execute(
            "INSERT INTO adjustments SELECT subject, ?, ?, measure, record, before, after, effect, "
            '"by", provisional FROM step',
            [int(rule.stage), rule.id],
        )
        connection.execute(
            "UPDATE cand SET amount = s.after, live = s.effect <> 'dropped' FROM step s "
            "WHERE cand.subject = s.subject AND cand.measure = s.measure AND cand.record = s.record "
            "AND s.effect <> 'kept'"
        )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _members(rule: StackRule, year: int) -> str:
    """CTEs ``m`` (live members with scope, order, known and open amounts) and ``p`` (received)."""
    scope = "record" if rule.per_record else "''"
    order = ", ".join(f"({_text(measure)}, {i})" for i, measure in enumerate(rule.members))
    this_year = f"WHERE year = {year}" if rule.scope == "year" else ""
    return f"""
o(measure, ord) AS (VALUES {order}),
m AS (
  SELECT c.subject, c.measure, c.record, c.state, c.amount, o.ord, {scope} AS scope,
    CASE WHEN c.state = 2 THEN coalesce(c.amount, 0) ELSE 0 END AS known,
    CASE WHEN c.state = 2 THEN 0 ELSE coalesce(c.ceiling, {UNBOUNDED}) END AS open
  FROM cand c JOIN o USING (measure) WHERE c.live),
p AS (
  SELECT r.subject, {scope} AS scope, o.ord, r.measure, r.amount
  FROM received r JOIN o USING (measure) {this_year})"""


_COLUMNS = "subject, measure, record, amount AS before"
_DROPPED = "CASE WHEN amount IS NULL THEN NULL ELSE 0 END"


def _exclusive(rule: StackRule, year: int) -> str:
    best = rule.choose == "best"
    if best:
        ranked = "FILTER (WHERE g.decided > 0)"
        winner = f"arg_min(g.ord, (-g.total, g.ord)) {ranked}"
        open_ = """bool_or(g.undecided > 0 AND g.ord <> w.win
          AND (g.reach > w.total OR (g.reach = w.total AND g.ord < w.win)))"""
    else:
        winner = "min(g.ord) FILTER (WHERE g.decided + g.pending > 0)"
        open_ = "bool_or(g.supplement > 0 AND g.ord < w.win)"
    pending_kept = "s.open AND NOT s.taken" if best else "false"
    return f"""
WITH {_members(rule, year)},
g AS (
  SELECT subject, scope, measure, ord, sum(known)::BIGINT AS total,
    sum(known + open)::HUGEINT AS reach,
    count(*) FILTER (WHERE state = 2) AS decided, count(*) FILTER (WHERE state = 3) AS pending,
    count(*) FILTER (WHERE state = 1) AS supplement, count(*) FILTER (WHERE state <> 2) AS undecided
  FROM m GROUP BY ALL),
t AS (SELECT subject, scope, list(DISTINCT ord) AS had FROM p GROUP BY ALL),
w0 AS (
  SELECT g.subject, g.scope, {winner} AS win, count(*) FILTER (WHERE g.pending > 0) AS pendings
  FROM g GROUP BY ALL),
w AS (SELECT w0.*, g.total FROM w0 LEFT JOIN g
      ON g.subject = w0.subject AND g.scope = w0.scope AND g.ord = w0.win),
s AS (
  SELECT w.subject, w.scope, any_value(coalesce(t.had, [w.win])) AS wins,
    any_value(t.had) IS NOT NULL AS taken, any_value(w.win) AS win, any_value(w.pendings) AS pendings,
    any_value(t.had) IS NULL AND coalesce({open_}, false) AS open
  FROM w JOIN g USING (subject, scope) LEFT JOIN t USING (subject, scope) GROUP BY ALL),
e AS (
  SELECT m.*, s.open AS scope_open, s.taken, s.win, s.pendings,
    list_contains(s.wins, m.ord) AS stands, {pending_kept} AS pending_kept
  FROM m JOIN s USING (subject, scope)),
f AS (
  SELECT *, CASE
    WHEN NOT taken AND win IS NULL THEN CASE WHEN state = 3 AND pendings > 1 THEN 'open' END
    WHEN stands THEN CASE WHEN state <> 1 THEN 'kept' END
    WHEN state = 2 OR taken OR (state = 3 AND NOT pending_kept) THEN 'dropped'
    WHEN state = 3 THEN 'rival' END AS what
  FROM e),
c AS (
  SELECT *, count(*) FILTER (WHERE what IN ('dropped', 'rival')) OVER (PARTITION BY subject, scope) AS lost
  FROM f)
SELECT {_COLUMNS},
  CASE WHEN what = 'dropped' THEN {_DROPPED} ELSE amount END AS after,
  CASE WHEN what = 'dropped' THEN 'dropped' ELSE 'kept' END AS effect,
  CASE WHEN what NOT IN ('dropped', 'rival') THEN '' WHEN taken THEN 'received'
    ELSE (SELECT any_value(o.measure) FROM o WHERE o.ord = c.win) END AS "by",
  CASE WHEN what IN ('open', 'rival') THEN true ELSE scope_open END AS provisional
FROM c WHERE what IN ('dropped', 'rival', 'open') OR (what = 'kept' AND (lost > 0 OR scope_open))"""


def _cap(rule: StackRule, year: int) -> str:
    if rule.cap is None:
        return f"""
WITH {_members(rule, year)}
SELECT {_COLUMNS}, amount AS after, 'kept' AS effect, 'cap' AS "by", true AS provisional
FROM m WHERE state = 2 AND amount IS NOT NULL"""
    return f"""
WITH {_members(rule, year)},
u AS (SELECT subject, scope, sum(amount)::HUGEINT AS had FROM p GROUP BY ALL),
r AS (
  SELECT m.*, coalesce(u.had, 0) + coalesce(sum(known) OVER before_it, 0) AS used,
    coalesce(u.had, 0) + coalesce(sum(known + open) OVER before_it, 0) AS reach
  FROM m LEFT JOIN u USING (subject, scope)
  WINDOW before_it AS (PARTITION BY m.subject, m.scope ORDER BY ord, record
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
a AS (
  SELECT *, least(amount::HUGEINT, greatest(0::HUGEINT, {rule.cap} - used))::BIGINT AS paid
  FROM r WHERE state = 2 AND amount IS NOT NULL),
b AS (SELECT *, paid > 0 AND reach > used AND reach + amount > {rule.cap} AS open_ FROM a)
SELECT {_COLUMNS}, paid AS after,
  CASE WHEN paid = amount THEN 'kept' WHEN paid > 0 THEN 'reduced' ELSE 'dropped' END AS effect,
  CASE WHEN paid = amount THEN '' ELSE 'cap' END AS "by", open_ AS provisional
FROM b WHERE paid <> amount OR open_"""


def _once(rule: StackRule, year: int) -> str:
    return f"""
WITH {_members(rule, year)},
t AS (SELECT DISTINCT subject, scope FROM p),
k AS (
  SELECT subject, scope, arg_min(record, (-known, record)) FILTER (WHERE state = 2) AS keeper,
    max(known) FILTER (WHERE state = 2) AS top, count(*) FILTER (WHERE state = 3) AS pendings
  FROM m GROUP BY ALL),
s AS (
  SELECT k.subject, k.scope, k.keeper, any_value(k.pendings) AS pendings,
    coalesce(bool_or(m.state <> 2 AND (m.open > k.top OR (m.open = k.top AND m.record < k.keeper))), false)
      AS open
  FROM k JOIN m USING (subject, scope) GROUP BY ALL),
e AS (
  SELECT m.*, t.subject IS NOT NULL AS taken, s.keeper, s.pendings, s.open AS scope_open
  FROM m JOIN s USING (subject, scope) LEFT JOIN t USING (subject, scope)),
f AS (
  SELECT *, CASE
    WHEN taken THEN 'dropped'
    WHEN keeper IS NULL THEN CASE WHEN state = 3 AND pendings > 1 THEN 'open' END
    WHEN state = 2 AND record = keeper THEN 'kept'
    WHEN state = 2 OR (state = 3 AND NOT scope_open) THEN 'dropped'
    WHEN state = 3 THEN 'rival' END AS what
  FROM e),
c AS (
  SELECT *, count(*) FILTER (WHERE what IN ('dropped', 'rival')) OVER (PARTITION BY subject, scope) AS lost
  FROM f)
SELECT {_COLUMNS},
  CASE WHEN what = 'dropped' THEN {_DROPPED} ELSE amount END AS after,
  CASE WHEN what = 'dropped' THEN 'dropped' ELSE 'kept' END AS effect,
  CASE WHEN what NOT IN ('dropped', 'rival') THEN '' WHEN taken THEN 'received'
    ELSE {_text(rule.members[0])} END AS "by",
  CASE WHEN what IN ('open', 'rival') THEN true WHEN taken THEN false ELSE scope_open END AS provisional
FROM c WHERE what IN ('dropped', 'rival', 'open') OR (what = 'kept' AND (lost > 0 OR scope_open))"""


_STEP = {Stage.EXCLUSIVE: _exclusive, Stage.CAP: _cap, Stage.ONCE: _once}
