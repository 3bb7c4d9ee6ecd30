"""The algebra of arrows, and what a law may be given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.errors import AuditError
from quotidian.network import NOTHING, Flux, Parameter, Species
from quotidian.network.flux import itself, label

a, b, c = (Species(name, "nM", symbol=name.upper()) for name in "abc")


def test_an_arrow_says_what_it_takes_and_makes() -> None:
    assert (2 * a + b >> c).net == {a: -2, b: -1, c: 1}
    assert (a + a >> c).net == {a: -2, c: 1}
    assert (NOTHING >> a).net == {a: 1}
    assert (a >> NOTHING).net == {a: -1}


def test_what_stands_on_both_sides_is_not_changed() -> None:
    arrow = a + b >> c + b
    assert arrow.net == {a: -1, c: 1}
    assert arrow.species == (a, b, c)


@given(st.integers(1, 9), st.integers(1, 9))
def test_counts_cancel_and_add(n: int, m: int) -> None:
    change = (n * a + b >> m * a + c).net
    assert change.get(a, 0) == m - n
    assert (change[b], change[c]) == (-1, 1)


def test_an_arrow_reads_as_it_is_written() -> None:
    assert str(2 * a + b >> c) == "2 a + b >> c"
    assert str(NOTHING >> a) == "nothing >> a"
    assert label(Flux(a >> b, itself, a)) == "flux 'itself' (a >> b)"


def test_a_name_without_symbol_is_its_own() -> None:
    assert Parameter("module.half_life", "h").latex == r"\text{half life}"
    assert Parameter("module.half_life", "h", symbol="t_{1/2}").latex == "t_{1/2}"


def test_a_law_with_the_wrong_number_of_arguments_is_refused() -> None:
    with pytest.raises(AuditError) as refusal:
        Flux(a >> b, itself, a, b)
    assert str(refusal.value) == (
        "Flux itself: its law takes 1 arguments but was given 2.\n"
        "  Wanted: x. Given: a, b.\n"
        "  Pass one argument for each name of the law, in order."
    )
