"""The four outcomes of a measure and the one rule that derives them.

From strongest to weakest: a false condition settles ``ineligible`` whatever else is unknown; else an
unknown condition makes ``needs_supplement`` (补报); else the subject is ``eligible``, or
``eligible_amount_pending`` when the main result (the amount or the date) cannot be computed yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from zhida.rules.program import Output, Program

MAIN_OUTPUTS = frozenset({"amount", "date"})


class Outcome(StrEnum):
    """What a measure answers for one subject or record; ``code`` is its number in batch columns."""

    INELIGIBLE = "ineligible"
    NEEDS_SUPPLEMENT = "needs_supplement"
    ELIGIBLE = "eligible"
    AMOUNT_PENDING = "eligible_amount_pending"

    @property
    def code(self) -> int:
        return _CODES[self]

    @classmethod
    def of_code(cls, code: int) -> Outcome:
        """The outcome a batch column's 0..3 stands for; ValueError for anything else."""
        for outcome, number in _CODES.items():
            if number == code:
                return outcome
        raise ValueError(f"no outcome has code {code!r}")


_CODES = {
    Outcome.INELIGIBLE: 0,
    Outcome.NEEDS_SUPPLEMENT: 1,
    Outcome.ELIGIBLE: 2,
    Outcome.AMOUNT_PENDING: 3,
}


def decide(conditions: Iterable[bool | None], main_known: bool) -> Outcome:
    """The outcome of Kleene condition values; ``main_known`` is False when the main result is unknown."""
    unknown = False
    for value in conditions:
        if value is False:
            return Outcome.INELIGIBLE
        unknown = unknown or value is None
    if unknown:
        return Outcome.NEEDS_SUPPLEMENT
    return Outcome.ELIGIBLE if main_known else Outcome.AMOUNT_PENDING


def decide_bits(true: int, unknown: int, mask: int, main_known: bool) -> Outcome:
    """The same from bitmaps: a bit of ``mask`` set in ``true`` or ``unknown``; in neither it is false."""
    if (true | unknown) & mask != mask:
        return Outcome.INELIGIBLE
    if true & mask != mask:
        return Outcome.NEEDS_SUPPLEMENT
    return Outcome.ELIGIBLE if main_known else Outcome.AMOUNT_PENDING


def main_output(program: Program) -> Output | None:
    """The output whose absence makes the amount pending: the first one when it is the amount or date."""
    if program.outputs and program.outputs[0].id in MAIN_OUTPUTS:
        return program.outputs[0]
    return None
