"""What each department knows of the subjects themselves, drawn from the latent population.

Keys are fact keys of the vocabulary. The figures are as of 31 August 2022.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from zhida.rules.vocabulary import month_key
from zhida.synthetic.columns import Column, code, day, flag, pick, whole, yuan
from zhida.synthetic.population import Population, county, days

FIRST_MONTH = (2021, 9)
LAST_MONTH = (2022, 8)
EPIDEMIC_FROM = dt.date(2022, 8, 5)


def months() -> list[tuple[int, int]]:
    """Every month with sales on file, oldest first."""
    first, last = (y * 12 + m - 1 for y, m in (FIRST_MONTH, LAST_MONTH))
    return [(at // 12, at % 12 + 1) for at in range(first, last + 1)]


def subject_facts(p: Population) -> dict[str, Column]:
    """Every subject fact some department holds, with that department's gaps."""
    facts: dict[str, Column] = {}
    for part in (_registry, _size_list, _tax, _vat, _social, _employment, _credit, _epidemic):
        facts |= part(p)
    return facts | _disaster(p)


def _registry(p: Population) -> dict[str, Column]:
    spec, known = county(), np.ones(len(p), dtype=bool)
    owner = np.where(p.individual, 2, pick(p.rng, [2, 2, 93, 1, 2], len(p)))
    return {
        "place": code([t["code"] for t in spec["towns"]], p.town, known),
        "subject_type": code([t["type"] for t in spec["types"]], p.kind, known),
        "industry": code([t["code"] for t in spec["trades"]], p.trade, p.rng.random(len(p)) < 0.97),
        "registry_status": code(list(spec["status"]), p.status, known),
        "established_on": day(p.established, known),
        "ownership": code(["state", "collective", "private", "foreign", "mixed"], owner, known),
    }


def _size_list(p: Population) -> dict[str, Column]:
    covered = p.rng.random(len(p)) < county()["coverage"]["size-list"]
    kinds = pick(p.rng, [78, 20, 2], len(p))
    return {
        "size": code(["micro", "small", "medium", "large"], p.size, covered & ~p.individual),
        "individual_class": code(["survival", "growth", "development"], kinds, covered, ~p.individual),
        "on_direct_list": flag(p.rng.random(len(p)) < 0.7, covered),
    }


def _month_sales(p: Population, year: int, month: int) -> np.ndarray:
    spec = county()
    hit_year, hit_month = (int(x) for x in str(spec["shock"]["from"]).split("-"))
    left = p.shock if (year, month) >= (hit_year, hit_month) else 1.0
    noise = p.rng.lognormal(0, 0.12, len(p))
    return yuan(p.sales * spec["season"][month - 1] * left * noise)


def _open_in(p: Population, year: int, month: int) -> np.ndarray:
    opened: np.ndarray = p.established < days(dt.date(year, month, 1)) + 28
    return opened


def _quarter_sales(p: Population, year: int) -> np.ndarray:
    total: np.ndarray = sum((_month_sales(p, year, m) for m in (4, 5, 6)), np.zeros(len(p), np.int64))
    return total


def _tax(p: Population) -> dict[str, Column]:
    known = p.rng.random(len(p)) < 0.88
    now = _quarter_sales(p, 2022)
    before = _quarter_sales(p, 2021)
    new = ~_open_in(p, 2021, 6)
    paid = yuan(now * 0.025)
    facts = {
        "small_low_profit": flag(p.staff <= 300, known & ~p.individual),
        "foreign_trade": flag(p.rng.random(len(p)) < np.where(p.individual, 0.003, 0.04), known),
        "sales_quarter": whole(now, known),
        "sales_quarter_year_ago": whole(before, known, new),
        "sales_4q": whole(yuan(now * 4.1), known),
        "tax_paid_quarter": whole(paid, known),
        "tax_reduced_quarter": whole(yuan(paid * p.rng.random(len(p)) * 0.5), known),
        "taxable_income": whole(yuan(now * 0.25), known, p.individual),
    }
    return facts | _small_taxes(p, known, paid)


def _small_taxes(p: Population, known: np.ndarray, paid: np.ndarray) -> dict[str, Column]:
    never = np.ones(len(p), dtype=bool)
    owns = p.rng.random(len(p)) < np.where(p.individual, 0.03, 0.25)
    rates = {"construction_tax": 0.05, "education_surcharge": 0.03}
    rates |= {"local_education_surcharge": 0.02, "stamp_tax": 0.004}
    facts = {key: whole((paid * rate).astype(np.int64), known) for key, rate in rates.items()}
    for key, top in (("property_tax", 900_000), ("land_use_tax", 300_000)):
        facts[key] = whole(yuan(p.rng.random(len(p)) * top), known, ~owns)
    for key in ("resource_tax", "farmland_tax"):
        facts[key] = whole(np.zeros(len(p)), known, never)
    return facts


def _vat(p: Population) -> dict[str, Column]:
    known = p.rng.random(len(p)) < county()["coverage"]["vat-filing"]
    yearly = p.sales * 12
    general = (yearly > 500_000_000) | (~p.individual & (p.rng.random(len(p)) < 0.15))
    quarterly = ~general & (p.rng.random(len(p)) < 0.8)
    facts: dict[str, Column] = {}
    recent: list[np.ndarray] = []
    for year, month in months():
        sales = _month_sales(p, year, month)
        reported = known & _open_in(p, year, month) & (p.rng.random(len(p)) < 0.99)
        facts[month_key("monthly_sales", year, month)] = whole(sales, reported)
        recent.append(sales)
    period = np.where(quarterly, sum(recent[-3:]), recent[-1])
    at_3 = yuan(period * np.where(p.rng.random(len(p)) < 0.8, 1.0, 0.7))
    facts |= {
        "taxpayer_kind": code(["small-scale", "general"], general.astype(int), known),
        "vat_period": code(["month", "quarter"], quarterly.astype(int), known),
        "vat_sales": whole(period, known),
        "vat_sales_at_3": whole(np.where(general, 0, at_3), known),
    }
    return facts


def _social(p: Population) -> dict[str, Column]:
    covered = p.rng.random(len(p)) < np.where(p.individual, 0.14, 0.86)
    insured = np.maximum(1, (p.staff * p.rng.uniform(0.5, 1.0, len(p))).astype(np.int64))
    wage = p.rng.integers(3800, 7000, len(p)) * 100
    asked = covered & (p.rng.random(len(p)) < 0.12)
    applied = days(dt.date(2022, 5, 1)) + p.rng.integers(0, 140, len(p))
    facts = {
        "insured_staff": whole(insured, covered),
        "insured_as_unit": flag(p.rng.random(len(p)) < 0.75, covered),
        "si_deferral_applied_on": day(applied, covered, ~asked),
    }
    shares = {"pension_due": 0.16, "unemployment_due": 0.005, "injury_due": 0.002}
    shares |= {"medical_due": 0.075, "employee_share_due": 0.085}
    for key, share in shares.items():
        facts[key] = whole((insured * wage * share).astype(np.int64), covered)
    return facts


def _employment(p: Population) -> dict[str, Column]:
    covered = p.rng.random(len(p)) < np.where(p.individual, 0.35, 0.8)
    graduate = p.individual & (p.rng.random(len(p)) < 0.06)
    graduated = days(dt.date(2014, 6, 30)) + p.rng.integers(0, 9, len(p)) * 365
    return {
        "employees": whole(p.staff, covered),
        "jobs_absorbed": whole(p.rng.poisson(np.minimum(p.staff, 60) * 0.12), covered),
        "stay_job_received": flag(p.rng.random(len(p)) < 0.02, covered),
        "graduated_on": day(graduated, covered, ~graduate),
    }


def _credit(p: Population) -> dict[str, Column]:
    known = p.rng.random(len(p)) < county()["coverage"]["credit"]
    punished = p.rng.random(len(p)) < 0.05
    penalty = days(dt.date(2022, 8, 31)) - p.rng.integers(1, 1100, len(p))
    return {
        "credit_grade": code(["A", "B", "C", "D"], pick(p.rng, [30, 55, 12, 3], len(p)), known),
        "last_penalty_on": day(penalty, known, ~punished),
        "dishonest_debtor": flag(p.rng.random(len(p)) < 0.004, known),
        "on_negative_list": flag(p.rng.random(len(p)) < 0.006, known),
    }


def _epidemic(p: Population) -> dict[str, Column]:
    known = p.rng.random(len(p)) < county()["coverage"]["epidemic"]
    # Four towns had no outbreak, so no announcement either.
    town_days = np.array([19, 12, 9, 7, 7, 0, 4, 9, 0, 5, 0, 0])[p.town]
    free = town_days == 0
    began = days(EPIDEMIC_FROM) + (p.town % 5)
    closed = np.where(p.shock < 1.0, p.rng.integers(3, 15, len(p)), 0)
    stated = p.rng.random(len(p)) < 0.8
    return {
        "place_epidemic_days": whole(town_days, known),
        "outbreak_on": day(began, known, free),
        "suspended_days": whole(np.where(free, 0, closed), known),
        "epidemic_difficulty": flag(p.shock < 0.8, known & stated),
    }


def _disaster(p: Population) -> dict[str, Column]:
    claims = p.rng.random(len(p)) < 0.12
    closed = pick(p.rng, [3, 70, 27], len(p))
    others = pick(p.rng, [86, 5, 4, 3, 2], len(p))
    states = ["none", "applying", "received", "withdrawn", "refused"]
    loss = yuan(p.rng.lognormal(13.5, 0.9, len(p)), 100)
    return {
        "flood_damage": code(["none", "difficulty", "closed"], closed, claims),
        "flood_evidence": flag(p.rng.random(len(p)) < 0.9, claims),
        "flood_loss": whole(np.minimum(loss, 99_000_000_00), claims, p.rng.random(len(p)) < 0.3),
        "flood_other_fund": code(states, others, claims & (p.rng.random(len(p)) < 0.95)),
        "shop_rent": whole(yuan(p.rng.lognormal(12.6, 0.6, len(p)), 50), claims),
        "in_difficulty": flag(p.shock < 0.75, p.rng.random(len(p)) < 0.6),
    }
