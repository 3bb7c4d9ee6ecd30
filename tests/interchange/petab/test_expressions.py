"""PEtab's mathematics: precedence, truth as a number, functions, and what is no expression."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.errors import InvalidData
from quotidian.interchange.petab.expressions import calculated

VALUES = {
    "-2^2": -4.0, "2^3^2": 512.0, "2^-1": 0.5, "1 - 2 - 3": -4.0, "12 / 2 / 3": 2.0, "1 + 2*3": 7.0,
    "(1 + 2)*3": 9.0, "1e3 + .5": 1000.5, "--3": 3.0, "3 + true": 4.0, "!0": 1.0, "!!7": 1.0,
    "true || false && false": 0.0, "true || (false && false)": 1.0, "1 < 2 && 2 < 1": 0.0, "2 == 2.0": 1.0,
    "piecewise(1, false, 2, true, 3)": 2.0, "max(1, 3)": 3.0, "min(1, 3)": 1.0, "pow(2, 5)": 32.0,
    "log(exp(2))": 2.0, "ln(exp(2))": 2.0, "log2(8)": 3.0, "log10(100)": 2.0, "log(0)": -math.inf,
    "sign(-3)": -1.0, "sign(0)": 0.0, "abs(-2)": 2.0, "sqrt(9)": 3.0, "arctan(1)": math.pi / 4,
    "sinh(1)": math.sinh(1.0), "arccosh(2)": math.acosh(2.0), "cot(1)": 1 / math.tan(1.0), "inf": math.inf,
    "1/0": math.inf,
}  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_an_expression_has_its_value(text: str) -> None:
    assert calculated(text) == pytest.approx(VALUES[text], rel=1e-14, abs=1e-14)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is missing"), ("1 +", "is missing"), ("(1", "not closed"), ("1 2", "'2' is not expected"),
        ("1 $ 2", "'$ 2' cannot be read"), ("f(1)", "no function 'f'"), ("exp(1, 2)", "does not take 2"),
        ("piecewise(1, true)", "does not take 2"), ("a + 1", "It reads 'a'"), ("(" * 100 + "1", "levels"),
        ("-" * 100 + "1", "levels"), ("2^" * 100 + "1", "levels"), ("*1", "'*' is not expected"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        calculated(text)
    assert why in str(refusal.value)


@given(st.text(alphabet="12.e+-*/^()!&|<>=,a exp", max_size=30))
def test_no_text_is_a_crash(text: str) -> None:
    with suppress(InvalidData):
        assert isinstance(calculated(text), float)
