"""What CEL has and the subset leaves out, refused by name with the way to write it instead."""

from __future__ import annotations

from typing import Final, NoReturn

from zhida.rules.lexer import Token, fail

RESERVED: Final = frozenset(
    (
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    )
)


def refuse_division(token: Token) -> NoReturn:
    fail(
        "division" if token.text == "/" else "modulo",
        f"不支持 {token.text}（各引擎结果不一致）；按比例计算请用 rate(数, 分子, 分母) 或 rate(数, param.比例)",
        f"{token.text} is not supported (engines disagree on it); use rate(x, num, den) or rate(x, param.ratio)",
        token.span,
    )


def refuse_map(token: Token) -> NoReturn:
    fail("map", "不支持 { } 映射和对象", "maps and messages { } are not supported", token.span)


def refuse_method(token: Token) -> NoReturn:
    if token.text in ("all", "exists", "exists_one", "map", "filter"):
        fail(
            "macro",
            f"不支持宏 {token.text}()；按月数据请用 sum_months 或 count_months",
            f"the macro {token.text}() is not supported; use sum_months or count_months",
            token.span,
        )
    fail(
        "method",
        f"不支持 .{token.text}() 这种写法，函数请写在前面：{token.text}(…)",
        f"method calls such as .{token.text}() are not supported; write {token.text}(…)",
        token.span,
    )


def refuse_word(token: Token) -> None:
    if token.text == "null":
        fail(
            "null",
            "没有 null：未知就是缺数据，不适用请用 has(名称) 判断",
            "there is no null: unknown means missing; ask has(name) whether a fact applies",
            token.span,
        )
    if token.text == "in":
        fail("unexpected", "“in”前缺少名称", "a name is missing before 'in'", token.span)
    if token.text in RESERVED:
        fail(
            "reserved",
            f"“{token.text}”是保留字，不能作名称",
            f"{token.text!r} is a reserved word and cannot be a name",
            token.span,
        )
    if token.text in ("and", "or", "not"):
        sign = {"and": "&&", "or": "||", "not": "!"}[token.text]
        fail("bad-operator", f"请把 {token.text} 写成 {sign}", f"write {sign} instead of {token.text}", token.span)
