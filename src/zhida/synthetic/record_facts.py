"""Leases, loans, contracts and the other records subjects hold, drawn in columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhida.synthetic.columns import Column, code, day, flag, pick, whole, yuan
from zhida.synthetic.population import Population, county, days

OWNER_CLASSES = [
    ("municipal-soe", 5),
    ("municipal-admin", 3),
    ("district-soe", 14),
    ("district-admin", 6),
    ("central-soe", 1),
    ("university", 1),
    ("collective", 8),
    ("private", 62),
]
PROCUREMENT_STEP = 100_000_00  # budgets in steps of 100,000 yuan, so the legal thresholds are hit


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one kind: ``holder`` is the position of each one's subject in the population."""

    holder: np.ndarray
    numbers: pa.Array
    facts: dict[str, Column]


def record_facts(p: Population) -> dict[str, Records]:
    """Every kind of record, by entity id of the vocabulary."""
    makers: dict[str, tuple[str, float, Callable[[Population, np.ndarray], dict[str, Column]]]] = {
        "lease": ("ZL", 0.42, _lease),
        "loan": ("DK", 0.11, _loan),
        "guarantee": ("DB", 0.03, _guarantee),
        "contract": ("CG", 0.012, _contract),
        "meter": ("HH", 0.5, _meter),
        "permit": ("CJ", 0.06, _permit),
        "levy": ("YJ", 0.02, _levy),
        "property": ("CZ", 0.025, _property),
    }
    out = {}
    for entity, (prefix, rate, make) in makers.items():
        holder = np.repeat(np.arange(len(p)), p.rng.poisson(rate, len(p)))
        out[entity] = Records(holder, _numbers(prefix, p.first, holder), make(p, holder))
    return out


def _numbers(prefix: str, first: int, holder: np.ndarray) -> pa.Array:
    """Record numbers: prefix, subject serial, running number within the subject."""
    start = np.searchsorted(holder, holder)
    within = np.arange(len(holder)) - start
    serial = pc.cast(pa.array(holder + first), pa.string())
    part = pc.cast(pa.array(within + 1), pa.string())
    return pc.binary_join_element_wise(f"{prefix}2022", serial, part, "-")


def _most(p: Population, n: int, share: float = 0.97) -> np.ndarray:
    known: np.ndarray = p.rng.random(n) < share
    return known


def _lease(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    start = days(dt.date(2021, 1, 1)) + rng.integers(0, 560, n)
    short = rng.random(n) < 0.07
    term = np.where(short, rng.integers(20, 89, n), rng.integers(180, 1460, n))
    rent = yuan(rng.lognormal(12.7, 0.55, n), 50)
    changed, sublet = rng.random(n) < 0.08, rng.random(n) < 0.06
    final = ~sublet | (rng.random(n) < 0.5)
    known = _most(p, n)
    return {
        "lease.owner_class": code([c for c, _ in OWNER_CLASSES], pick(rng, [w for _, w in OWNER_CLASSES], n), known),
        "lease.starts_on": day(start, known),
        "lease.ends_on": day(start + term - 1, _most(p, n, 0.98)),
        "lease.monthly_rent": whole(rent, _most(p, n, 0.98)),
        "lease.rent_changed_on": day(days(dt.date(2022, 7, 1)) - rng.integers(0, 200, n), known, ~changed),
        "lease.previous_rent": whole(yuan(rent * 0.92, 50), known, ~changed),
        "lease.head_rent": whole(yuan(rent * 0.8, 50), known, ~sublet),
        "lease.months_granted": whole(pick(rng, [80, 12, 4, 4], n), _most(p, n, 0.95)),
        "lease.final_tenant": flag(final, known),
        "lease.for_business": flag(rng.random(n) < 0.95, known),
        "lease.performed": flag(rng.random(n) < 0.97, _most(p, n, 0.93)),
        "lease.area": whole(rng.integers(12, 400, n), known),
    }


def _loan(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    known = _most(p, n)
    kinds = ["startup-guaranteed", "operating", "mortgage", "credit"]
    principal = rng.integers(2, 70, n) * 10_000_00
    applied = days(dt.date(2021, 9, 1)) + rng.integers(0, 365, n)
    return {
        "loan.kind": code(kinds, pick(rng, [30, 40, 15, 15], n), known),
        "loan.principal": whole(principal, known),
        "loan.rate_bp": whole(rng.integers(360, 620, n), _most(p, n, 0.96)),
        "loan.interest_days": whole(rng.integers(30, 366, n), known),
        "loan.applied_on": day(applied, known),
        "loan.issued_on": day(applied + 12, known, rng.random(n) < 0.1),
        "loan.matures_on": day(applied + 377, known, rng.random(n) < 0.1),
        "loan.balance": whole(principal, known),
    }


def _guarantee(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    principal, known = rng.integers(10, 300, n) * 10_000_00, _most(p, n)
    term = np.array([180, 365, 365, 730])[rng.integers(0, 4, n)]
    fee_bp = pick(rng, [5, 10, 40, 20, 15, 10], n) * 20 + 60
    return {
        "guarantee.principal": whole(principal, known),
        "guarantee.fee": whole(principal * fee_bp * term // 3_650_000, _most(p, n, 0.95)),
        "guarantee.term_days": whole(term, known),
        "guarantee.other_charges": whole(np.where(rng.random(n) < 0.1, 50_000, 0), known),
    }


def _contract(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    budget, known = rng.integers(1, 80, n) * PROCUREMENT_STEP, _most(p, n)
    unbid = rng.random(n) < 0.3
    deduction = rng.integers(2, 11, n) * 200
    reserved = yuan(budget * rng.uniform(0, 1, n))
    return {
        "contract.category": code(["goods", "services", "works"], pick(rng, [4, 4, 2], n), known),
        "contract.legal_basis": code(["procurement-law", "tendering-law"], pick(rng, [8, 2], n), known),
        "contract.budget": whole(budget, known),
        "contract.suitable": flag(rng.random(n) < 0.85, known),
        "contract.reserved": whole(reserved, known),
        "contract.bid": whole(yuan(budget * 0.93), known, unbid),
        "contract.deduction_bp": whole(deduction, known, unbid),
    }


def _meter(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    owing, known = rng.random(n) < 0.2, _most(p, n)
    until = days(dt.date(2022, 9, 15)) + rng.integers(0, 60, n)
    return {
        "meter.kind": code(["water", "electricity", "gas"], pick(rng, [4, 5, 1], n), known),
        "meter.arrears": whole(np.where(owing, rng.integers(50, 8000, n) * 100, 0), known),
        "meter.deferred_until": day(until, known, rng.random(n) < 0.7),
        "meter.late_days": whole(np.where(owing, rng.integers(0, 60, n), 0), known),
        "meter.stop_order": flag(owing & (rng.random(n) < 0.1), known),
    }


def _permit(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    known = _most(p, n)
    ends = days(dt.date(2022, 7, 15)) + rng.integers(0, 170, n)
    kinds = ["plate-preselection", "learner-permit", "plate-retention"]
    return {
        "permit.kind": code(kinds, pick(rng, [3, 5, 2], n), known),
        "permit.ends_on": day(ends, known),
        "permit.hindered": flag(rng.random(n) < 0.7, _most(p, n, 0.9)),
        "permit.retention_qualified": flag(rng.random(n) < 0.8, known),
    }


def _levy(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    known = _most(p, n)
    return {
        "levy.rate_class": code(["rate-3", "rate-5"], pick(rng, [8, 2], n), known),
        "levy.base": whole(yuan(rng.lognormal(16.2, 0.9, n)), known),
    }


def _property(p: Population, holder: np.ndarray) -> dict[str, Column]:
    rng, n = p.rng, len(holder)
    known = _most(p, n)
    trades = county()["trades"]
    tenant = pick(rng, [t["share"] for t in trades], n)
    company = rng.random(n) < 0.3
    waived = np.where(rng.random(n) < 0.3, 0, yuan(rng.lognormal(13.3, 0.7, n), 50))
    return {
        "property.tenant_type": code(["individual", "enterprise"], company.astype(int), known),
        "property.tenant_size": code(["micro", "small", "medium"], pick(rng, [7, 2.5, 0.5], n), known & company),
        "property.tenant_industry": code([t["code"] for t in trades], tenant, known),
        "property.rent_waived": whole(waived, known),
        "property.property_tax_year": whole(yuan(rng.lognormal(13.5, 0.7, n), 10), known),
        "property.land_tax_year": whole(yuan(rng.lognormal(11.5, 0.7, n), 10), known),
        "property.hardship_relief": flag(rng.random(n) < 0.05, known),
    }
