"""What people read on the command line: whole tables, amounts with separators and their unit."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from zhida.cli import base
from zhida.cli.case_text import print_answer, yuan


def _table() -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("measure", overflow="fold")
    for n in range(6):
        table.add_column(f"a long heading {n}", justify="right", no_wrap=True)
    table.add_row("a-measure-with-a-rather-long-name", *["11,108,412,345.00"] * 6)
    return table


def _terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    made = Console(highlight=False, force_terminal=True, width=width, file=io.StringIO())
    monkeypatch.setattr(base, "console", lambda: made)


def test_a_piped_table_has_every_row_on_one_line_and_nothing_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    base.show_table(_table())
    head, row = capsys.readouterr().out.splitlines()
    assert row.split() == ["a-measure-with-a-rather-long-name", *["11,108,412,345.00"] * 6]
    assert "…" not in head


@pytest.mark.parametrize("width", [20, 60, 90, 140])
def test_a_narrow_terminal_never_cuts_an_amount(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _terminal(monkeypatch, width)
    base.show_table(_table())
    shown = capsys.readouterr().out
    assert shown.count("11,108,412,345.00") == 6
    assert "…" not in shown


def test_amounts_for_people_have_separators_and_their_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIDA_LANG", "zh")
    assert (yuan("25500.00"), yuan("-1234567.05"), yuan("0.00")) == ("25,500.00 元", "-1,234,567.05 元", "0.00 元")
    monkeypatch.setenv("ZHIDA_LANG", "en")
    assert yuan("25500.00") == "25,500.00 yuan"


def test_an_answer_shows_its_amount_and_outputs_as_money(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHIDA_LANG", "zh")
    answer = {
        "title": "补助", "measure": "m", "record": None, "clauses": ["X-1"], "outcome": "eligible",
        "amount": "25500.00", "entitled": "30000.00", "date": None,
        "outputs": {"rest": "4500.00", "none": None}, "outputs_shown": {"rest": "4,500.00 元"},
        "output_labels": {"rest": "其余", "none": "无"},
        "conditions": [], "basis": [], "missing": [], "blank_params": [], "stacking": [],
    }  # fmt: skip
    print_answer(answer)
    shown = capsys.readouterr().out
    assert "25,500.00 元 · （按规则 30,000.00 元） · 其余 4,500.00 元" in shown
