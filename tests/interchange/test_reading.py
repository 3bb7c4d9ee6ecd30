"""What a file says is what is solved: against closed forms, against libRoadRunner, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import libsbml
import numpy as np
import pytest

from quotidian.engine import Tolerance
from quotidian.errors import InvalidInput, UnknownName
from quotidian.interchange import from_sbml
from quotidian.network.audit import UNAUDITED, audit

EXACT = Tolerance(rtol=1e-11, atol=1e-12)
TIMES = np.array([0.0, 0.5, 1.0, 1.9, 2.0, 2.5, 3.0, 4.0, 5.5, 6.0, 8.0, 12.0])
Sbml = Callable[[str], str]


def by_hand(t: np.ndarray) -> dict[str, np.ndarray]:
    """The solution that the head of the file states."""
    treated = (5 * math.exp(-1.2) + 2) * np.exp(-0.4 * (np.minimum(t, 6) - 3) - 0.1 * np.maximum(t - 6, 0))
    a = np.where(t < 3, 5 * np.exp(-0.4 * t), treated)
    lost = 2 * (5 + np.where(t < 3, 0, 2) - a)
    return {
        "A": a,
        "B": 0.5 * lost / 4,
        "Z": np.minimum(t, 2) / 2,
        "C": 3 * np.exp(-0.1 * t),
        "D": 7 + np.sin(t),
        "total": np.where(t < 3, 10.0, 14.0),
        "larger": np.maximum(a, 0.5 * lost / 4),
        "source": np.full_like(t, 2.0),
        "A_0": np.full_like(t, 5.0),
        "k": np.where(t < 6, 0.4, 0.1),
    }


def test_the_small_model_follows_its_closed_form(two_spaces: Path, worst) -> None:
    imported = from_sbml(two_spaces)
    outcome = imported.run(TIMES, tolerance=EXACT)
    expected = by_hand(TIMES)
    assert set(expected) <= set(outcome.names)
    for name, values in expected.items():
        assert worst(outcome[name][0], values) < 1e-9, name


def test_the_small_model_follows_libroadrunner(two_spaces: Path, referee, worst) -> None:
    ids = ["[A]", "[B]", "Z", "C", "D", "total", "larger"]
    ours = from_sbml(two_spaces).run(TIMES, [i.strip("[]") for i in ids], EXACT)
    assert worst(ours.values[0], referee(two_spaces.read_text(), ids, TIMES)) < 1e-7


def test_other_values_are_followed_by_what_depends_on_them(two_spaces: Path, worst) -> None:
    imported = from_sbml(two_spaces, {"dose": 30.0, "feeding__k": 0.5})
    outcome = imported.run(np.array([0.0, 2.5, 4.0]), ["A", "A_0", "Z"], EXACT)
    assert outcome["A_0"][0, 0] == 15.0
    gained = (15 * math.exp(-1.2) + 4) * math.exp(-0.4)  # 1 + A_0 / 5
    assert worst(outcome["A"][0], [15.0, 15 * math.exp(-1.0), gained]) < 1e-9
    assert outcome["Z"][0, -1] == pytest.approx(2.0)


def test_things_are_found_by_id_by_name_and_by_place(two_spaces: Path) -> None:
    imported = from_sbml(two_spaces)
    assert [imported.observable(text) for text in ("A", "Drug", "Drug@Vessel")] == ["A"] * 3
    with pytest.raises(UnknownName, match=r"two_spaces has no 'Drag'\.\n  Did you mean 'Drug"):
        imported.observable("Drag")


def test_two_things_of_one_name_are_told_apart(sbml: Sbml) -> None:
    text = sbml('compartment c, d; species A in c, B in d; A = 1; B = 0; A is "X"; B is "X"; A -> B; A')
    with pytest.raises(UnknownName, match=r"'X' is ambiguous in .*\n  It could be A \(X@c\) or B \(X@d\)"):
        from_sbml(text).observable("X")


def test_an_imported_model_is_not_audited_for_units(two_spaces: Path) -> None:
    model = from_sbml(two_spaces).model
    assert not model.audited
    assert audit(model).warnings == (UNAUDITED,)


def test_the_unit_of_time_is_told(two_spaces: Path, sbml: Sbml) -> None:
    assert from_sbml(two_spaces).time_unit == "h"
    assert from_sbml(sbml("x' = -x; x = 1")).time_unit == "unit of time"


# ---- element by element: x runs from its start and is compared at 0, 1, ..., 4 with a closed form
CLOSED = {
    "rate rule": ("x' = -0.5*x; x = 2", lambda t: 2 * np.exp(-0.5 * t)),
    "time": ("x' = 2*time; x = 0", lambda t: t**2),
    "sine and cosine": ("x' = cos(time) - sin(time); x = 1", lambda t: np.sin(t) + np.cos(t)),
    "tan": ("x' = 0*x; x = tan(0.5)", lambda t: np.full_like(t, math.tan(0.5))),
    "tanh": (
        "x' = 0*x; x = tanh(0.5) + sinh(0.5) + cosh(0.5)",
        lambda t: 0 * t + math.tanh(0.5) + math.exp(0.5),
    ),
    "logarithms": ("x' = 0*x; x = ln(10) + log10(100)", lambda t: 0 * t + math.log(10) + 2),
    "root": ("x' = 0*x; k = 8; x = root(3, k)", lambda t: 0 * t + 2),
    "pi and e": ("x' = 0*x; x = pi + exponentiale", lambda t: 0 * t + math.pi + math.e),
    "number to a power": ("k = 3; x' = 2^k; x = 0", lambda t: 8 * t),
    "number to a state": ("y' = 1; y = 0; x := 2^y", lambda t: 2**t),
    "negative base, whole power": ("y' = 1; y = -2; x := y^3", lambda t: (t - 2) ** 3),
    "negative base, large power": ("y' = 0.1; y = -0.2; x := y^10", lambda t: (0.1 * t - 0.2) ** 10),
    "negative power": ("y' = 1; y = 1; x := y^(-9)", lambda t: (t + 1.0) ** -9),
    "circle of starts": ("y = x; x = z; z = 3; y' = 0*x; x' = 1", lambda t: t + 3),
    "start from a rule": ("k := 2*m; m = 3; x = k; x' = 0*x", lambda t: 0 * t + 6),
    "start at a piece": ("k = 1; x = piecewise(5, k > 0, 7); x' = 0*x", lambda t: 0 * t + 5),
    "abs": ("y' = 1; y = -2; x := abs(y)", lambda t: np.abs(t - 2)),
    "min and max": ("y' = 1; y = 0; x := min(max(y, 1), 3)", lambda t: np.clip(t, 1, 3)),
    "max of three": ("y' = 1; y = 0; x := max(1, y, 2.5)", lambda t: np.maximum(t, 2.5)),
    "positive part": ("y' = 1; y = -1.5; x := piecewise(y, y >= 0, 0)", lambda t: np.maximum(t - 1.5, 0)),
    "the larger": ("y' = 1; y = 0; x := piecewise(2, y < 2, y)", lambda t: np.maximum(t, 2)),
    "the smaller": ("y' = 1; y = 0; x := piecewise(2, y > 2, y)", lambda t: np.minimum(t, 2)),
    "pulse": ("x' = piecewise(3, time > 1 && time <= 2, 0); x = 0", lambda t: 3 * np.clip(t - 1, 0, 1)),
    "three pieces": (
        "x' = piecewise(1, time < 1, 2, time < 3, 5); x = 0",
        lambda t: np.minimum(t, 1) + 2 * np.clip(t - 1, 0, 2) + 5 * np.maximum(t - 3, 0),
    ),
    "pieces of time": (
        "x' = piecewise(time, 2*time - 1 < k, 0); k = 3; x = 0",
        lambda t: np.minimum(t, 2) ** 2 / 2,
    ),
    "constant condition": ("k = 1; x' = piecewise(2, k == 1, 7); x = 0", lambda t: 2 * t),
    "not, or, xor": (
        "x' = piecewise(1, !(time < 1) && xor(time > 3, time > 0), 0); x = 0",
        lambda t: np.clip(t - 1, 0, 2),
    ),
    "function of a function": (
        "function f(a) a*a end; function g(a, b) f(a) + b end; x' = g(2, 1); x = 0",
        lambda t: 5 * t,
    ),
    "rate of a reaction": ("S = 1; P = 0; J: S -> P; 0.5*S; x := J", lambda t: 0.5 * np.exp(-0.5 * t)),
    "boundary": ("$S -> x; 0.5*S; S = 2; x = 0", lambda t: t),
    "stoichiometry": ("3 S -> 2 x; 0.1; S = 9; x = 0", lambda t: 0.2 * t),
    "volume": (
        "compartment c; c = 4; species S in c, x in c; S = 8; x = 0; S -> x; c*0.5",
        lambda t: 0.5 * t,
    ),
    "amounts": (
        "compartment c; c = 4; substanceOnly species S in c, x in c; S = 8; x = 0; S -> x; 0.5",
        lambda t: 0.5 * t,
    ),
    "computed volume": ("compartment c; c = 2*k; k = 2; species x in c; x = 0; -> x; 8", lambda t: 2 * t),
    "event adds": ("x' = 1; x = 0; at time >= 1.5: x = x + 10", lambda t: t + 10 * (t > 1.5)),
    "event sets": ("x' = 1; x = 0; at time >= 1.5: x = 7", lambda t: np.where(t > 1.5, t + 5.5, t)),
    "event at 0": ("x' = 1; x = 0; at time >= 0, t0=false: x = 7", lambda t: t + 7),
    "no event at 0": ("x' = 1; x = 0; at time >= 0: x = 7", lambda t: t),
    "event computes": (
        "k = 3; x' = 1; x = 0; at time > k/2: x = x + 2*k - time",
        lambda t: t + 4.5 * (t > 1.5),
    ),
    "event switches": (
        "k = 1; x' = k; x = 0; at time > 2: k = k + 2",
        lambda t: t + 2 * np.maximum(t - 2, 0),
    ),
    "delay": (
        "x' = 1; x = 0; at 1 after time > 1.5, fromTrigger=false: x = x + 10",
        lambda t: t + 10 * (t > 2.5),
    ),
    "events at one instant": (
        "k = 1; x' = 0*x; x = 0; E: at time > 1.5: k = 5; F: at time > 1.5: x = x + k",
        lambda t: 1.0 * (t > 1.5),
    ),
    "priority": (
        "k = 1; x' = 0*x; x = 0; E: at time > 1.5, priority=1, fromTrigger=false: x = x + k;"
        "F: at time > 1.5, priority=2, fromTrigger=false: k = 5",
        lambda t: 5.0 * (t > 1.5),
    ),
    "a window rises twice": (
        "x' = 0*x; x = 0; at (time > 0.5 && time < 1) || time > 2.5: x = x + 1",
        lambda t: 1.0 * (t > 0.5) + (t > 2.5),
    ),
}


@pytest.mark.parametrize("case", CLOSED)
def test_an_element_does_what_it_says(case: str, sbml: Sbml, worst) -> None:
    text, closed = CLOSED[case]
    times = np.arange(5.0)
    outcome = from_sbml(sbml(text)).run(times, ["x"], EXACT)
    expected = np.asarray(closed(times), dtype=float)
    assert np.max(np.abs(outcome["x"][0] - expected)) < 1e-7 * max(1.0, np.max(np.abs(expected)))


def test_an_output_at_the_instant_of_an_event_is_after_it(sbml: Sbml) -> None:
    outcome = from_sbml(sbml("x' = 1; x = 0; at time >= 2: x = x + 10")).run([0.0, 1.0, 2.0], ["x"])
    assert outcome["x"][0] == pytest.approx([0.0, 1.0, 12.0])
    assert list(outcome.times) == [0.0, 1.0, 2.0]


def test_what_starts_at_nothing_has_a_scale(sbml: Sbml) -> None:
    model = from_sbml(sbml("A -> B; 0.1*A; A = 300; B = 0; x' = 0*x; x = 0")).model
    assert {s.name: s.usual[1] for s in model.species} == pytest.approx({"A": 300.0, "B": 3e-4, "x": 3e-4})


def test_what_is_left_aside_is_told(two_spaces: Path) -> None:
    text = two_spaces.read_text()
    assert from_sbml(text).warnings == ()
    sizeless = text.replace(
        'id="pool" name="Pool" spatialDimensions="3" size="4"', 'id="pool" spatialDimensions="3"'
    )
    assert from_sbml(sizeless).warnings == ("compartment 'pool' has no size; it is taken as 1",)


@pytest.mark.parametrize(("level", "version"), [(1, 2), (2, 1), (2, 4), (2, 5), (3, 1), (3, 2)])
def test_every_level_is_read(level: int, version: int, sbml: Sbml) -> None:
    text = sbml("model m() compartment c; c = 1; species A in c; A = 2; A -> ; k*A; k = 0.5; end")
    document = libsbml.readSBMLFromString(text)
    assert document.setLevelAndVersion(level, version, False)
    outcome = from_sbml(libsbml.writeSBMLToString(document)).run([0.0, 2.0], ["A"])
    assert outcome["A"][0] == pytest.approx([2.0, 2 / math.e])


def test_a_file_states_its_own_encoding(sbml: Sbml, tmp_path: Path) -> None:
    text = sbml('model m() compartment c; species A in c; A = 2; A is "Apfel"; A -> ; A; end')
    file = tmp_path / "m.xml"
    file.write_bytes(text.replace("UTF-8", "ISO-8859-1").replace("Apfel", "Äpfel").encode("latin-1"))
    assert from_sbml(file).labels["A"] == "Äpfel@c"


def test_values_that_cannot_be_set_are_refused(two_spaces: Path) -> None:
    with pytest.raises(UnknownName, match=r"two_spaces has no 'dosis'\.\n  Did you mean 'dose'"):
        from_sbml(two_spaces, {"dosis": 1.0})
    with pytest.raises(
        InvalidInput, match=r"'total' cannot be set to 1\.\n  A rule gives it at every instant"
    ):
        from_sbml(two_spaces, {"total": 1.0})
    with pytest.raises(InvalidInput, match="compartment 'vessel' cannot be set to -1"):
        from_sbml(two_spaces, {"vessel": -1.0})
    with pytest.raises(InvalidInput, match="'dose' cannot be set to nan"):
        from_sbml(two_spaces, {"dose": math.nan})
