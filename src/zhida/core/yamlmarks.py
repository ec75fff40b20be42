"""Safe YAML that remembers the line of every value, refuses duplicate keys and keeps numbers exact."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 4_000_000
MAX_DEPTH = 60

Where = tuple[str | int, ...]


class YamlError(ValueError):
    """A file that cannot be read as data; ``line`` is 1-based (0 when the whole file is meant)."""

    def __init__(self, path: Path | str, line: int, zh: str, en: str) -> None:
        self.path, self.line, self.zh, self.en = str(path), line, zh, en
        super().__init__(f"{path}:{line}: {en}")


class MarkedTree:
    """Plain data (dict, list, str, int, Decimal, bool, date, None) and the line each part came from."""

    def __init__(self, path: Path | str, data: Any, lines: dict[Where, int]) -> None:
        self.path = path
        self.data = data
        self._lines = lines

    def line(self, where: Where = ()) -> int:
        """1-based line of the value at a path such as ``("conditions", 0, "if")``.

        A path that does not exist gives the line of its nearest existing parent: a missing key is
        reported where it should have stood.
        """
        while where and where not in self._lines:
            where = where[:-1]
        return self._lines.get(where, 1)


def load_yaml(path: Path) -> MarkedTree:
    """Read one YAML file. Raises YamlError with the line, and OSError when the file cannot be opened."""
    if path.stat().st_size > MAX_BYTES:
        raise YamlError(path, 0, "文件过大。", f"The file is larger than {MAX_BYTES} bytes.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError(path, 0, "文件不是 UTF-8 编码。", "The file is not UTF-8.") from error
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path | str = "<text>") -> MarkedTree:
    """Read YAML text; ``path`` is only for messages."""
    reader = _Reader(path)
    try:
        node = yaml.compose(text, Loader=_Loader)
        data = None if node is None else reader.read(node, (), 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = error.problem or error.context or ""
        raise YamlError(path, line, f"YAML 格式错误：{what}。", f"Not valid YAML: {what}.") from error
    except yaml.YAMLError as error:
        raise YamlError(path, 0, "YAML 格式错误：含不允许的字符。", f"Not valid YAML: {error}.") from error
    except RecursionError:
        raise YamlError(path, 0, "嵌套过深。", "Nested too deeply.") from None
    return MarkedTree(path, data, reader.lines)


_LOADER_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_LOADER_BASE):  # type: ignore[misc]
    """A safe loader with YAML 1.2's plain scalars: ``no``, ``on`` and ``08:30`` stay text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_INT = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9_]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

for _tag, _pattern, _first in (
    ("bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), "tTfF"),
    ("null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]),
    ("int", _INT, "-+0123456789"),
    ("float", _DECIMAL, "-+0123456789"),
    ("timestamp", _DATE, "0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))

del _tag, _pattern, _first


class _Reader:
    """Turns composed nodes into data, noting lines on the way."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.lines: dict[Where, int] = {}

    def read(self, node: yaml.Node, where: Where, depth: int) -> Any:
        line = node.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise YamlError(self.path, line, "嵌套过深。", "Nested too deeply.")
        if len(self.lines) > 200_000:
            raise YamlError(self.path, line, "内容过多。", "Too many values (aliases multiply them).")
        self.lines[where] = line
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if isinstance(node, yaml.MappingNode) and kind == "map":
            return self._mapping(node, where, depth)
        if isinstance(node, yaml.SequenceNode) and kind == "seq":
            return [self.read(item, (*where, i), depth + 1) for i, item in enumerate(node.value)]
        return self._scalar(node, kind)

    def _mapping(self, node: yaml.MappingNode, where: Where, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlError(self.path, line, "键须为文本。", "A key must be text.")
            key = key_node.value
            if key in result:
                raise YamlError(self.path, line, f"键“{key}”重复。", f"Key “{key}” appears twice.")
            result[key] = self.read(value_node, (*where, key), depth + 1)
            self.lines[(*where, key)] = line
        return result

    def _scalar(self, node: yaml.Node, kind: str) -> Any:
        value = node.value
        line = node.start_mark.line + 1
        try:
            if kind == "str":
                return value
            if kind == "null":
                return None
            if kind == "bool":
                return value.lower() == "true"
            if kind == "int":
                return int(value.replace("_", ""))
            if kind == "float":
                return Decimal(value.replace("_", ""))
            if kind == "timestamp":
                return dt.date.fromisoformat(value)
        except ValueError as error:
            raise YamlError(self.path, line, f"“{value}”不是有效的值。", f"“{value}”: {error}.") from error
        raise YamlError(self.path, line, f"不允许的标签“{node.tag}”。", f"The tag “{node.tag}” is not allowed.")
