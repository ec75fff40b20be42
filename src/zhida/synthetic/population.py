"""The subjects of the county: who they are, where, since when, how large (drawn in columns)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from zhida.synthetic.codes import social_credit_codes

CHUNK = 1_000_000
_EPOCH = dt.date(1970, 1, 1)


@cache
def county() -> Mapping[str, Any]:
    """The declared distributions (county.yaml)."""
    text = files("zhida.synthetic").joinpath("county.yaml").read_text(encoding="utf-8")
    declared: Mapping[str, Any] = yaml.safe_load(text)
    return declared


def shares(rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
    weights = np.array([float(row["share"]) for row in rows])
    portions: np.ndarray = weights / weights.sum()
    return portions


def take(values: Sequence[str], index: np.ndarray) -> pa.Array:
    """A text column picked from a short list by position."""
    return pa.array(values, pa.string()).take(pa.array(index))


def days(date: dt.date) -> int:
    return (date - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Population:
    """One chunk of subjects; every member is a column of the same length.

    staff is the true head count and sales the true monthly level in fen: latent values from which
    each department's file is drawn with its own gaps. size is 0 micro, 1 small, 2 medium, 3 large.
    """

    first: int
    uscc: pa.Array
    kind: np.ndarray  # position in county()["types"]
    trade: np.ndarray  # position in county()["trades"]
    town: np.ndarray
    established: np.ndarray  # days since 1970-01-01
    status: np.ndarray  # position in county()["status"]
    staff: np.ndarray
    sales: np.ndarray
    size: np.ndarray
    shock: np.ndarray  # share of sales left after the shock, 1.0 when not hit
    rng: np.random.Generator

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def individual(self) -> np.ndarray:
        yes: np.ndarray = self.kind == 0
        return yes


def populations(subjects: int, seed: int) -> Iterator[Population]:
    """The county in chunks; chunk k depends only on the seed and k."""
    for number, first in enumerate(range(0, subjects, CHUNK)):
        yield _draw(first, min(CHUNK, subjects - first), seed, number)


def _draw(first: int, n: int, seed: int, chunk: int) -> Population:
    rng = np.random.default_rng([seed, chunk])
    spec = county()
    kind = rng.choice(len(spec["types"]), n, p=shares(spec["types"]))
    trade = rng.choice(len(spec["trades"]), n, p=shares(spec["trades"]))
    town = rng.choice(len(spec["towns"]), n, p=shares(spec["towns"]))
    statuses = np.array(list(spec["status"].values()), dtype=float)
    status = rng.choice(len(statuses), n, p=statuses / statuses.sum())
    since, until = days(spec["established"]["from"]), days(spec["established"]["until"])
    # More shops opened recently than long ago.
    established = (until - (until - since) * rng.power(1.0, n) * rng.random(n)).astype(np.int64)
    staff = _staff(rng, spec, kind, trade)
    per_head = np.array([t["sales"] for t in spec["trades"]], dtype=float)[trade]
    sales = (staff * per_head * rng.lognormal(0, 0.5, n) * 100).astype(np.int64)
    shock = _shock(rng, spec["shock"], n)
    prefix = np.array([t["prefix"].encode() for t in spec["types"]], dtype="S2")[kind]
    area = np.full(n, str(spec["place"]).encode(), dtype="S6")
    uscc = social_credit_codes(prefix, area, np.arange(first, first + n), seed)
    size = np.digitize(staff, [10, 100, 300])
    return Population(first, uscc, kind, trade, town, established, status, staff, sales, size, shock, rng)


def _staff(rng: np.random.Generator, spec: Mapping[str, Any], kind: np.ndarray, trade: np.ndarray) -> np.ndarray:
    median = np.array([t["staff"] for t in spec["trades"]], dtype=float)[trade]
    company = np.maximum(1, median * rng.lognormal(0.2, 1.0, len(kind)))
    shop = 1 + rng.poisson(np.minimum(median, 6) * 0.35)
    staff: np.ndarray = np.where(kind == 0, shop, company).astype(np.int64)
    return staff


def _shock(rng: np.random.Generator, spec: Mapping[str, Any], n: int) -> np.ndarray:
    hit = rng.random(n) < spec["share_hit"]
    left: np.ndarray = np.where(hit, rng.uniform(spec["left_low"], spec["left_high"], n), 1.0)
    return left


def names(p: Population) -> pa.Array:
    """Registered names: place, a made-up trade name with its serial, the trade, the legal form."""
    spec = county()
    first = take(spec["name_first"], p.rng.integers(0, len(spec["name_first"]), len(p)))
    second = take(spec["name_second"], p.rng.integers(0, len(spec["name_second"]), len(p)))
    serial = pc.cast(pa.array(np.arange(p.first, p.first + len(p))), pa.string())
    trade = take([t["word"] for t in spec["trades"]], p.trade)
    form = take([t["form"] for t in spec["types"]], p.kind)
    return pc.binary_join_element_wise("示范县", first, second, serial, "号", trade, form, "")


def addresses(p: Population) -> pa.Array:
    spec = county()
    town = take([t["name"] for t in spec["towns"]], p.town)
    street = take(spec["streets"], p.rng.integers(0, len(spec["streets"]), len(p)))
    number = pc.cast(pa.array(p.rng.integers(1, 400, len(p))), pa.string())
    return pc.binary_join_element_wise(spec["address"], town, street, number, "号", "")


def dates(day_numbers: np.ndarray) -> pa.Array:
    """A date column from day numbers since 1970-01-01."""
    return pa.array(day_numbers.astype("datetime64[D]"))
