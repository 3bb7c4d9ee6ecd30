"""Values of the ledger replaced for one run."""

from __future__ import annotations

import pickle
from math import isclose

import pytest

from quotidian.errors import InvalidInput, LedgerError
from quotidian.evidence import NO_OVERLAY, Overlay, UnknownEntry
from quotidian.evidence.formula import Formula
from quotidian.evidence.overlay import entries, tied

EXPONENT = "biology.joints.exponent"


@pytest.mark.parametrize("name", tied())
def test_a_tied_entry_has_the_value_of_its_formula(name: str) -> None:
    values = {x: entries()[x].value for x in tied()[name].names}
    assert isclose(tied()[name](values), entries()[name].value, rel_tol=0.02)


def test_a_tied_entry_follows_its_argument_unless_it_is_named_itself() -> None:
    drive, gain = entries()["biology.innate_loop.drive"], "biology.innate_loop.gain_il1"
    moved = Overlay.of({gain: entries()[gain].value - 0.1})
    assert isclose(moved.value(drive), drive.value + 0.1)
    own = Overlay.of({gain: 0.3, "biology.innate_loop.drive": 0.5})
    assert own.value(drive) == 0.5
    assert NO_OVERLAY.value(drive) == drive.value


def test_an_overlay_is_a_value() -> None:
    one = Overlay.of({EXPONENT: 0.7, "drugs.tocilizumab.CL": 5.0})
    assert one == Overlay.of({"drugs.tocilizumab.CL": 5.0, EXPONENT: 0.7})
    assert hash(one) == hash(pickle.loads(pickle.dumps(one)))
    assert one.value(entries()[EXPONENT]) == 0.7
    assert isclose(one.value_in(entries()["drugs.tocilizumab.CL"], "L/day"), 5.0 * 0.024)


def test_unknown_names_and_values_are_refused() -> None:
    with pytest.raises(UnknownEntry, match="exponnt"):
        Overlay.of({"biology.joints.exponnt": 0.7})
    with pytest.raises(InvalidInput, match="nan"):
        Overlay.of({EXPONENT: float("nan")})


def test_a_formula_is_arithmetic_alone() -> None:
    assert Formula("-2 ** 2 + a.b.c / 4")({"a.b.c": 8.0}) == -2.0
    assert Formula("a.b * (a.b + c.d)").names == ("a.b", "c.d")
    for text in ("open('x')", "a.b if 1 else 2", "1 +", "a.b()"):
        with pytest.raises(LedgerError, match="formula"):
            Formula(text)
