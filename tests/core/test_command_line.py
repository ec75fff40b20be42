import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError

from zhida.cli import base
from zhida.cli import main as zhida


@click.command()
@base.json_option
@click.option("--how", default="well")
def sample(as_json: bool, how: str) -> None:
    errors = {
        "fail": lambda: base.fail(base.MISSING, "没有快照。", "No snapshot."),
        "interrupt": lambda: _raise(KeyboardInterrupt()),
        "fault": lambda: _raise(ZeroDivisionError("91330300MA2XXXX123")),
        "database": lambda: _raise(OperationalError("connection refused\nmore")),
    }
    errors.get(how, lambda: None)()
    with base.progress(3, "做事", "Working") as bar:
        bar.advance(3)
    base.emit({"done": True}, as_json=as_json, human=lambda: click.echo("done"))


def _raise(error: BaseException) -> None:
    raise error


def run(*words: str, lang: str = "en", home: Path | None = None) -> Result:
    group = base.LazyGroup({"sample": (f"{__name__}:sample", "例", "sample")})
    group.get_command = lambda ctx, name: sample if name == "sample" else None  # type: ignore[method-assign]
    env = {"ZHIDA_LANG": lang, "ZHIDA_DEBUG": None} | ({"ZHIDA_HOME": str(home)} if home else {})
    return CliRunner(env=env).invoke(group, list(words))


def test_a_command_that_succeeds_exits_with_0_and_prints_for_people_or_programs() -> None:
    assert (run("sample").exit_code, run("sample").stdout) == (0, "done\n")
    assert json.loads(run("sample", "--json").stdout) == {"done": True}


@pytest.mark.parametrize(
    ("how", "code", "zh", "en"),
    [
        ("fail", 3, "没有快照。", "No snapshot."),
        ("interrupt", 130, "已中断", "Interrupted"),
        ("database", 4, "数据库不可用", "database is unavailable: connection refused"),
    ],
)
def test_each_way_of_ending_has_its_code_and_one_line_in_the_users_language(
    how: str, code: int, zh: str, en: str
) -> None:
    for lang, text in (("zh", zh), ("en", en)):
        ended = run("sample", "--how", how, lang=lang)
        assert ended.exit_code == code
        assert text in ended.stderr
        assert ended.stdout == ""
        assert len(ended.stderr.strip().splitlines()) == 1


def test_with_json_an_error_is_json_too() -> None:
    ended = run("sample", "--how", "fail", "--json")
    assert json.loads(ended.stderr) == {"error": {"code": 3, "zh": "没有快照。", "en": "No snapshot."}}


def test_an_unexpected_error_shows_no_trace_but_names_the_file_that_holds_it(tmp_path: Path) -> None:
    ended = run("sample", "--how", "fault", home=tmp_path)
    assert ended.exit_code == 70
    assert "Traceback" not in ended.stderr
    assert "91330300MA2XXXX123" not in ended.stderr
    (report,) = (tmp_path / "log").glob("crash-*.txt")
    assert str(report) in ended.stderr
    assert "ZeroDivisionError" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_wrong_usage_exits_with_2() -> None:
    assert run("nothing-of-the-kind").exit_code == 2
    assert run("sample", "--wrong").exit_code == 2


@pytest.mark.parametrize(
    ("env", "chosen"),
    [
        ({}, "zh"),
        ({"LANG": "C"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "ZHIDA_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB"}, "en"),
    ],
)
def test_the_language_follows_the_locale(env: dict[str, str], chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZHIDA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert base.language() == chosen


def test_every_command_named_in_the_help_exists() -> None:
    assert isinstance(zhida, base.LazyGroup)
    context = click.Context(zhida)
    missing = [name for name in zhida.list_commands(context) if zhida.get_command(context, name) is None]
    assert missing == []
