"""Tokens of the CEL subset, with their places; what the subset leaves out is refused by name.

Follows the lexical part of the CEL language definition: decimal and hexadecimal ints, single- and
triple-quoted strings, raw strings, escapes, ``//`` comments. Doubles, unsigned ints and bytes are
recognised only to be refused with a useful sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from zhida.rules.errors import Problem, RuleError, Span

MAX_BYTES: Final = 4096
TokenKind = Literal["int", "string", "name", "op", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is an operator or name as written; for strings the resolved value; for ints digits."""

    kind: TokenKind
    text: str
    span: Span


_SPACE: Final = re.compile(r"(?:[ \t\r\n\f]|//[^\n]*)+")
_OP: Final = re.compile(r"&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}]")
_NAME: Final = re.compile(r"[A-Za-z_\u3400-\u9fff][A-Za-z0-9_\u3400-\u9fff]*")
_BYTES: Final = re.compile(r"(?:[bB][rR]?|[rR][bB])(?=[\"'])")
_DOUBLE: Final = re.compile(r"\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?")
_INT: Final = re.compile(r"0[xX][0-9a-fA-F]+|\d+")
_QUOTE: Final = re.compile(r"([rR]?)(\"\"\"|'''|\"|')")
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))"
)
_SIMPLE: Final = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "?": "?",
    '"': '"',
    "'": "'",
    "`": "`",
}
_WIDE: Final = {
    "，": ",",
    "（": "(",
    "）": ")",
    "＞": ">",
    "＜": "<",
    "＝": "==",
    "！": "!",
    "？": "?",
    "：": ":",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "＋": "+",
    "－": "-",
    "×": "*",
    "＊": "*",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "。": ".",
    "．": ".",
    "【": "[",
    "】": "]",
    "、": ",",
    "；": "&&",
}


def fail(code: str, zh: str, en: str, span: Span) -> NoReturn:
    """Refuse the text at one place."""
    raise RuleError([Problem(code, zh, en, span)])


def tokenize(text: str) -> tuple[Token, ...]:
    """All tokens of ``text``, ending with an ``end`` token; RuleError at the first bad character."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        fail(
            "text-too-long",
            f"规则文本有 {size} 字节，上限 {MAX_BYTES}；请拆成几个条件或改用参数集合",
            f"the rule text has {size} bytes, at most {MAX_BYTES}; split it or use a parameter set",
            Span(0, len(text)),
        )
    tokens: list[Token] = []
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if at >= len(text):
            return (*tokens, Token("end", "", Span(len(text), len(text))))
        token = _token(text, at)
        tokens.append(token)
        at = token.span.end


def _token(text: str, at: int) -> Token:
    if match := _BYTES.match(text, at):
        fail(
            "bytes",
            '不支持字节串；代码请写成 "…"',
            'bytes are not supported; write codes as "…"',
            Span(at, match.end()),
        )
    if _QUOTE.match(text, at):
        return _string(text, at)
    if match := _NAME.match(text, at):
        return Token("name", match[0], Span(at, match.end()))
    if match := _DOUBLE.match(text, at):
        span = Span(at, match.end())
        fail(
            "double",
            f'不支持小数 {match[0]}：金额写 yuan("{match[0]}")，比例放入单位为 % 的参数并用 rate()',
            f'decimals such as {match[0]} are not supported: write yuan("{match[0]}") for money, or put a '
            "ratio into a parameter with unit % and use rate()",
            span,
        )
    if match := _INT.match(text, at):
        return _int(text, at, match.end())
    if match := _OP.match(text, at):
        return Token("op", match[0], Span(at, match.end()))
    return _bad_character(text, at)


def _int(text: str, at: int, end: int) -> Token:
    after = text[end : end + 1]
    if after in ("u", "U"):
        fail(
            "uint",
            "不支持无符号整数，去掉末尾的 u",
            "unsigned ints are not supported; drop the final u",
            Span(at, end + 1),
        )
    if after == ".":
        fail(
            "double",
            "不支持小数；数字后不能有点",
            "decimals are not supported; no dot may follow a number",
            Span(at, end + 1),
        )
    if _NAME.match(text, end):
        fail(
            "bad-number",
            f"数字 {text[at:end]} 后紧跟文字，缺少运算符或空格",
            f"text follows the number {text[at:end]} directly; an operator is missing",
            Span(at, end + 1),
        )
    return Token("int", text[at:end], Span(at, end))


def _string(text: str, at: int) -> Token:
    match = _QUOTE.match(text, at)
    assert match is not None
    raw, quote = bool(match[1]), match[2]
    start = end = match.end()
    while not text.startswith(quote, end):
        if end >= len(text) or (len(quote) == 1 and text[end] in "\r\n"):
            fail(
                "unterminated-string",
                f"文本缺少结尾的引号 {quote}",
                f"the closing {quote} is missing",
                Span(at, min(end, len(text))),
            )
        end += 2 if text[end] == "\\" and not raw else 1
    body = text[start:end].replace("\r\n", "\n").replace("\r", "\n")  # as the C++ and Go CEL do
    value = body if raw else _unescape(body, start)
    return Token("string", value, Span(at, end + len(quote)))


def _unescape(body: str, start: int) -> str:
    pieces: list[str] = []
    at = 0
    while (slash := body.find("\\", at)) >= 0:
        pieces.append(body[at:slash])
        match = _ESCAPE.match(body, slash)
        char = _escaped(match) if match else None
        if match is None or char is None:
            fail(
                "bad-escape",
                f"不认识的转义 {body[slash : slash + 2]}，反斜杠本身写 \\\\",
                f"unknown escape {body[slash : slash + 2]}; write \\\\ for a backslash",
                Span(start + slash, start + slash + 2),
            )
        pieces.append(char)
        at = match.end()
    return "".join(pieces) + body[at:]


def _escaped(match: re.Match[str]) -> str | None:
    simple, x, u, big, octal = match.groups()
    if simple:
        return _SIMPLE[simple]
    point = int(octal, 8) if octal else int(x or u or big, 16)
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        return None
    return chr(point)


def _bad_character(text: str, at: int) -> NoReturn:
    char, span = text[at], Span(at, at + 1)
    if char in _WIDE:
        fail(
            "full-width",
            f"“{char}”是全角符号，请改用半角 {_WIDE[char]}",
            f"{char!r} is a full-width sign; write {_WIDE[char]}",
            span,
        )
    near = {"&": "&&", "|": "||", "=": "=="}.get(char)
    if near:
        fail(
            "bad-operator",
            f"单个 {char} 不是运算符，请写 {near}",
            f"a single {char} is no operator; write {near}",
            span,
        )
    fail("bad-character", f"不能识别的字符 {char!r}", f"unexpected character {char!r}", span)
