"""Stacking and caps: which entitlements may be had together, decided in a fixed, explained order."""

from zhida.screening.stacking.model import (
    UNBOUNDED,
    Adjustment,
    Candidate,
    Received,
    StackRule,
    Stage,
    State,
    in_order,
)

__all__ = [
    "UNBOUNDED",
    "Adjustment",
    "Candidate",
    "Received",
    "StackRule",
    "Stage",
    "State",
    "in_order",
]
