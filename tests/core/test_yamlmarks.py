import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhida.core.yamlmarks import YamlError, load_yaml, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("1_000", 1000),
        ("2.50", Decimal("2.50")),
        ("2022-09-01", dt.date(2022, 9, 1)),
        ("true", True),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("0700", "0700"),
        ("08:30", "08:30"),
        ("1e3", "1e3"),
        ("2022-01", "2022-01"),
        ('"1"', "1"),
        ("3.5 亿", "3.5 亿"),
    ],
)
def test_plain_values_are_read_exactly_and_codes_stay_text(text: str, value: Any) -> None:
    found = parse_yaml(f"a: {text}").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_its_line() -> None:
    tree = parse_yaml("a: 1\nb:\n  - x: 1\n    y: 2\n  - 3\n")
    assert tree.line(("b", 0, "y")) == 4
    assert tree.line(("b", 1)) == 5
    assert tree.line(("b", 0, "missing")) == 3
    assert tree.line(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\na: 2", 2, "twice"),
        ("a: 1\nb: [", 3, "Not valid YAML"),
        ("a: !!python/object/apply:os.system [ls]", 1, "not allowed"),
        ("x: 1\na: 2022-02-30", 2, "2022-02-30"),
        ("a: &x [*x]", 1, "deep"),
        ("? [1]\n: 2", 1, "must be text"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(YamlError) as caught:
        parse_yaml(text)
    assert caught.value.line == line
    assert says in caught.value.en
    assert caught.value.zh


def test_aliases_cannot_be_used_to_blow_up_memory() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
    )
    with pytest.raises(YamlError, match="Too many"):
        parse_yaml(bomb)


def test_a_file_that_is_not_utf8_is_named_in_the_message(tmp_path: Path) -> None:
    file = tmp_path / "gbk.yaml"
    file.write_bytes("名称: 直达".encode("gbk"))
    with pytest.raises(YamlError, match="not UTF-8"):
        load_yaml(file)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "bom.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_yaml(file).data == {"a": 1}
