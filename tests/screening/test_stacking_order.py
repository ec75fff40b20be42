"""Golden cases of the order in which measures are combined."""

from __future__ import annotations

import pytest

from zhida.screening.stacking import Candidate, Received, StackRule, Stage, State
from zhida.screening.stacking.one import Stacked, apply

YUAN = 100


def eligible(measure: str, yuan: int | None, record: str = "") -> Candidate:
    return Candidate(measure, record, State.ELIGIBLE, None if yuan is None else yuan * YUAN)


def supplement(measure: str, ceiling: int | None = None, record: str = "") -> Candidate:
    return Candidate(measure, record, State.SUPPLEMENT, None, ceiling)


def pending(measure: str, ceiling: int | None = None) -> Candidate:
    return Candidate(measure, "", State.PENDING, None, ceiling)


def exclusive(*members: str, choose: str = "best", scope: str = "subject") -> StackRule:
    return StackRule("group", Stage.EXCLUSIVE, members, scope, choose=choose)  # type: ignore[arg-type]


def cap(yuan: int | None, *members: str) -> StackRule:
    return StackRule("cap", Stage.CAP, members, cap=None if yuan is None else yuan * YUAN)


def amounts(found: Stacked) -> dict[str, int | None]:
    return {
        f"{m} {r}".strip(): None if amount is None else amount // YUAN for (m, r), (_, amount) in found.final.items()
    }


def test_the_best_of_an_exclusive_group_stands_and_the_others_name_it() -> None:
    found = apply([eligible("a", 100), eligible("b", 300)], [exclusive("a", "b")])
    assert amounts(found) == {"a": 0, "b": 300}
    dropped = next(row for row in found.adjustments if row.measure == "a")
    assert (dropped.effect, dropped.by, dropped.before, dropped.after) == ("dropped", "b", 10_000, 0)
    assert not dropped.provisional


def test_a_tie_goes_to_the_measure_declared_first() -> None:
    assert amounts(apply([eligible("a", 100), eligible("b", 100)], [exclusive("b", "a")])) == {"a": 0, "b": 100}


def test_the_first_in_declared_order_stands_even_when_it_gives_less() -> None:
    found = apply([eligible("a", 100), eligible("b", 300)], [exclusive("a", "b", choose="first")])
    assert amounts(found) == {"a": 100, "b": 0}


def test_a_member_that_lacks_facts_and_could_win_makes_the_result_provisional() -> None:
    found = apply([eligible("a", 100), supplement("b")], [exclusive("a", "b")])
    assert [(row.measure, row.effect, row.provisional) for row in found.adjustments] == [("a", "kept", True)]


def test_a_member_that_lacks_facts_but_cannot_win_changes_nothing() -> None:
    assert apply([eligible("a", 100), supplement("b", 50 * YUAN)], [exclusive("a", "b")]).adjustments == ()
    late = apply([eligible("a", 100), supplement("b")], [exclusive("a", "b", choose="first")])
    assert late.adjustments == ()


def test_a_pending_amount_that_could_still_win_is_kept_beside_the_winner() -> None:
    found = apply([eligible("a", 100), pending("b")], [exclusive("a", "b")])
    assert {row.measure: (row.effect, row.provisional) for row in found.adjustments} == {
        "a": ("kept", True),
        "b": ("kept", True),
    }
    assert all(stands for stands, _ in found.final.values())


def test_what_was_received_from_a_group_excludes_its_other_members() -> None:
    found = apply([eligible("a", 100), supplement("b")], [exclusive("a", "b", "c")], [Received("c", "", 1, 2022)], 2022)
    assert {row.measure: row.by for row in found.adjustments} == {"a": "received", "b": "received"}
    assert not any(stands for stands, _ in found.final.values())


def test_an_exclusive_group_per_lease_leaves_other_leases_alone() -> None:
    found = apply(
        [eligible("a", 100, "L1"), eligible("b", 300, "L1"), eligible("a", 100, "L2")],
        [exclusive("a", "b", scope="lease")],
    )
    assert amounts(found) == {"a L1": 0, "b L1": 300, "a L2": 100}


def test_a_cap_pays_members_in_declared_order_until_it_is_used_up() -> None:
    found = apply([eligible("c", 50), eligible("a", 60), eligible("b", 70)], [cap(100, "a", "b", "c")])
    assert amounts(found) == {"a": 60, "b": 40, "c": 0}
    assert [(row.measure, row.effect) for row in found.adjustments] == [("b", "reduced"), ("c", "dropped")]


def test_what_was_received_counts_against_a_cap() -> None:
    found = apply([eligible("a", 60)], [cap(100, "a")], [Received("a", "", 70 * YUAN, 2022)], 2022)
    assert amounts(found) == {"a": 30}


def test_a_cap_of_a_year_forgets_other_years() -> None:
    rule = StackRule("cap", Stage.CAP, ("a",), "year", cap=100 * YUAN)
    found = apply([eligible("a", 60)], [rule], [Received("a", "", 70 * YUAN, 2021)], 2022)
    assert amounts(found) == {"a": 60}


def test_a_cap_that_is_left_blank_keeps_every_amount_provisional() -> None:
    found = apply([eligible("a", 60), eligible("b", 70)], [cap(None, "a", "b")])
    assert amounts(found) == {"a": 60, "b": 70}
    assert all(row.provisional and row.by == "cap" for row in found.adjustments)
    assert len(found.adjustments) == 2


def test_an_earlier_member_without_facts_makes_a_capped_amount_provisional() -> None:
    found = apply([supplement("a"), eligible("b", 70)], [cap(100, "a", "b")])
    assert [(row.measure, row.effect, row.provisional) for row in found.adjustments] == [("b", "kept", True)]


def test_exclusion_comes_before_the_cap() -> None:
    """Capped first, ``b`` would win with what is left; it must lose with its full entitlement."""
    found = apply([eligible("a", 90), eligible("b", 80)], [cap(100, "b", "a"), exclusive("a", "b")])
    assert amounts(found) == {"a": 90, "b": 0}
    assert [row.stage for row in found.adjustments] == sorted(row.stage for row in found.adjustments)


def test_once_per_subject_keeps_the_best_of_several_records() -> None:
    rule = StackRule("once:a", Stage.ONCE, ("a",))
    found = apply([eligible("a", 10, "1"), eligible("a", 30, "2"), eligible("a", 30, "3")], [rule])
    assert amounts(found) == {"a 1": 0, "a 2": 30, "a 3": 0}


def test_once_means_nothing_when_it_was_already_received() -> None:
    rule = StackRule("once:a", Stage.ONCE, ("a",))
    found = apply([eligible("a", 10)], [rule], [Received("a", "", 5, 2020)], 2022)
    assert [(row.effect, row.by) for row in found.adjustments] == [("dropped", "received")]


@pytest.mark.parametrize("choose", ["best", "first"])
def test_results_that_are_not_money_can_exclude_each_other(choose: str) -> None:
    found = apply([eligible("a", None), eligible("b", None)], [exclusive("a", "b", choose=choose)])
    assert {m: stands for (m, _), (stands, _) in found.final.items()} == {"a": True, "b": False}
