"""Precedence-climbing parser of the CEL subset.

Grammar and precedence are those of the CEL language definition, from weakest to strongest:
``?:``, ``||``, ``&&``, relations and ``in``, ``+ -``, ``* / %``, unary ``! -``, members and calls.
Constructs outside the subset are recognised and refused by name; the first syntax error ends parsing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final, Literal, NoReturn, cast, get_args

from zhida.rules import syntax as s
from zhida.rules.errors import Span
from zhida.rules.ir import CmpOp
from zhida.rules.lexer import Token, fail, tokenize
from zhida.rules.refusals import refuse_division, refuse_map, refuse_method, refuse_word

MAX_DEPTH: Final = 40
MAX_NODES: Final = 500
MAX_LIST: Final = 64
INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
_RELATIONS: Final = frozenset((*get_args(CmpOp), "in"))


@lru_cache(maxsize=4096)
def parse(text: str) -> s.Expr:
    """The syntax tree of one rule text; RuleError with the place of the first syntax problem."""
    parser = _Parser(tokenize(text))
    return parser.whole()


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.nodes = 0

    # -- tokens ---------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def is_op(self, *texts: str) -> bool:
        return self.token.kind == "op" and self.token.text in texts

    def next(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def expect(self, text: str, zh: str, en: str) -> Token:
        if not self.is_op(text):
            self.unexpected(zh, en)
        return self.next()

    def unexpected(self, zh: str, en: str) -> NoReturn:
        token = self.token
        if token.kind == "end":
            fail("unexpected-end", f"规则没有写完：{zh}", f"the rule ends too early: {en}", token.span)
        if self.is_op("/", "%"):
            refuse_division(token)
        if token.kind == "name":
            refuse_word(token)
        fail(
            "unexpected",
            f"“{token.text}”不应出现在这里：{zh}",
            f"{token.text!r} is not expected here: {en}",
            token.span,
        )

    # -- limits ---------------------------------------------------------------------------------

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            fail(
                "too-deep",
                f"嵌套超过 {MAX_DEPTH} 层，请拆成几个条件",
                f"nested deeper than {MAX_DEPTH}; split the rule into conditions",
                self.token.span,
            )

    def leave(self) -> None:
        self.depth -= 1

    def made(self, node: s.Expr) -> s.Expr:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            fail(
                "too-large",
                f"规则超过 {MAX_NODES} 个节点，请拆成几个条件",
                f"the rule has more than {MAX_NODES} nodes; split it",
                node.span,
            )
        return node

    # -- grammar --------------------------------------------------------------------------------

    def at_end(self) -> bool:
        return self.token.kind == "end"

    def whole(self) -> s.Expr:
        if self.at_end():
            fail("empty", "规则是空的", "the rule is empty", self.token.span)
        expr = self.expr()
        if not self.at_end():
            self.unexpected("这里应是运算符或结尾", "an operator or the end should follow")
        return expr

    def expr(self) -> s.Expr:
        self.enter()
        cond = self.logic("||")
        if self.is_op("?"):
            self.next()
            then = self.logic("||")
            if self.is_op("?"):
                fail("nested-choice", "嵌套的 ? : 请加括号", "put a nested ? : in parentheses", self.token.span)
            self.expect(":", "“? :”缺少冒号", "the ':' of '? :' is missing")
            other = self.expr()
            cond = self.made(s.Choice(_over(cond, other), cond, then, other))
        self.leave()
        return cond

    def logic(self, op: Literal["&&", "||"]) -> s.Expr:
        args = [self.logic("&&") if op == "||" else self.relation()]
        while self.is_op(op):
            self.next()
            args.append(self.logic("&&") if op == "||" else self.relation())
        if len(args) == 1:
            return args[0]
        return self.made(s.Logic(_over(args[0], args[-1]), op, tuple(args)))

    def relation(self) -> s.Expr:
        left = self.sum()
        if not self.at_relation():
            return left
        op = self.next().text
        right = self.sum()
        if self.at_relation():
            fail(
                "chained-comparison",
                "不能连写比较，请用 && 分开（如 a <= b && b <= c）",
                "comparisons cannot be chained; join them with && (a <= b && b <= c)",
                self.token.span,
            )
        span = _over(left, right)
        if op == "in":
            return self.made(s.Member(span, left, right))
        return self.made(s.Compare(span, cast(CmpOp, op), left, right))

    def at_relation(self) -> bool:
        return self.token.kind in ("op", "name") and self.token.text in _RELATIONS

    def sum(self) -> s.Expr:
        terms = [self.product()]
        signs: list[Literal["+", "-"]] = []
        while self.is_op("+", "-"):
            signs.append("+" if self.next().text == "+" else "-")
            terms.append(self.product())
        if not signs:
            return terms[0]
        return self.made(s.Sum(_over(terms[0], terms[-1]), tuple(terms), tuple(signs)))

    def product(self) -> s.Expr:
        left = self.unary()
        factors = 1
        while self.is_op("*", "/", "%"):
            if self.token.text != "*":
                refuse_division(self.token)
            factors += 1
            if factors + self.depth > MAX_DEPTH:
                self.depth = MAX_DEPTH
                self.enter()
            self.next()
            right = self.unary()
            left = self.made(s.Product(_over(left, right), left, right))
        return left

    def unary(self) -> s.Expr:
        if not self.is_op("!", "-"):
            return self.primary()
        sign = self.next()
        if sign.text == "-" and self.token.kind == "int":
            return self.int_literal(sign.span.start, "-")
        self.enter()
        arg = self.unary()
        self.leave()
        span = Span(sign.span.start, arg.span.end)
        return self.made(s.Not(span, arg) if sign.text == "!" else s.Neg(span, arg))

    def primary(self) -> s.Expr:
        token = self.token
        if token.kind == "int":
            return self.int_literal(token.span.start, "")
        if token.kind == "string":
            self.next()
            return self.no_member(self.made(s.StrLit(token.span, token.text)))
        if token.kind == "name":
            return self.no_member(self.name())
        if self.is_op("("):
            self.next()
            inner = self.expr()
            end = self.expect(")", "缺少右括号", "a closing parenthesis is missing").span.end
            return self.no_member(replace(inner, span=Span(token.span.start, end)))
        if self.is_op("["):
            return self.no_member(self.list_literal())
        if self.is_op("{"):
            refuse_map(token)
        if self.is_op("."):
            fail("leading-dot", "名称不能以点开头", "a name cannot begin with a dot", token.span)
        self.unexpected("这里应是名称、数字或括号", "a name, a number or a parenthesis should stand here")

    def int_literal(self, start: int, sign: str) -> s.Expr:
        token = self.next()
        value = int(sign + token.text, 16 if token.text[:2] in ("0x", "0X") else 10)
        span = Span(start, token.span.end)
        if not INT_MIN <= value <= INT_MAX:
            fail("int-range", f"整数 {value} 超出 64 位范围", f"the int {value} does not fit in 64 bits", span)
        return self.no_member(self.made(s.IntLit(span, value)))

    def name(self) -> s.Expr:
        first = self.next()
        if first.text in ("true", "false"):
            return self.made(s.BoolLit(first.span, first.text == "true"))
        refuse_word(first)
        if self.is_op("("):
            return self.call(first)
        text, end = first.text, first.span.end
        while self.is_op("."):
            self.next()
            part = self.token
            if part.kind != "name" or part.text in ("true", "false", "null", "in"):
                self.unexpected("点后应是名称", "a name should follow the dot")
            self.next()
            if self.is_op("("):
                refuse_method(part)
            text, end = f"{text}.{part.text}", part.span.end
        return self.made(s.Name(Span(first.span.start, end), text))

    def call(self, name: Token) -> s.Expr:
        args, end = self.items("(", ")")
        return self.made(s.Call(Span(name.span.start, end), name.text, args, name.span))

    def list_literal(self) -> s.Expr:
        start = self.token.span.start
        items, end = self.items("[", "]")
        span = Span(start, end)
        if len(items) > MAX_LIST:
            fail(
                "list-too-long",
                f"列表有 {len(items)} 项，上限 {MAX_LIST}；请改用参数集合（in param.名称）",
                f"the list has {len(items)} items, at most {MAX_LIST}; use a parameter set (in param.name)",
                span,
            )
        return self.made(s.ListLit(span, items))

    def items(self, opening: str, closing: str) -> tuple[tuple[s.Expr, ...], int]:
        assert self.next().text == opening
        found: list[s.Expr] = []
        while not self.is_op(closing):
            found.append(self.expr())
            if not self.is_op(","):
                break
            self.next()
            if opening == "(" and self.is_op(closing):
                self.unexpected("逗号后应还有一个参数", "another argument should follow the comma")
        end = self.expect(closing, f"缺少 {closing}", f"a closing {closing} is missing")
        return tuple(found), end.span.end

    def no_member(self, expr: s.Expr) -> s.Expr:
        """Refuse what CEL allows after a value and the subset does not: ``[i]``, ``.field``, ``{…}``."""
        if self.is_op("["):
            fail(
                "indexing",
                "不支持下标 [ ]；按月数据请用 sum_months 或 count_months",
                "indexing [ ] is not supported; use sum_months or count_months for months",
                self.token.span,
            )
        if self.is_op("{"):
            refuse_map(self.token)
        if self.is_op("."):
            follow = self.tokens[self.at + 1]
            if follow.kind == "name" and self.tokens[self.at + 2].text == "(":
                refuse_method(follow)
            fail(
                "member",
                "点只能用在名称里（如 lease.area、param.limit）",
                "a dot is only allowed inside names (lease.area, param.limit)",
                self.token.span,
            )
        return expr


def _over(first: s.Expr, last: s.Expr) -> Span:
    return Span(first.span.start, last.span.end)
