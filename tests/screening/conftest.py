"""Small counties taken in through the product's own imports, screened once per module and rolled back."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import transaction
from stdnum.cn import uscc

from zhida.core.paths import packages_dir

AS_OF = dt.date(2022, 9, 30)
SUBJECTS = 150


@dataclass(frozen=True)
class County:
    """home: its ZHIDA_HOME; run: the screening of 2022-09-30 (None when not screened)."""

    home: Path
    run: Any = None


@contextmanager
def _rolled_back(blocker: Any, home: Path) -> Iterator[None]:
    """Everything inside happens in one transaction that never commits, in a ZHIDA_HOME of its own."""
    with pytest.MonkeyPatch.context() as patch, blocker.unblock(), transaction.atomic():
        patch.setenv("ZHIDA_HOME", str(home))
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """150 synthetic subjects with all their feeds, screened."""
    home = tmp_path_factory.mktemp("county")
    with _rolled_back(django_db_blocker, home):
        yield County(home, _load(home))


def _load(home: Path) -> Any:
    from zhida.catalog.publishing import publish
    from zhida.exchange.definitions import of_library
    from zhida.exchange.feeds import REGISTRY
    from zhida.exchange.import_feed import Options, import_feed
    from zhida.exchange.import_registry import import_registry
    from zhida.screening.run import screen
    from zhida.synthetic.demo import write

    library = publish(packages_dir()).library
    definitions = of_library(library)
    files = write(home / "files", definitions, subjects=SUBJECTS, seed=11)
    import_registry(files[REGISTRY], definitions)
    for name, path in files.items():
        if name != REGISTRY:
            import_feed(name, path, definitions, Options(replace=True))
    return screen(AS_OF)


def code(number: int) -> str:
    """A right unified code of the demonstration county."""
    body = f"91990101MA{number:07d}"
    return body + uscc.calc_check_digit(body + "0")


FIRMS = 14
INSURED = 100
Rows = list[Sequence[object]]


def firm_files(folder: Path) -> dict[str, Path]:
    """Files of 14 firms of 100 insured employees each, as departments send them.

    1-10 have the stay-at-work subsidy coming, 11 stood still for 6 days only, of 12 nobody knows for how
    long, 13 is large, 14 is unknown to every feed but the registry. 2's name looks like a formula.
    """
    folder.mkdir()
    names = {n: f"示范县第{n}商行" for n in range(1, FIRMS + 1)} | {2: '=HYPERLINK("http://x";"领钱")'}
    town = {n: f"99010100{1 + n % 2}" for n in names}
    heads: dict[str, Rows] = {
        "registry": [("统一社会信用代码", "企业名称", "成立日期", "主体类别代码", "所在区划代码", "行业代码")],
        "size-list": [("统一社会信用代码", "名单日期", "企业规模")],
        "social-insurance": [("统一社会信用代码", "费款所属月份", "参保人数")],
        "epidemic": [("统一社会信用代码", "统计月份", "所在县区疫情天数", "最近疫情公告日", "无法正常生产经营天数")],
        "employment": [("统一社会信用代码", "统计月份", "从业人数", "已领留工培训补助")],
    }
    for n in names:
        heads["registry"].append((code(n), names[n], "2015-03-01", "enterprise", town[n], "5211"))
        if n == FIRMS:
            continue
        days = {11: "6", 12: ""}.get(n, "7")
        heads["size-list"].append((code(n), "2022-07-01", "大" if n == 13 else "小"))
        heads["social-insurance"].append((code(n), "2022-09", INSURED))
        heads["epidemic"].append((code(n), "2022-09", 9, "2022-08-20", days))
        heads["employment"].append((code(n), "2022-09", INSURED, "否"))
    found = {}
    for name, rows in heads.items():
        found[name] = folder / f"{name}.csv"
        with found[name].open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return found


@pytest.fixture(scope="module")
def firms(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The 14 firms of ``firm_files``, imported by command, not screened yet."""
    home = tmp_path_factory.mktemp("firms")
    with _rolled_back(django_db_blocker, home):
        for words in firm_commands(firm_files(home / "inbox")):
            ran = zhida_command(*words)
            assert ran.exit_code in (0, 1), ran.output
        yield County(home)


@pytest.fixture(scope="module")
def screened(firms: County) -> Any:
    """What ``zhida screen`` answered for the fourteen firms."""
    ran = zhida_command("screen", "--as-of", "2022-09-30", "--json")
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def firm_commands(files: dict[str, Path]) -> list[tuple[str, ...]]:
    """The commands that publish the shipped packages and take the files in."""
    feeds = [("import", "feed", name, str(path), "--replace") for name, path in files.items() if name != "registry"]
    return [("catalog", "publish", str(packages_dir())), ("import", "registry", str(files["registry"])), *feeds]


def zhida_command(*words: object, lang: str = "zh") -> Result:
    """Run a command in this process and this transaction."""
    from zhida.cli import main

    return CliRunner(env={"ZHIDA_LANG": lang, "COLUMNS": "200"}).invoke(main, [str(word) for word in words])


@pytest.fixture
def zhida() -> Callable[..., Result]:
    return zhida_command
