# ruff: noqa: S608 — identifiers come from the catalog and are quoted, values are bound
"""Make the publishable list of a measure from a run: who, how much, on what grounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from zhida.catalog.library import Library
from zhida.catalog.measures import MeasureDef
from zhida.rules import ir
from zhida.rules.outcome import main_output
from zhida.rules.program import Program
from zhida.rules.vocabulary import SUBJECT
from zhida.rules.walk import walk
from zhida.screening.listing import Listing, ListRow, public_code
from zhida.screening.models import Decision, ScreeningRun
from zhida.screening.queries import ELIGIBLE, decisions, files_of
from zhida.screening.snapshotsql import Tables, parquet, quoted
from zhida.screening.trace import RunFiles
from zhida.screening.words import Lang, fact_of, label, place_name, show, show_param

MOST_FACTS = 4
"""An amount that rests on more facts than this (months of sales) is not spelled out per line."""


def make_list(run: ScreeningRun, measure_id: str, lang: Lang) -> Listing:
    """Eligible decisions that stand, in order of place, subject and record. Raises LostFiles."""
    files = files_of(run)
    library = files.library
    measure = library.measure(measure_id, run.as_of)
    rows = list(decisions(run, measure_id, outcomes=(ELIGIBLE,), stands=True))
    programs = programs_run(files, measure_id)
    program = programs[0] if programs else None
    basis = basis_of(files, program, rows, lang) if program else {}
    lines = tuple(
        ListRow(
            number=i,
            name=row.name,
            code=public_code(row.subject),
            record=row.record,
            town=place_name(library, row.place, lang),
            amount=row.amount_fen,
            date=row.date,
            basis=basis.get((row.subject, row.record), ""),
            note=_note(row, lang),
            seal=row.seal,
        )
        for i, row in enumerate(rows, 1)
    )
    amounts = [row.amount_fen for row in rows if row.amount_fen is not None]
    document = library.documents.get(measure.document)
    return Listing(
        measure=measure.id,
        title=getattr(measure.title, lang),
        document=_document(library, measure, lang),
        synthetic=bool(document and document.synthetic) or _made_up(library, rows),
        clauses=measure.clauses,
        authority=_authority(library, measure, lang),
        as_of=run.as_of,
        run=run.id,
        manifest_sha256=run.manifest_sha256,
        catalog_hash=run.catalog_hash,
        why=_once(_reason(c.clause, getattr(c, lang)) for p in programs for c in p.conditions),
        standards=_once(line for p in programs for line in _standards(library, p, lang)),
        rows=lines,
        total=sum(amounts) if program and _money(program) else None,
    )


def programs_run(files: RunFiles, measure: str) -> tuple[Program, ...]:
    """The measure as it was run, once per place group."""
    return tuple(
        files.library.programs(group["at"], files.as_of, measure_ids=[measure])[0]
        for group in files.manifest["groups"]
        if measure in group["measures"]
    )


def program_run(files: RunFiles, measure: str) -> Program | None:
    """The measure as it was run in its first place group; None when the run did not decide it."""
    return next(iter(programs_run(files, measure)), None)


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


def _money(program: Program) -> bool:
    main = main_output(program)
    return main is not None and main.kind == "money"


def _reason(clause: str, text: str) -> str:
    return f"{text}（{clause}）" if clause else text


def _document(library: Library, measure: MeasureDef, lang: Lang) -> str:
    document = library.documents.get(measure.document)
    if document is None:
        return measure.document
    title = str(getattr(document.title, lang))
    return f"{title}（{document.number}）" if document.number else title


def _authority(library: Library, measure: MeasureDef, lang: Lang) -> str:
    department = library.departments.get(measure.authority)
    return str(getattr(department, lang)) if department else measure.authority


def _made_up(library: Library, rows: Iterable[Decision]) -> bool:
    """Whether the list is about a made-up place."""
    places = library.jurisdictions
    return any(places[row.place].synthetic for row in rows if row.place in places)


def _standards(library: Library, program: Program, lang: Lang) -> tuple[str, ...]:
    """The parameters the amount is computed with."""
    main = main_output(program)
    if main is None:
        return ()
    names = {n.param for n in walk(main.node) if isinstance(n, ir.Const) and n.param}
    return tuple(
        f"{getattr(use, lang)} = {show_param(library, program, use, lang)}"
        for use in program.params
        if use.name in names
    )


def basis_of(files: RunFiles, program: Program, rows: list[Decision], lang: Lang) -> dict[tuple[str, str], str]:
    """(subject, record) -> the facts its amount or date was computed from, in words.

    Never sensitive facts, and never money: what a business earns, owes or pays is not for publication.
    """
    main = main_output(program)
    keys = sorted({n.key for n in walk(main.node) if isinstance(n, ir.Var)}) if main else []
    facts = [fact_of(files.library, key) for key in keys]
    if (
        not keys
        or len(keys) > MOST_FACTS
        or any(fact is None or fact.sensitive or fact.kind == "money" for fact in facts)
    ):
        return {}
    found: dict[tuple[str, str], str] = {}
    for subject, record, *values in _values(files.tables, program.entity, keys, [row.subject for row in rows]):
        parts = [
            f"{label(files.library, key).text(lang)} {show(files.library, key, value, lang)}"
            for key, value in zip(keys, values, strict=True)
            if value is not None
        ]
        found[subject, record] = "；".join(parts)
    return found


def _values(tables: Tables, entity: str, keys: list[str], subjects: list[str]) -> list[tuple[Any, ...]]:
    record = entity != SUBJECT
    has = {SUBJECT: set(tables.columns[SUBJECT]), entity: set(tables.columns.get(entity, ()))}
    picks = []
    for key in keys:
        side, columns = ("e", has[entity]) if record and key.startswith(f"{entity}.") else ("s", has[SUBJECT])
        picks.append(f"{side}.{quoted(key)}" if key in columns else "NULL")
    source = f"{parquet(tables.paths[SUBJECT])} s SEMI JOIN wanted w ON w.subject = s._subject"
    if record:
        source = f"(SELECT * FROM {source}) s JOIN {parquet(tables.paths[entity])} e ON e._subject = s._subject"
    ident = "e._record" if record else "''"
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE wanted AS SELECT DISTINCT unnest(?::VARCHAR[]) AS subject", [subjects])
        return con.execute(f"SELECT s._subject, {ident}, {', '.join(picks)} FROM {source}").fetchall()


def _note(row: Decision, lang: Lang) -> str:
    parts = []
    if row.effect == "reduced":
        parts.append("封顶后减少" if lang == "zh" else "reduced by a cap")
    if row.provisional:
        parts.append("暂定：同组措施尚缺信息" if lang == "zh" else "provisional: a competing measure lacks facts")
    return "；".join(parts)


def list_words(lang: Lang) -> dict[str, str]:
    """Column heads and labels of a list."""
    return {key: (zh if lang == "zh" else en) for key, (zh, en) in _WORDS.items()}


_WORDS = {
    "sheet": ("名单", "list"),
    "number": ("序号", "no."),
    "name": ("名称", "name"),
    "code": ("统一社会信用代码", "registration code"),
    "town": ("乡镇", "town"),
    "record": ("记录", "record"),
    "amount": ("金额（元）", "amount (yuan)"),
    "date": ("日期", "date"),
    "basis": ("计算依据", "computed from"),
    "note": ("说明", "note"),
    "total": ("合计", "total"),
    "document": ("政策文件", "policy document"),
    "clauses": ("条款", "clauses"),
    "authority": ("主管部门", "authority"),
    "as_of": ("数据截止日", "as of"),
    "why": ("享受理由（须全部满足）", "grounds (all of them hold)"),
    "standards": ("计算标准", "standards"),
    "count": ("户（笔）数", "count"),
    "run": ("筛查批次", "screening run"),
    "synthetic": ("演示数据", "demonstration"),
    "synthetic_note": (
        "本名单由合成数据生成，不对应任何真实主体",
        "made from synthetic data; no real business is meant",
    ),
}
