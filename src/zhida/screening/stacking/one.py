"""Stacking for the decisions of one subject, rule by rule in plain Python.

``many`` does the same set-based; a property test holds the two equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhida.screening.stacking.model import (
    UNBOUNDED,
    Adjustment,
    Candidate,
    Effect,
    Received,
    StackRule,
    Stage,
    State,
    in_order,
)


@dataclass
class _Live:
    """A candidate on its way through the stages."""

    measure: str
    record: str
    state: State
    amount: int | None
    ceiling: int
    live: bool = True

    @property
    def known(self) -> int:
        return self.amount if self.state is State.ELIGIBLE and self.amount is not None else 0

    @property
    def open_ceiling(self) -> int:
        return 0 if self.state is State.ELIGIBLE else self.ceiling


@dataclass(frozen=True)
class Stacked:
    """Result for one subject: the adjustments in order and what each candidate ends with.

    final: (measure, record) -> (still stands, amount in fen or None).
    """

    adjustments: tuple[Adjustment, ...]
    final: dict[tuple[str, str], tuple[bool, int | None]]


def apply(
    candidates: Iterable[Candidate],
    rules: Sequence[StackRule],
    received: Iterable[Received] = (),
    year: int = 0,
) -> Stacked:
    """Run every rule over one subject's candidates; ``year`` is that of the as-of date."""
    live = [
        _Live(c.measure, c.record, c.state, c.amount, UNBOUNDED if c.ceiling is None else c.ceiling) for c in candidates
    ]
    had = tuple(received)
    adjustments: list[Adjustment] = []
    for rule in in_order(tuple(rules)):
        for scope, members in _scopes(rule, live).items():
            past = [r for r in had if _counts(rule, r, scope, year)]
            adjustments += _STAGES[rule.stage](rule, members, past)
    final = {(c.measure, c.record): (c.live, c.amount) for c in live}
    return Stacked(tuple(sorted(adjustments, key=_row_order)), final)


def _row_order(row: Adjustment) -> tuple[int, str, str, str]:
    return (row.stage, row.rule, row.measure, row.record)


def _scopes(rule: StackRule, live: list[_Live]) -> dict[str, list[_Live]]:
    found: dict[str, list[_Live]] = defaultdict(list)
    for candidate in live:
        if candidate.live and candidate.measure in rule.members:
            found[candidate.record if rule.per_record else ""].append(candidate)
    order = {measure: i for i, measure in enumerate(rule.members)}
    for members in found.values():
        members.sort(key=lambda c: (order[c.measure], c.record))
    return dict(sorted(found.items()))


def _counts(rule: StackRule, past: Received, scope: str, year: int) -> bool:
    return (
        past.measure in rule.members
        and (rule.scope != "year" or past.year == year)
        and (not rule.per_record or past.record == scope)
    )


def _exclusive(rule: StackRule, members: list[_Live], past: list[Received]) -> list[Adjustment]:
    order = {measure: i for i, measure in enumerate(rule.members)}
    contenders = sorted({c.measure for c in members if c.state is not State.SUPPLEMENT}, key=order.__getitem__)
    taken = sorted({p.measure for p in past}, key=order.__getitem__)
    if taken:
        winner, by, open_ = taken[0], "received", False
    elif not contenders:
        return []
    elif rule.choose == "first":
        winner = by = contenders[0]
        open_ = any(c.state is State.SUPPLEMENT and order[c.measure] < order[winner] for c in members)
    else:
        decided = _best(members, order)
        if decided is None:
            return [_row(rule, c, c.amount, "kept", "", True) for c in _contest(members, contenders)]
        winner = by = decided
        open_ = _could_lose(members, order, winner)
    return _settle(rule, members, set(taken) or {winner}, by, open_, keep_open=rule.choose == "best")


def _contest(members: list[_Live], contenders: list[str]) -> list[_Live]:
    """Members whose amounts are all pending: with two or more of them the winner is still open."""
    return [c for c in members if c.state is State.PENDING] if len(contenders) > 1 else []


def _best(members: list[_Live], order: dict[str, int]) -> str | None:
    totals: dict[str, int] = defaultdict(int)
    for c in members:
        if c.state is State.ELIGIBLE:
            totals[c.measure] += c.known
    return min(totals, key=lambda m: (-totals[m], order[m])) if totals else None


def _could_lose(members: list[_Live], order: dict[str, int], winner: str) -> bool:
    total = sum(c.known for c in members if c.measure == winner)
    for other in {c.measure for c in members if c.state is not State.ELIGIBLE} - {winner}:
        reach = sum(c.known + c.open_ceiling for c in members if c.measure == other)
        if reach > total or (reach == total and order[other] < order[winner]):
            return True
    return False


def _settle(
    rule: StackRule,
    members: list[_Live],
    winners: set[str],
    by: str,
    open_: bool,
    *,
    keep_open: bool,
) -> list[Adjustment]:
    """Drop the losers. A pending loser of a ``best`` group stays while an open amount may still win."""
    rows: list[Adjustment] = []
    kept: list[_Live] = []
    received = by == "received"
    for c in members:
        if c.measure in winners:
            kept += [c] if c.state is not State.SUPPLEMENT else []
        elif c.state is State.ELIGIBLE or received or (c.state is State.PENDING and not (keep_open and open_)):
            rows.append(_drop(rule, c, by, open_))
        elif c.state is State.PENDING:
            rows.append(_row(rule, c, c.amount, "kept", by, True))
    if rows or open_:
        rows += [_row(rule, c, c.amount, "kept", "", open_) for c in kept]
    return rows


def _cap(rule: StackRule, members: list[_Live], past: list[Received]) -> list[Adjustment]:
    rows: list[Adjustment] = []
    if rule.cap is None:  # the text leaves the cap blank: nobody can say what will be left
        counted = (c for c in members if c.state is State.ELIGIBLE and c.amount is not None)
        return [_row(rule, c, c.amount, "kept", "cap", True) for c in counted]
    used = sum(p.amount for p in past)
    reach = used
    for c in members:
        if c.state is not State.ELIGIBLE:
            reach += c.open_ceiling
            continue
        if c.amount is None:
            continue
        before = c.amount
        after = min(before, max(0, rule.cap - used))
        open_ = after > 0 and reach > used and reach + before > rule.cap
        used += before
        reach += before
        if after != before:
            c.amount, c.live = after, after > 0
            rows.append(_row(rule, c, before, "reduced" if after else "dropped", "cap", open_))
        elif open_:
            rows.append(_row(rule, c, before, "kept", "", True))
    return rows


def _once(rule: StackRule, members: list[_Live], past: list[Received]) -> list[Adjustment]:
    if past:
        return [_drop(rule, c, "received", False) for c in members]
    eligible = [c for c in members if c.state is State.ELIGIBLE]
    pending = [c for c in members if c.state is State.PENDING]
    if not eligible:
        return [_row(rule, c, None, "kept", "", True) for c in pending] if len(pending) > 1 else []
    keeper = min(eligible, key=lambda c: (-c.known, c.record))
    open_ = any(
        c.open_ceiling > keeper.known or (c.open_ceiling == keeper.known and c.record < keeper.record)
        for c in members
        if c.state is not State.ELIGIBLE
    )
    losers = [c for c in eligible if c is not keeper]
    rows = [_drop(rule, c, keeper.measure, open_) for c in (losers if open_ else losers + pending)]
    rows += [_row(rule, c, None, "kept", keeper.measure, True) for c in pending if open_]
    if rows or open_:
        rows.append(_row(rule, keeper, keeper.amount, "kept", "", open_))
    return rows


def _row(rule: StackRule, c: _Live, before: int | None, effect: Effect, by: str, open_: bool) -> Adjustment:
    return Adjustment(
        rule.stage,
        rule.id,
        c.measure,
        c.record,
        before,
        c.amount,
        effect,
        by,
        open_,
    )


def _drop(rule: StackRule, c: _Live, by: str, open_: bool) -> Adjustment:
    before = c.amount
    c.live = False
    c.amount = None if before is None else 0
    return _row(rule, c, before, "dropped", by, open_)


_STAGES = {Stage.EXCLUSIVE: _exclusive, Stage.CAP: _cap, Stage.ONCE: _once}
