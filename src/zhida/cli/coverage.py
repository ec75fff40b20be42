"""``zhida coverage``: every clause of the seed documents and the tests that prove it."""

from __future__ import annotations

import click
from rich.table import Table

from zhida.cli.base import MISSING, REFUSED, emit, fail, json_option, show_table, t
from zhida.cli.library import printer
from zhida.coverage.report import Coverage, read_coverage, results_path

SHOWN_TESTS = 3


@click.command(
    help=t(
        "逐条列出条款，以及证明它的测试（只取自已运行并通过的测试）。",
        "List every clause and the tests that prove it (only tests that ran and passed).",
    )
)
@click.option("--plan", help=t("只列一个方案（A–F）", "only one plan (A–F)"))
@click.option("--unproved", is_flag=True, help=t("只列还没有证明的条款", "only clauses without proof"))
@json_option
def coverage(plan: str | None, unproved: bool, as_json: bool) -> None:
    try:
        found = read_coverage()
    except ValueError:
        fail(
            REFUSED,
            f"结果文件已损坏：{results_path()}，请重新运行 make test。",
            f"The results file is damaged: {results_path()}; run make test again.",
        )
    plans = sorted({row.plan for row, _ in found.rows})
    if plan is not None and plan.upper() not in plans:
        fail(
            REFUSED,
            f"没有方案「{plan}」，可用：{'、'.join(plans)}",
            f'There is no plan "{plan}"; one of: {", ".join(plans)}',
        )
    if not found.recorded and not as_json:
        fail(MISSING, "还没有测试结果：请先运行 make test。", "No test results yet: run make test first.")
    rows = [
        (row, tests)
        for row, tests in found.rows
        if (plan is None or row.plan == plan.upper()) and not (unproved and tests)
    ]
    chosen = Coverage(tuple(rows), found.recorded, found.commits, found.last_run)
    if as_json and not found.recorded:
        click.echo(t("还没有测试结果：请先运行 make test。", "No test results yet: run make test first."), err=True)
    emit(chosen.as_json(), as_json=as_json, human=lambda: _print(chosen, found))


def _print(chosen: Coverage, whole: Coverage) -> None:
    table = Table(box=None, pad_edge=False)
    for zh, en in (("条款", "clause"), ("类别", "kind"), ("标题", "title"), ("证明", "proved by")):
        table.add_column(t(zh, en), overflow="fold")
    for row, tests in chosen.rows:
        more = len(tests) - SHOWN_TESTS
        shown = [*tests[:SHOWN_TESTS], *([t(f"另 {more} 项", f"and {more} more")] if more > 0 else [])]
        table.add_row(row.id, row.kind, row.title, "\n".join(shown))
    out = printer()
    show_table(table)
    out.print(_summary(whole))
    commits = ", ".join(c[:12] or "?" for c in whole.commits)
    out.print(
        t(
            f"测试运行于 {whole.last_run}，提交 {commits}",
            f"Tests last ran {whole.last_run}, commit {commits}",
        )
    )


def _summary(whole: Coverage) -> Table:
    table = Table(box=None, pad_edge=False)
    for zh, en in (("方案", "plan"), ("条款", "clauses"), ("已证明", "proved")):
        table.add_column(t(zh, en))
    for plan in sorted({row.plan for row, _ in whole.rows}):
        mine = [tests for row, tests in whole.rows if row.plan == plan]
        table.add_row(plan, str(len(mine)), str(sum(1 for tests in mine if tests)))
    proved = sum(1 for _, tests in whole.rows if tests)
    table.add_row(t("合计", "all"), str(len(whole.rows)), str(proved))
    return table
