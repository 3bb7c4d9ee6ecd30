"""Symbols: upright words, nothing that Markdown would take for its own, and no two alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.network import TIME, Covariate, Parameter, Signal, Species
from quotidian.network.symbols import symbols, upright


@pytest.mark.parametrize(
    ("symbol", "printed"),
    [
        ("L", "L"),
        ("L_0", "L_0"),
        ("DS", r"\mathrm{DS}"),
        ("LS_0", r"\mathrm{LS_0}"),
        ("CL_{ref}", r"\mathrm{CL_{ref}}"),
        ("k_{on}", r"k_{\mathrm{on}}"),
        ("V_{c,ref}", r"V_{c,\mathrm{ref}}"),
        ("k_{-1}", "k_{-1}"),
        ("L_0^{m}", "L_0^{m}"),
        ("C^*", r"C^{\ast}"),
        (r"\dot{a}_{iv}", r"\dot a_{\mathrm{iv}}"),
        (r"\bar{I}_0", r"\bar I_0"),
        (r"\mathrm{CRP}", r"\mathrm{CRP}"),
        (r"\vartheta", r"\vartheta"),
        (r"\text{half life}", r"\text{half life}"),
        (r"CL\,D", r"\mathrm{CL} D"),
    ],
)
def test_symbols_as_they_are_printed(symbol: str, printed: str) -> None:
    assert upright(symbol) == printed
    assert upright(printed) == printed


def test_names_with_one_symbol_are_told_apart_and_the_best_known_keeps_it() -> None:
    nouns = [
        Parameter("m.x", "1", symbol="T"),
        Signal("m.y", "1", symbol="T"),
        Covariate("z", "1", symbol="T"),
        Signal("shared", "1", symbol="T"),
        Species("temperature", "degC", symbol="T"),
        TIME,
    ]
    expected = {"temperature": "T", "shared": "T'", "z": "T''", "m.y": "T'''", "m.x": "T''''", "time": "t"}
    assert symbols(nouns) == expected
    assert symbols(reversed(nouns)) == expected


def test_a_prime_on_a_superscript_is_set_apart() -> None:
    """TeX refuses x^a' as a double superscript; {x^a}' is sound."""
    assert symbols([Signal("a", "1", symbol="x^*"), Signal("b", "1", symbol="x^*")])["b"] == r"{x^{\ast}}'"


def test_settled_symbols_stay_and_are_taken() -> None:
    found = symbols(
        [Parameter("m.w", "1", symbol="w"), Covariate("weight", "kg", symbol="v")], {"weight": "w"}
    )
    assert found == {"weight": "w", "m.w": "w'"}


@given(st.lists(st.sampled_from(["x", "y", "x'", "x^*", "DS"]), min_size=1, max_size=12))
def test_no_two_are_alike(wanted: list[str]) -> None:
    found = symbols(Parameter(f"m.p{i}", "1", symbol=symbol) for i, symbol in enumerate(wanted))
    assert len(set(found.values())) == len(wanted)
