"""Kinds of input on which programs are wrong without a word: the right value, or an honest failure."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from quotidian.engine import Tolerance
from quotidian.errors import InvalidInput, NotSolvable
from quotidian.interchange import from_sbml

EXACT = Tolerance(rtol=1e-10, atol=1e-11, first_step=1e-5, longest_step=0.5)
Sbml = Callable[[str], str]
Case = tuple[str, dict[str, Callable[[np.ndarray], np.ndarray]]]


def square_root_law(t: np.ndarray) -> np.ndarray:
    """h of t = -h^(1/2) 2 - 2 ln(1 - h^(1/2)), the solution of h' = 1 - h^(1/2) from 0."""
    grid = np.linspace(0.0, 0.999999, 400_001)
    return np.interp(t, -2 * grid - 2 * np.log1p(-grid), grid**2)


CASES: dict[str, Case] = {
    "slopes that are infinite at 0": (
        "h' = 1 - sqrt(h); h = 0; p' = 2*p^0.5 + 0.001; p = 0; q' = time^m; m = 0.5; q = 0",
        {
            "h": square_root_law,
            "q": lambda t: t**1.5 / 1.5,
        },
    ),
    "a reset to 0 in mid-run": (
        "h' = 1 - sqrt(h); h = 0.81; at (time >= 1): h = 0",
        {"h": lambda t: np.where(t >= 1, square_root_law(t - 1), np.nan)},
    ),
    "a root that runs dry": (
        "h' = piecewise(-sqrt(h), h > 0.0001, 0); h = 1",
        {"h": lambda t: np.where(t <= 1.9, (1 - t / 2) ** 2, 1e-4)},
    ),
    "selection does not cancel": (
        "A' = -min(A, 1e20); A = 1; B' = -max(B, -1e20); B = 1; C' = -piecewise(C, C < 1e20, 1e20);"
        "C = 1e-3; D := abs(A) - abs(-A)",
        {
            "A": lambda t: np.exp(-t),
            "B": lambda t: np.exp(-t),
            "C": lambda t: 1e-3 * np.exp(-t),
            "D": lambda t: 0 * t,
        },
    ),
    "a branch not in force does no harm": (
        "A' = piecewise(log(time - 1), time >= 2, 0); A = 0; x' = 1; x = -1;"
        "B := piecewise(sqrt(x), x >= 0, 0); C' = piecewise(1/x, x > 0.5, 0); C = 0",
        {
            "A": lambda t: np.where(t > 2, (t - 1) * np.log(np.maximum(t - 1, 1)) - (t - 2), 0),
            "B": lambda t: np.sqrt(np.maximum(t - 1, 0)),
            "C": lambda t: np.log(np.maximum(t - 1, 0.5) / 0.5),
        },
    ),
    "finite formulas with infinite derivatives": (
        "A' = 1/(1 + exp(-500*(time - 2))); A = 0; B' = tanh(400*(time - 1)); B = 0",
        {
            "A": lambda t: np.logaddexp(0, 500 * (t - 2)) / 500,
            "B": lambda t: (np.logaddexp(400 * (t - 1), -400 * (t - 1)) - 400) / 400,
        },
    ),
    "powers of any base": (
        "n = 2; m = 3; o = 0.01; x' = -1; x = 1; y := x^n; z := x^m; w := n^x; zero = 0; u := zero^o;"
        "v := zero^zero",
        {
            "y": lambda t: (1 - t) ** 2,
            "z": lambda t: (1 - t) ** 3,
            "w": lambda t: 2.0 ** (1 - t),
            "u": lambda t: 0 * t,
            "v": lambda t: 0 * t + 1,
        },
    ),
    "ends of conditions at the very instant": (
        "a := piecewise(1, time <= 2, 0); b := piecewise(1, time < 2, 0); c := piecewise(1, time >= 2, 0);"
        "d := piecewise(1, time > 2, 0); e = 0; f = 0; at (time > 2): e = 1; at (time >= 2): f = 1",
        {
            "a": lambda t: 1.0 * (t <= 2),
            "b": lambda t: 1.0 * (t < 2),
            "c": lambda t: 1.0 * (t >= 2),
            "d": lambda t: 1.0 * (t > 2),
            "e": lambda t: 1.0 * (t > 2),
            "f": lambda t: 1.0 * (t >= 2),
        },
    ),
    "events at the start": (
        "a = 0; at (time >= 0), t0=false: a = a + 1; b = 0; at (time >= 0), t0=true: b = 1; c = 0;"
        "at (time > 0), t0=false: c = 1",
        {"a": lambda t: 0 * t + 1, "b": lambda t: 0 * t, "c": lambda t: 1.0 * (t > 0)},
    ),
    "a comparison as a number": (
        "dose := 2*(time > 1)*(time < 2); A' = dose; A = 0; n := (A > 1.1) + 1",
        {"A": lambda t: 2 * np.clip(t - 1, 0, 1), "n": lambda t: 1.0 + (2 * np.clip(t - 1, 0, 1) > 1.1)},
    ),
    "a catalyst on both sides": (
        "J: G -> G + m; 2*G; m -> ; 0.1*m; G = 1; m = 0; K: 2 E -> E; 0.5*E; E = 4",
        {
            "G": lambda t: 0 * t + 1,
            "m": lambda t: 20 * (1 - np.exp(-0.1 * t)),
            "E": lambda t: 4 * np.exp(-0.5 * t),
        },
    ),
    "a volume by a rule of constants": (
        "compartment V; V := w*0.1; w = 70; species S in V; S = 5; S -> ; 0.1*S*V",
        {"S": lambda t: 5 * np.exp(-0.1 * t), "V": lambda t: 0 * t + 7},
    ),
    "constants and rates are outputs": (
        "compartment V; V = 2; species S in V; S = 5; J: S -> ; CL*S; CL = 0.4",
        {
            "CL": lambda t: 0 * t + 0.4,
            "J": lambda t: 2 * np.exp(-0.2 * t),
            "V": lambda t: 0 * t + 2,
        },
    ),
    "infinite and missing values that no rate reads": (
        "x' = -x; x = 1; k = inf; y := k*2; z := missing + 1; var missing; top := min(x, k)",
        {
            "x": lambda t: np.exp(-t),
            "y": lambda t: 0 * t + np.inf,
            "z": lambda t: 0 * t + np.nan,
            "top": lambda t: np.exp(-t),
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_value_is_right(case: str, sbml: Sbml) -> None:
    text, closed = CASES[case]
    times = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 4.0])
    outcome = from_sbml(sbml(text)).run(times, [*closed], EXACT)
    for name, course in closed.items():
        expected = np.asarray(course(times), dtype=float)
        known = np.isfinite(expected)
        assert outcome[name][0][known] == pytest.approx(expected[known], rel=2e-6, abs=2e-7), name
        if case.startswith("infinite"):
            assert outcome[name][0] == pytest.approx(expected, nan_ok=True), name


@pytest.mark.parametrize("end", [5.0, 29.29])
def test_an_instant_one_rounding_from_an_output_is_that_output(end: float, sbml: Sbml) -> None:
    imported = from_sbml(
        sbml("A = 1; at (time >= 29): A = 100; B = 0; at (time >= 0.3): B = 1; x' = 1; x = 0")
    )
    times = np.array([k * 0.1 for k in range(4)] + [29 * (1 - 2**-53), 29.29])  # 0.30000000000000004
    outcome = imported.run(times, ["A", "B"])
    assert list(outcome["B"][0]) == [0, 0, 0, 1, 1, 1]
    assert list(outcome["A"][0]) == [1, 1, 1, 1, 100, 100]


def test_a_root_of_a_negative_state_is_a_failure(sbml: Sbml) -> None:
    with pytest.raises(NotSolvable, match="could not be simulated beyond"):
        from_sbml(sbml("x' = -1; x = 1; y' = sqrt(x); y = 0")).run([0.0, 2.0], ["y"])


def test_conditions_without_width_are_a_failure(sbml: Sbml) -> None:
    with pytest.raises(NotSolvable, match="each branch leads back to the other"):
        from_sbml(sbml("x' = piecewise(-1, x > 1, 1); x = 0")).run([0.0, 2.0], ["x"])


def test_a_species_without_dimensions_is_a_concentration() -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">'
        '<listOfCompartments><compartment id="V" size="4" constant="true"/></listOfCompartments>'
        '<listOfSpecies><species id="X" compartment="V" initialAmount="8" hasOnlySubstanceUnits="false" '
        'boundaryCondition="false" constant="false"/></listOfSpecies>'
        '<listOfReactions><reaction id="R" reversible="false" fast="false"><listOfReactants>'
        '<speciesReference species="X" stoichiometry="1" constant="true"/></listOfReactants><kineticLaw>'
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><ci>X</ci></math></kineticLaw></reaction>'
        "</listOfReactions></model></sbml>"
    )
    outcome = from_sbml(text).run([0.0, 4.0], ["X"])
    assert outcome["X"][0] == pytest.approx([2.0, 2.0 * math.exp(-1.0)])


def test_a_long_flat_sum_is_read_and_one_without_end_is_refused() -> None:
    head = (
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">'
        '<listOfParameters><parameter id="x" value="0" constant="false"/></listOfParameters><listOfRules>'
        '<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><plus/>'
    )
    tail = "</apply></math></rateRule></listOfRules></model></sbml>"
    terms = "".join(f"<apply><sin/><cn>{k}</cn></apply>" for k in range(3000))
    outcome = from_sbml(f"{head}<ci>x</ci>{terms}{tail}").run([1.0], ["x"], tolerance=EXACT)
    total = math.fsum(math.sin(k) for k in range(3000))
    assert outcome["x"][0, 0] == pytest.approx(total * (math.e - 1.0), rel=1e-8)
    with pytest.raises(InvalidInput, match="more than 5,000 operands"):
        from_sbml(f"{head}{'<cn>1</cn>' * 160_000}{tail}")


@pytest.mark.filterwarnings("ignore:.*escape sequence:DeprecationWarning")
def test_an_encoding_cannot_hide_elements_from_the_check(tmp_path: Path) -> None:
    """libSBML ended the program at a depth that only the text, and not its bytes, had."""
    deep = r"\x3capply>\x3cminus/>" * 300 + "<cn>1</cn>" + r"\x3c/apply>" * 300
    text = (
        '<?xml version="1.0" encoding="unicode_escape"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">'
        '<listOfParameters><parameter id="x" value="0" constant="false"/></listOfParameters><listOfRules>'
        '<rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML">'
        f"{deep}</math></rateRule></listOfRules></model></sbml>"
    )
    file = tmp_path / "m.xml"
    file.write_text(text)
    with pytest.raises(InvalidInput, match="nested too deeply"):
        from_sbml(file)
    file.write_text(text.replace(deep, "<ci>x</ci>"))
    assert from_sbml(file).run([1.0], ["x"])["x"][0, 0] == 0.0


@pytest.mark.parametrize("encoding", ["hex", "no-such", "utf-16-le-broken", "big5"])
def test_an_encoding_that_cannot_be_read_is_refused(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "m.xml"
    file.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?><sbml/>'.encode())
    with pytest.raises(InvalidInput, match=r"cannot be read|not XML"):
        from_sbml(file)
