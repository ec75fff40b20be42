"""``zhida replay``: recompute decisions from their frozen inputs and compare to the last byte."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from zhida.cli.base import FINDINGS, MISSING, OK, REFUSED, console, emit, fail, json_option, progress, setup_django, t
from zhida.cli.list_ import find_run


@click.command(
    help=t(
        "重算判定并逐字节比对。DECISION 是判定的编号或封印（开头几位即可）；--run 重算整批的全部文件，"
        "加 --sample N 则用逐户解释器重算其中 N 条。退出码 1 表示有不一致。",
        "Recompute decisions and compare to the byte. DECISION is a decision's number or the beginning of its "
        "seal; --run recomputes all files of a run, with --sample N the interpreter recomputes N of its "
        "decisions. Exit code 1 when anything differs.",
    )
)
@click.argument("decision", required=False)
@click.option("--run", "run_name", help=t("筛查批次（latest 为最近一次）", "screening run (latest: the newest)"))
@click.option("--sample", type=click.IntRange(1), help=t("只重算 N 条", "recompute only N decisions"))
@json_option
def replay(decision: str | None, run_name: str | None, sample: int | None, as_json: bool) -> int:
    if (decision is None) == (run_name is None):
        fail(REFUSED, "请写一个判定编号，或用 --run 指定批次。", "Name a decision, or a run with --run.")
    setup_django()
    from zhida.screening.queries import LostFiles

    try:
        data = _one(decision) if decision else _many(str(run_name), sample)
    except LostFiles as error:
        fail(MISSING, error.zh, error.en)
    emit(data, as_json=as_json, human=lambda: _print(data))
    return OK if data["same"] else FINDINGS


def _one(text: str) -> dict[str, Any]:
    import duckdb

    from zhida.screening.models import Decision
    from zhida.screening.queries import files_of
    from zhida.screening.replay import replay_decisions

    wanted = text.strip().lower()
    rows = Decision.objects.select_related("run")
    found = list(rows.filter(pk=int(wanted)) if wanted.isdigit() and len(wanted) < 19 else [])
    if not found and len(wanted) >= 6:
        found = list(rows.filter(seal__startswith=wanted)[:2])
    if len(found) != 1:
        fail(REFUSED, f"没有判定「{text}」，或不止一条。", f"There is no decision “{text}”, or more than one.")
    one = found[0]
    with duckdb.connect() as con:
        again = replay_decisions(con, files_of(one.run), subject=one.subject)
    same = [r for r in again if (r.measure, r.record) == (one.measure, one.record)]
    return _result(one.run_id, same, stored=one.seal)


def _many(name: str, sample: int | None) -> dict[str, Any]:
    run = find_run(None if name == "latest" else name)
    return _sampled(run, sample) if sample else _whole(run)


def _sampled(run: Any, sample: int) -> dict[str, Any]:
    import duckdb

    from zhida.screening.queries import files_of
    from zhida.screening.replay import replay_decisions

    with duckdb.connect() as con, progress(sample, "重算", "Recomputing") as bar:
        again = replay_decisions(con, files_of(run), sample=sample, step=bar.advance)
    return _result(run.id, again)


def _result(run: str, again: list[Any], stored: str | None = None) -> dict[str, Any]:
    decisions = [
        {
            "measure": r.measure,
            "subject": r.subject,
            "record": r.record or None,
            "stored": r.stored_seal,
            "recomputed": r.seal,
            "same": r.same and stored in (None, r.seal),
            "differing": list(r.differing),
        }
        for r in again
    ]
    same = bool(decisions) and all(d["same"] for d in decisions)
    return {"run": run, "same": same, "checked": len(decisions), "decisions": decisions, "files": {}}


def _whole(run: Any) -> dict[str, Any]:
    from zhida.exchange.workspace import open_workspace
    from zhida.screening.queries import files_of
    from zhida.screening.replay import replay_run
    from zhida.screening.run import Inputs

    files = files_of(run)
    asked = files.manifest["measures"]
    inputs = Inputs(files.library, files.tables, run.snapshot, run.as_of, None if asked is None else tuple(asked))
    with open_workspace("replay") as work, progress(None, "重算整批", "Recomputing the run") as bar:

        def moved(_done: int, total: int) -> None:
            bar.total(total)
            bar.advance(1)

        differing = replay_run(work.con, files, inputs, work.root, run.manifest_sha256, moved)
    changed = {name: {"recorded": was, "now": now} for name, (was, now) in differing.items()}
    count = len(files.manifest["wide"]) + 3
    return {"run": run.id, "same": not changed, "checked": count, "decisions": [], "files": changed}


def _print(data: dict[str, Any]) -> None:
    out = console()
    what = t("个文件", "files") if not data["decisions"] else t("条判定", "decisions")
    if data["same"]:
        line = t(f"一致：{data['checked']} {what}，逐字节相同", f"Same: {data['checked']} {what}, byte for byte")
        out.print(f"[green]{line}[/] · {data['run'][:12]}")
        if len(data["decisions"]) == 1:
            out.print(escape(f"  SHA-256 {data['decisions'][0]['recomputed']}"))
        return
    out.print(t("[bold white on red] 不一致 [/]", "[bold white on red] Different [/]") + f" {data['run'][:12]}")
    for name, pair in data["files"].items():
        out.print(escape(f"  {name}: {pair['recorded'][:16]} ≠ {pair['now'][:16] or '—'}"))
    for one in data["decisions"]:
        if not one["same"]:
            fields = ", ".join(one["differing"])
            out.print(escape(f"  {one['measure']} {one['subject']} {one['record'] or ''}: {fields}"))
