"""What ``zhida catalog format`` says: every key of every kind of file, read off the shapes that check them."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from rich.markup import escape
from rich.table import Table

from zhida.catalog.kinds import KINDS
from zhida.catalog.shapes.base import Shape
from zhida.cli.base import show_table, t

WORDS = {
    "str": ("文字", "text"),
    "int": ("整数", "whole number"),
    "bool": ("true/false", "true/false"),
    "date": ("日期", "date"),
    "Decimal": ("数", "number"),
    "Any": ("任意", "any"),
}


def describe(kind: str | None) -> list[dict[str, Any]]:
    """One entry per kind of file (or for the named kind): its place in a package and its keys."""
    return [
        {
            "kind": k.name,
            "file": k.pattern,
            "list": k.many or None,
            "shared": k.shared or None,
            "about": (k.shape.__doc__ or "").strip(),
            "keys": list(_keys(k.shape)),
        }
        for k in KINDS
        if kind in (None, k.name)
    ]


def kind_names() -> list[str]:
    return [k.name for k in KINDS]


def _keys(shape: type[Shape], prefix: str = "", depth: int = 0) -> Iterator[dict[str, Any]]:
    for name, field in shape.model_fields.items():
        key = prefix + (field.alias or name)
        inner = _inner(field.annotation)
        yield {"key": key, "required": field.is_required(), "form": _form(field.annotation)}
        if inner is not None and depth < 3:
            step = "[]." if _is_list(field.annotation) else ".*." if _is_map(field.annotation) else "."
            yield from _keys(inner, key + step, depth + 1)


def _inner(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _inner(arg))), None)


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is tuple or any(get_origin(a) is tuple for a in get_args(annotation))


def _is_map(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _form(annotation: Any) -> str:
    """The type in words: a choice lists its values, a list ends in ``…``."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _form(args[0])
    if origin is Literal:
        return " | ".join(str(a) for a in args if a != "")
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(form for a in args if a is not type(None) and (form := _form(a))))
    if origin is tuple:
        return f"[{_form(args[0])}, …]"
    if origin is dict:
        return f"{{{_form(args[0])}: {_form(args[1])}}}"
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return "{…}"
    return t(*WORDS.get(getattr(annotation, "__name__", "Any"), ("任意", "any")))


def print_described(entries: list[dict[str, Any]]) -> None:
    from zhida.cli.library import printer

    out = printer()
    for entry in entries:
        out.print(f"[bold]{entry['file']}[/]  ({entry['kind']})")
        out.print(entry["about"].splitlines()[0], markup=False)
        if entry["list"]:
            out.print(t(f"列表「{entry['list']}:」下每项：", f'Each item of the list "{entry["list"]}:":'))
        table = Table(box=None, pad_edge=False, show_header=False)
        for key in entry["keys"]:
            need = t("必填", "required") if key["required"] else ""
            table.add_row(escape(f"  {key['key']}"), need, escape(key["form"]))
        show_table(table)
        out.print()
