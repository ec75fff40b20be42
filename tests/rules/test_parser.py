"""The grammar of the CEL subset: shapes, places, limits, and refusals that say what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhida.rules import Problem, RuleError, parse
from zhida.rules import syntax as s
from zhida.rules.lexer import MAX_BYTES
from zhida.rules.parser import MAX_DEPTH, MAX_LIST, MAX_NODES


def refusal(text: str) -> Problem:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def marked(text: str) -> str:
    where = refusal(text).where
    assert where is not None
    return text[where.start : where.end]


def test_spans_cover_each_piece_with_its_parentheses() -> None:
    text = "(a + b) * c >= 3 && has(d)"
    both = parse(text)
    assert isinstance(both, s.Logic)
    first, second = both.args
    assert text[first.span.start : first.span.end] == "(a + b) * c >= 3"
    assert text[second.span.start : second.span.end] == "has(d)"
    assert isinstance(first, s.Compare)
    assert isinstance(first.left, s.Product)
    assert text[first.left.left.span.start : first.left.left.span.end] == "(a + b)"


def test_and_binds_tighter_than_or_and_not_tighter_than_both() -> None:
    tree = parse("a || !b && c")
    assert isinstance(tree, s.Logic)
    assert tree.op == "||"
    inner = tree.args[1]
    assert isinstance(inner, s.Logic)
    assert inner.op == "&&"
    assert isinstance(inner.args[0], s.Not)


def test_a_long_sum_is_one_node_and_not_a_deep_tree() -> None:
    tree = parse(" + ".join(["a"] * 200))
    assert isinstance(tree, s.Sum)
    assert len(tree.terms) == 200


def test_the_smallest_int64_can_be_written() -> None:
    tree = parse("-9223372036854775808")
    assert isinstance(tree, s.IntLit)
    assert tree.value == -(2**63)


def test_dotted_names_are_one_name() -> None:
    tree = parse("lease . monthly_rent")
    assert isinstance(tree, s.Name)
    assert tree.name == "lease.monthly_rent"


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("a / 2", "division", "/"),
        ("a % 2", "modulo", "%"),
        ("a * 2.5", "double", "2.5"),
        ("a == null", "null", "null"),
        ("3u", "uint", "3u"),
        ('b"x" == a', "bytes", "b"),
        ("{a: 1}", "map", "{"),
        ("a[0]", "indexing", "["),
        ("months.exists(m, m > 3)", "macro", "exists"),
        ('name.startsWith("x")', "method", "startsWith"),
        ("a > 3 and b", "bad-operator", "and"),
        ("a = 3", "bad-operator", "="),
        ("a > 3 & b", "bad-operator", "&"),
        ("a ＞ 3", "full-width", "＞"),
        ("a > 3，", "full-width", "，"),
        ("a @ 3", "bad-character", "@"),
        ("3 < a < 5", "chained-comparison", "<"),
        ("a ? b ? 1 : 2 : 3", "nested-choice", "?"),
        ("while > 3", "reserved", "while"),
        ("a > ", "unexpected-end", ""),
        ("(a > 3", "unexpected-end", ""),
        ("a > 3)", "unexpected", ")"),
        ("a b", "unexpected", "b"),
        ("min(a, )", "unexpected", ")"),
        ("3days > a", "bad-number", "3d"),
        ("3.a", "double", "3."),
        ('a == "x', "unterminated-string", '"x'),
        ('a == "\\', "unterminated-string", '"\\'),
        (r'a == "\q"', "bad-escape", r"\q"),
        ("", "empty", ""),
        ("// nothing", "empty", ""),
        ("99999999999999999999", "int-range", "99999999999999999999"),
    ],
)
def test_what_the_subset_leaves_out_is_refused_at_its_place(text: str, code: str, part: str) -> None:
    problem = refusal(text)
    assert problem.code == code
    assert marked(text) == part
    assert problem.zh
    assert problem.en
    assert problem.zh != problem.en


def test_a_refused_division_says_how_to_write_a_share() -> None:
    problem = refusal("tax / 2")
    assert "rate(" in problem.zh
    assert "rate(" in problem.en


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" * (MAX_BYTES + 1), "text-too-long"),
        ("'" + "字" * (MAX_BYTES // 3) + "'", "text-too-long"),
        ("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH, "too-deep"),
        ("!" * (MAX_DEPTH + 1) + "a", "too-deep"),
        ("-" * (MAX_DEPTH + 2) + "a", "too-deep"),
        (" * ".join(["a"] * (MAX_DEPTH + 1)), "too-deep"),
        ("a ? b : " * (MAX_DEPTH + 1) + "c", "too-deep"),
        ("+".join(["a"] * (MAX_NODES + 1)), "too-large"),
        ("a in [" + ",".join(["1"] * (MAX_LIST + 1)) + "]", "list-too-long"),
    ],
)
def test_texts_beyond_the_limits_are_refused(text: str, code: str) -> None:
    assert refusal(text).code == code


def test_texts_at_the_limits_are_accepted() -> None:
    parse("(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1))
    parse("+".join(["a"] * (MAX_NODES - 1)))
    parse("a in [" + ",".join(["1"] * MAX_LIST) + "]")


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(
                [
                    "a",
                    "lease.x",
                    "3",
                    "'x'",
                    "(",
                    ")",
                    "[",
                    "]",
                    "&&",
                    "||",
                    "!",
                    "-",
                    "+",
                    "*",
                    "/",
                    "?",
                    ":",
                    ",",
                    "==",
                    "<",
                    "in",
                    "has(",
                    ".",
                    "{",
                    "null",
                    "true",
                    "\\",
                    '"',
                    "'''",
                    "r'",
                    "0x",
                    "1e3",
                    "//",
                    "\n",
                ]
            ),
            max_size=30,
        ).map(" ".join),
    )
)
def test_any_text_is_parsed_or_refused_with_a_place_inside_it(text: str) -> None:
    try:
        parse(text)
    except RuleError as error:
        (problem,) = error.problems
        assert problem.where is not None
        assert 0 <= problem.where.start <= problem.where.end <= len(text)
        assert problem.zh
        assert problem.en
