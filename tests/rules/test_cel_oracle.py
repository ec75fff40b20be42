"""Rules in plain CEL mean what Google's C++ CEL says, when missing facts are left out.

Unknown here is an error there (the variable has no value); CEL absorbs such an error exactly where
Kleene logic absorbs unknown.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.rules import strategies as ours

from zhida.rules import expression
from zhida.rules.evaluate import trace

cel = pytest.importorskip("cel_expr_python.cel", reason="the C++ CEL is not installed")

_KINDS = {"bool": cel.Type.BOOL, "int": cel.Type.INT, "money": cel.Type.INT, "code": cel.Type.STRING}
ENV = cel.NewEnv(variables={key: _KINDS[ours.VOCABULARY.facts[key].kind] for key in ours.NATIVE_KEYS})
NATIVE_FACTS = ours.fact_sets(ours.NATIVE_KEYS)


def by_cel(text: str, facts: dict[str, Any]) -> Any:
    """CEL's value, or None where it fails for lack of a value."""
    value = ENV.compile(text).eval(data=facts)
    if value.type() == cel.Type.ERROR:
        assert "No value" in str(value.value())
        return None
    return value.plain_value()


def by_us(text: str, facts: dict[str, Any]) -> Any:
    return trace(expression(text, ours.VOCABULARY, at=ours.AS_OF), facts).value


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(ours.native_truths(), NATIVE_FACTS)
@example("on_list || insured_staff > 3", {"on_list": True})
@example("on_list && insured_staff > 3", {"on_list": False})
@example("on_list ? insured_staff > 3 : true", {})
@example('size != "small"', {})
def test_conditions_agree_with_cel_on_true_false_and_unknown(text: str, facts: dict[str, Any]) -> None:
    assert by_us(text, facts) is by_cel(text, facts)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(ours.native_counts(), ours.native_counts(("score",)), ours.native_counts(("tax_paid", "balance"))),
    NATIVE_FACTS,
)
def test_numbers_agree_with_cel(text: str, facts: dict[str, Any]) -> None:
    assert by_us(text, facts) == by_cel(text, facts)
