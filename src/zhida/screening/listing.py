"""The publishable list of one measure: an allow-list of fields, in a fixed order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from stdnum.cn import uscc

from zhida.core.money import format_fen


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list. code: masked where it is not a public registration number.

    amount: fen after stacking, None for results that are not money. basis: the facts it was computed
    from. note: what stacking did.
    """

    number: int
    name: str
    code: str
    record: str
    town: str
    amount: int | None
    date: dt.date | None
    basis: str
    note: str
    seal: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A measure's list with what a reader needs to check it.

    why: the conditions every row fulfils, with their clauses; standards: the parameters of the amount.
    synthetic: made from demonstration data. total: fen, None when the measure gives no money.
    """

    measure: str
    title: str
    document: str
    clauses: tuple[str, ...]
    authority: str
    as_of: dt.date
    run: str
    manifest_sha256: str
    catalog_hash: str
    why: tuple[str, ...]
    standards: tuple[str, ...]
    synthetic: bool
    rows: tuple[ListRow, ...]
    total: int | None

    def as_json(self) -> dict[str, Any]:
        """Plain data for ``--json``; amounts as text in 元."""
        return {
            "measure": self.measure,
            "title": self.title,
            "document": self.document,
            "clauses": list(self.clauses),
            "authority": self.authority,
            "as_of": self.as_of.isoformat(),
            "run": self.run,
            "manifest_sha256": self.manifest_sha256,
            "catalog_hash": self.catalog_hash,
            "why": list(self.why),
            "standards": list(self.standards),
            "synthetic": self.synthetic,
            "count": len(self.rows),
            "total": None if self.total is None else plain_yuan(self.total),
            "rows": [_row_json(row) for row in self.rows],
        }


def plain_yuan(fen: int) -> str:
    """Fen as yuan without group marks, for machines: 1150000 → ``11500.00``."""
    return format_fen(fen).replace(",", "")


def _row_json(row: ListRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "name": row.name,
        "code": row.code,
        "record": row.record,
        "town": row.town,
        "amount": None if row.amount is None else plain_yuan(row.amount),
        "date": row.date.isoformat() if row.date else None,
        "basis": row.basis,
        "note": row.note,
        "seal": row.seal,
    }


def public_code(code: str) -> str:
    """A subject code as it may be published.

    A valid 统一社会信用代码 is public; anything else may be a person's number and keeps only its first
    three and last four characters.
    """
    if uscc.is_valid(code):
        return code
    if len(code) <= 7:
        return "*" * len(code)
    return f"{code[:3]}{'*' * (len(code) - 7)}{code[-4:]}"
