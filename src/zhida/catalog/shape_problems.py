"""Pydantic's findings about one file, said in our words with line, nearest key and remedy."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from zhida.catalog.problems import CatalogProblem, suggestion
from zhida.catalog.shapes.base import Shape

Said = tuple[str, str, str, str]  # zh, en, remedy_zh, remedy_en
Path = tuple[Any, ...]


def shape_problems(
    error: ValidationError,
    shape: type[Shape],
    data: Any,
    prefix: Path,
    file: str,
    line: Callable[[Path], int],
) -> list[CatalogProblem]:
    """Every finding of ``error`` about ``data`` (which stands at ``prefix`` in its file)."""
    found: dict[tuple[int, str], CatalogProblem] = {}
    for detail in error.errors(include_url=False):
        path = _real_path(data, detail["loc"])
        at = line(prefix + path)
        dotted = ".".join(str(step) for step in path)
        zh, en, remedy_zh, remedy_en = _say(detail, dotted, shape, path)
        problem = CatalogProblem(file, at, detail["type"].replace("_", "-"), zh, en, remedy_zh, remedy_en)
        found.setdefault((at, en), problem)
    return list(found.values())


def _real_path(data: Any, loc: tuple[int | str, ...]) -> Path:
    """The steps of pydantic's location that exist in the data (union tags and missing keys drop out)."""
    path: list[Any] = []
    for step in loc:
        in_map = isinstance(data, dict) and step in data
        in_list = isinstance(data, (list, tuple)) and isinstance(step, int) and step < len(data)
        if in_map or in_list:
            data = data[step]
            path.append(step)
    return tuple(path)


def known_keys(shape: type[Shape]) -> list[str]:
    """The keys a mapping of this shape may have, as written in YAML."""
    return [field.alias or name for name, field in shape.model_fields.items()]


def _shape_at(shape: type[Shape], path: Path) -> type[Shape] | None:
    """The shape that describes the mapping at ``path``, if a shape does."""
    here: type[Shape] | None = shape
    annotation: Any = shape
    for step in path:
        if here is not None and not isinstance(step, int):
            field = next((f for n, f in here.model_fields.items() if (f.alias or n) == step), None)
            if field is None:
                return None
            annotation = field.annotation
        here = _first_shape(annotation)
    return here


def _first_shape(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType, tuple, list, dict) or origin is not None:
        for arg in get_args(annotation):
            if found := _first_shape(arg):
                return found
    return None


def _say(detail: ErrorDetails, dotted: str, shape: type[Shape], path: Path) -> Said:
    kind, context, found = detail["type"], detail.get("ctx", {}), detail["input"]
    here = f"「{dotted}」" if dotted else "此处"
    here_en = f'"{dotted}"' if dotted else "this entry"
    if kind == "extra_forbidden":
        owner = _shape_at(shape, path[:-1])
        zh, en = suggestion(str(detail["loc"][-1]), known_keys(owner) if owner else ())
        return f"未知的键 {here}", f"unknown key {here_en}", zh, en
    if kind == "missing":
        key = str(detail["loc"][-1])
        return f"缺少「{key}」", f'"{key}" is missing', f"请补上「{key}」", f'add "{key}"'
    if kind == "literal_error":
        allowed = str(context.get("expected", "")).replace("'", "")
        zh, en = suggestion(str(found), [a for part in allowed.split(" or ") for a in part.split(", ")])
        return (
            f"{here} 的值「{found}」不在可选范围内",
            f"{here_en} has the value “{found}”, which is not allowed",
            zh,
            en,
        )
    if kind in _PLAIN:
        zh, en, remedy_zh, remedy_en = _PLAIN[kind]
        shown = {"here": here, "here_en": here_en, "found": _short(found), **context}
        return zh.format(**shown), en.format(**shown), remedy_zh.format(**shown), remedy_en.format(**shown)
    return (
        f"{here} 的值 {_short(found)} 不合要求",
        f"{here_en}: {detail['msg']} (found {_short(found)})",
        "格式见 zhida catalog format",
        "see zhida catalog format",
    )


def _short(value: Any) -> str:
    text = "（空）" if value is None else repr(value) if isinstance(value, (dict, list)) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


_WANT_TEXT: Said = (
    "{here} 应为文字，实为 {found}",
    "{here_en} must be text, found {found}",
    "请写成文字；数字代码请加引号",
    "write text; put codes made of digits in quotes",
)
_WANT_DATE: Said = (
    "{here} 应为日期，实为 {found}",
    "{here_en} must be a date, found {found}",
    "请写成 2022-09-01 的形式，不加引号",
    "write it as 2022-09-01, without quotes",
)
_WANT_LIST: Said = (
    "{here} 应为列表，实为 {found}",
    "{here_en} must be a list, found {found}",
    "请写成 [甲, 乙] 或每行一个「- 」",
    "write [a, b], or one “- ” per line",
)
_WANT_MAP: Said = (
    "{here} 应为键值结构，实为 {found}",
    "{here_en} must be a mapping, found {found}",
    "请写成 键: 值",
    "write key: value pairs",
)
_WANT_INT: Said = (
    "{here} 应为整数，实为 {found}",
    "{here_en} must be a whole number, found {found}",
    "请写整数",
    "write a whole number",
)
_WANT_NUMBER: Said = (
    "{here} 应为数，实为 {found}",
    "{here_en} must be a number, found {found}",
    "请写数字，不带单位",
    "write the number only, without a unit",
)
_PLAIN: dict[str, Said] = {
    "string_type": _WANT_TEXT,
    "string_too_short": ("{here} 为空", "{here_en} is empty", "请填写", "fill it in"),
    "string_pattern_mismatch": (
        "{here} 的值「{found}」写法不对",
        "{here_en} has the value “{found}”, which is not well formed",
        "标识只用小写字母、数字和 - _ .；区划代码只用数字",
        "ids: lower-case letters, digits, - _ .; division codes: digits",
    ),
    "date_type": _WANT_DATE,
    "date_from_datetime_inexact": _WANT_DATE,
    "date_from_datetime_parsing": _WANT_DATE,
    "int_type": _WANT_INT,
    "decimal_type": _WANT_NUMBER,
    "decimal_parsing": _WANT_NUMBER,
    "is_instance_of": _WANT_NUMBER,
    "bool_type": (
        "{here} 应为 true 或 false，实为 {found}",
        "{here_en} must be true or false, found {found}",
        "请写 true 或 false",
        "write true or false",
    ),
    "tuple_type": _WANT_LIST,
    "list_type": _WANT_LIST,
    "dict_type": _WANT_MAP,
    "model_type": _WANT_MAP,
    "model_attributes_type": _WANT_MAP,
    "too_short": (
        "{here} 至少要有 {min_length} 项",
        "{here_en} needs at least {min_length} item(s)",
        "请补充",
        "add at least one",
    ),
    "greater_than_equal": (
        "{here} 不能小于 {ge}，实为 {found}",
        "{here_en} must be at least {ge}, found {found}",
        "请改正数值",
        "correct the number",
    ),
    "less_than_equal": (
        "{here} 不能大于 {le}，实为 {found}",
        "{here_en} must be at most {le}, found {found}",
        "请改正数值",
        "correct the number",
    ),
    "unquoted_code": (
        "{here} 的代码 {found} 未加引号",
        "the code {found} in {here_en} is not in quotes",
        '请写成 "{found}"',
        'write "{found}"',
    ),
    "period_reversed": (
        "期间颠倒：从 {from} 到 {until}",
        "the period is reversed: from {from} until {until}",
        "止日不得早于起日",
        "the end must not be before the start",
    ),
    "value_or_values": (
        "{here} 应当且只能写 value 或 values 之一",
        "{here_en} needs exactly one of “value” and “values”",
        "文中未写明的写 value: null",
        "write value: null for what the text leaves blank",
    ),
    "empty_stacking": (
        "{here} 未写明叠加方式",
        "{here_en} names no way of stacking",
        "请写 group 或 once_per",
        "write group or once_per",
    ),
    "two_results": (
        "amount 与 date 只能写一个",
        "amount and date cannot both be given",
        "请把另一个写到 outputs",
        "move one of them to outputs",
    ),
    "cap_mode": (
        "cap 仅用于 mode: cap，且此时必填（现为 mode: {mode}）",
        "“cap” belongs to mode: cap and is required there (found mode: {mode})",
        "请改正 mode 或 cap",
        "correct mode or cap",
    ),
    "bad_parent": (
        "区划「{code}」：除全国外都要有 parent，全国不得有",
        "division “{code}”: every division but the nation has a parent, the nation none",
        "请补上或删去 parent",
        "add or remove parent",
    ),
}
