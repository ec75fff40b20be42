"""A checked or explained case for people: one block per measure, conditions with the values they read."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from zhida.cli.base import console, t
from zhida.core.money import format_fen, parse_yuan

_MARK = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]?[/]"}
_STATES = {
    "superseded": ("被替代", "superseded"),
    "not_here": ("不在此地执行", "not in force here"),
    "not_yet": ("尚未开始", "not yet in force"),
    "expired": ("已到期", "expired"),
    "no_record": ("没有相应记录", "no such record"),
}


def outcome_word(outcome: str) -> str:
    """The outcome in the user's language."""
    words = {
        "eligible": ("可享受", "eligible"),
        "eligible_amount_pending": ("可享受，金额待定", "eligible, amount pending"),
        "needs_supplement": ("需补充信息", "needs supplement"),
        "ineligible": ("不符合", "ineligible"),
    }
    return t(*words[outcome])


def print_case(data: dict[str, Any], name: str, lang: str) -> None:
    """The answer of ``zhida check``."""
    out = console()
    source = {
        "published": t("已发布的政策包", "the published catalog"),
        "shipped": t("随程序附带的政策包（尚无发布）", "the shipped packages (nothing is published)"),
    }.get(data["catalog"]["source"], data["catalog"]["source"])
    head = t(
        f"地点 {data['place'] or '全国'} · 日期 {data['as_of']} · {source} {data['catalog']['hash'][:12]}",
        f"place {data['place'] or 'nation'} · as of {data['as_of']} · {source} {data['catalog']['hash'][:12]}",
    )
    out.print(escape(f"{name} · {head}" if name else head))
    order = ("eligible", "eligible_amount_pending", "needs_supplement", "ineligible")
    for outcome in order:
        for one in data["measures"]:
            if one["outcome"] == outcome:
                print_answer(one)
    if data["not_applicable"]:
        out.print()
        out.print(t("[bold]不适用的措施[/]", "[bold]Measures that do not apply[/]"))
        for one in data["not_applicable"]:
            state = t(*_STATES[one["state"]])
            out.print(escape(f"  {one['measure']} {one['title']} — {state}：{one['why']}"))


def print_answer(one: dict[str, Any]) -> None:
    """One measure."""
    out = console()
    record = f" [{one['record']}]" if one["record"] else ""
    out.print()
    out.print(
        f"[bold]{escape(one['title'])}[/] {escape(one['measure'] + record)} ({escape(', '.join(one['clauses']))})"
    )
    out.print(f"  [bold]{escape(outcome_word(one['outcome']))}[/]{escape(_result(one))}")
    for condition in one["conditions"]:
        _print_condition(condition)
    if one["basis"] and one["outcome"] in ("eligible", "eligible_amount_pending"):
        facts = "；".join(f"{fact['label']} = {fact['shown']}" for fact in one["basis"])
        out.print(escape(f"  = {t('结果依据', 'computed from')}：{facts}"))
    for missing in one["missing"]:
        line = t(
            f"缺：{missing['label']}（{missing['fact']}）— {missing['owner_name']}：{missing['ask']}",
            f"missing: {missing['label']} ({missing['fact']}) — {missing['owner_name']}: {missing['ask']}",
        )
        out.print(escape(f"  {line}"))
    for blank in one["blank_params"]:
        owner = blank["owner_name"] or t("未指明", "not stated")
        line = t(
            f"文件未定：{blank['label']}（param.{blank['param']}）— 须由 {owner} 确定",
            f"left blank by the text: {blank['label']} (param.{blank['param']}) — to be set by {owner}",
        )
        out.print(escape(f"  {line}"))
    for row in one["stacking"]:
        out.print(escape(f"  {stacking_line(row)}"))


def yuan(amount: str) -> str:
    """An amount of the JSON document for people: ``25500.00`` → ``25,500.00 元``."""
    return t(f"{grouped(amount)} 元", f"{grouped(amount)} yuan")


def grouped(amount: str) -> str:
    """The same without the word: for columns that name their unit."""
    return format_fen(parse_yuan(amount))


def _result(one: dict[str, Any]) -> str:
    parts = []
    if one["amount"] is not None:
        parts.append(yuan(one["amount"]))
    if one["entitled"] is not None and one["entitled"] != one["amount"]:
        due = yuan(one["entitled"])
        parts.append(t(f"（按规则 {due}）", f"(by its rule {due})"))
    if one["outcome"] in ("eligible", "eligible_amount_pending"):
        parts += [one["date"]] if one["date"] else []
        labels, shown = one["output_labels"], one["outputs_shown"]
        parts += [f"{labels[name]} {shown[name]}" for name in one["outputs"] if name in shown]
    return " · ".join(["", *parts])


def _print_condition(condition: dict[str, Any]) -> None:
    facts = "；".join(f"{f['label']} = {f['shown']}" for f in condition["facts"])
    limits = "；".join(f"{p['label']} = {p['value']}" for p in condition["thresholds"])
    tail = " ｜ ".join(part for part in (facts, limits) if part)
    text = f"{condition['text']}（{condition['id']}）" + (f"  {tail}" if tail else "")
    console().print(f"  {_MARK[condition['result']]} {escape(text)}")


def stacking_line(row: dict[str, Any]) -> str:
    """One adjustment in words."""
    words = {
        "kept": ("保留", "kept"),
        "reduced": ("减为", "reduced to"),
        "dropped": ("不叠加，取消", "dropped: may not be added"),
    }
    by = {"received": t("已享受", "already received"), "cap": t("封顶", "cap")}.get(row["by"] or "", row["by"] or "")
    before, after = row["before"], row["after"]
    money = f" {yuan(before)} → {yuan(after)}" if before is not None and before != after else ""
    open_ = (
        t("（暂定：同组措施尚缺信息）", " (provisional: a competing measure lacks facts)") if row["provisional"] else ""
    )
    label = t("叠加规则", "stacking")
    return f"{label} {row['rule']}：{t(*words[row['effect']])}{money}{f' ← {by}' if by else ''}{open_}"
