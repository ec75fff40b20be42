"""Small libraries made of text, and the shipped one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zhida import catalog
from zhida.catalog import Library
from zhida.catalog.loader import shipped_dir

COMMON: dict[str, str] = {
    "common/package.yaml": "id: common\ntitle: {zh: 公共, en: Common}\n",
    "common/units.yaml": "units:\n  - {id: 元, zh: 元, en: yuan}\n  - {id: 人, zh: 人, en: people}\n"
    "  - {id: 日, zh: 日, en: days}\n  - {id: 月, zh: 个月, en: months}\n",
    "common/entities.yaml": "entities:\n  - {id: subject, zh: 市场主体, en: Business}\n"
    "  - {id: lease, zh: 租赁合同, en: Lease, record_key: lease_no}\n",
    "common/codes/subject.yaml": """
lists:
  - id: subject_type
    zh: 主体类型
    en: Type of business
    codes:
      - {code: individual, zh: 个体工商户, en: Individual business}
      - {code: enterprise, zh: 企业, en: Enterprise}
  - id: size
    zh: 企业规模
    en: Size class
    codes:
      - {code: medium, zh: 中型, en: Medium}
      - {code: small, zh: 小型, en: Small}
      - {code: micro, zh: 微型, en: Micro}
  - {id: industry, zh: 行业, en: Industry, file: industry.csv}
""",
    "common/codes/industry.csv": "code,zh,en,parent\nF,批发和零售业,Wholesale and retail,\n51,批发业,Wholesale,F\n"
    "52,零售业,,F\n5212,超级市场零售,Supermarkets,52\n",
    "common/jurisdictions.yaml": """
jurisdictions:
  - {code: "", name: {zh: 全国, en: China}, level: national, parent: null}
  - {code: "99", name: {zh: 甲省, en: Province A}, level: province, parent: ""}
  - {code: "9901", name: {zh: 甲市, en: City A}, level: city, parent: "99"}
  - {code: "990101", name: {zh: 甲县, en: County A}, level: county, parent: "9901"}
  - {code: "990101001", name: {zh: 城关镇, en: Chengguan}, level: town, parent: "990101"}
  - {code: "990102", name: {zh: 乙县, en: County B}, level: county, parent: "9901"}
  - {code: "990102001", name: {zh: 城关镇, en: Chengguan}, level: town, parent: "990102"}
""",
    "common/departments.yaml": "departments:\n  - {id: dept-hrss, zh: 人社局, en: Social security bureau}\n"
    '  - {id: dept-tax, zh: 税务局, en: Tax bureau, names: {"990101": 甲县税务局}}\n',
    "common/funds.yaml": "funds:\n  - {id: relief, zh: 纾困资金, en: Relief fund, owner: dept-hrss}\n",
    "common/stacking.yaml": "groups:\n  - {id: rent-months, zh: 租金, en: Rent, mode: exclusive, per: lease}\n",
    "common/vocabulary/facts.yaml": """
facts:
  - {key: place, zh: 登记地, en: place, kind: code, codes: jurisdiction, owner: dept-tax}
  - {key: subject_type, zh: 主体类型, en: type of business, kind: code, codes: subject_type, owner: dept-tax}
  - {key: size, zh: 企业规模, en: size class, kind: code, codes: size, owner: dept-tax}
  - {key: industry, zh: 行业, en: industry, kind: code, codes: industry, owner: dept-tax}
  - {key: insured_staff, zh: 参保职工人数, en: insured staff, kind: int, unit: 人, lo: 0, hi: 10000,
     owner: dept-tax, feed: insurance}
  - {key: suspended_days, zh: 停业天数, en: days closed, kind: int, unit: 日, lo: 0, hi: 400, owner: dept-hrss}
  - {key: outbreak_on, zh: 疫情公告日, en: day of outbreak, kind: date, optional: true, owner: dept-hrss}
  - {key: in_difficulty, zh: 经营困难, en: in difficulty, kind: bool, owner: dept-hrss}
  - {key: monthly_sales, zh: 各月销售额, en: monthly sales, kind: money, unit: 元, series: true, lo: 0, hi: 100000000,
     owner: dept-tax}
  - {key: rent_share, zh: 停业折算, en: share, kind: int, unit: 日, derive: "suspended_days + 1", owner: dept-hrss}
""",
    "common/vocabulary/lease.yaml": """
entity: lease
facts:
  - {key: lease.monthly_rent, zh: 月租金, en: monthly rent, kind: money, unit: 元/月, lo: 0, hi: 1000000,
     owner: dept-tax}
  - {key: lease.months_granted, zh: 已免月数, en: months granted, kind: int, unit: 月, lo: 0, hi: 36, owner: dept-tax}
""",
    "common/feeds/insurance.yaml": """
id: insurance
title: {zh: 社保, en: Insurance}
provider: dept-tax
frequency: monthly
due_day: 10
entity: subject
key: uscc
period: month
columns:
  - {name: uscc, header: [统一社会信用代码], type: uscc, required: true}
  - {name: month, header: [月份], type: month, required: true}
  - {name: insured_staff, header: [参保人数], type: int, unit: 人, fact: insured_staff, take: last}
""",
}

MEASURE = """id: stay-job
title: {zh: 留工补助, en: Stay-at-work subsidy}
summary: {zh: 每名参保职工 500 元, en: 500 yuan per insured employee}
document: plan-x
clauses: [X-1]
kind: subsidy
valid: {from: 2022-09-01, until: 2022-12-31}
unit: subject
lane: automatic
authority: dept-hrss
subject: {subject_type: [enterprise], size: [small, micro]}
params:
  unit_amount: {zh: 每人补助, en: per employee, unit: 元/人, value: 500, source: X-1}
  min_days: {zh: 最少天数, en: fewest days, unit: 日, value: 7, source: X-1}
conditions:
  - {id: closed, if: 'suspended_days >= param.min_days', zh: 停业满 7 日, en: closed for 7 days, clause: X-1}
amount: 'insured_staff * param.unit_amount'
fund: relief
compare: unit_amount
golden:
  - {name: twelve insured, place: "990101", as_of: 2022-09-15,
     facts: {subject_type: enterprise, size: small, suspended_days: 7, insured_staff: 12},
     expect: {outcome: eligible, amount: 6000.00}}
  - {name: six days, place: "990101", as_of: 2022-09-15,
     facts: {subject_type: enterprise, size: small, suspended_days: 6, insured_staff: 12},
     expect: {outcome: ineligible, failed: [closed]}}
"""

PLAN: dict[str, str] = {
    "plan-x/package.yaml": "id: plan-x\ntitle: {zh: 甲县方案, en: Plan of county A}\n",
    "plan-x/documents.yaml": """
documents:
  - id: plan-x
    title: {zh: 甲县方案, en: Plan of county A}
    issuer: dept-hrss
    level: county
    places: ["990101"]
    valid: {from: 2022-09-01, until: 2022-12-31}
""",
    "plan-x/clauses.yaml": "clauses:\n  - {id: X-1, title: Stay-at-work subsidy}\n",
    "plan-x/measures/stay-job.yaml": MEASURE,
}
FILES = COMMON | PLAN
MEASURE_FILE = "plan-x/measures/stay-job.yaml"

Write = Callable[[dict[str, str]], Path]
Load = Callable[..., Library]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files (path → text) below a fresh folder and return the folder."""
    count = 0

    def make(files: dict[str, str]) -> Path:
        nonlocal count
        count += 1
        root = tmp_path / f"packages{count}"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root

    return make


@pytest.fixture
def files() -> dict[str, str]:
    """The texts of the small library: a fresh copy to change."""
    return dict(FILES)


@pytest.fixture
def load(write: Write) -> Load:
    """Load the small library with files replaced or added (text) or taken away (None)."""

    def make(changes: dict[str, str | None] | None = None, *, rules: bool = True) -> Library:
        merged = FILES | (changes or {})
        return catalog.load(write({k: v for k, v in merged.items() if v is not None}), rules=rules)

    return make


@pytest.fixture
def edited(load: Load) -> Load:
    """Load the small library after replacing text: pairs (old, new) in the measure file, or in ``file``."""

    def make(*swaps: tuple[str, str], file: str = MEASURE_FILE, rules: bool = True) -> Library:
        text = FILES[file]
        for old, new in swaps:
            assert old in text, old
            text = text.replace(old, new)
        return load({file: text}, rules=rules)

    return make


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The small library, loaded once."""
    root = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return catalog.load(root)


@pytest.fixture(scope="session")
def shipped() -> Library:
    """The packages the program ships, rules checked."""
    return catalog.load(shipped_dir())
