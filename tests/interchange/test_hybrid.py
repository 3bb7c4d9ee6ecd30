"""Events, conditions, changing spaces and the rest of SBML's core, each against a closed form."""

from __future__ import annotations

import math
from collections.abc import Callable

import antimony
import libsbml
import numpy as np
import pytest

from quotidian.engine import Tolerance
from quotidian.errors import InvalidInput, NotSolvable
from quotidian.interchange import from_sbml

EXACT = Tolerance(rtol=1e-10, atol=1e-11, first_step=1e-5, longest_step=0.25)
TIMES = np.array([0.0, 0.4, 1.1, 1.9, 2.3, 3.1, 4.0])
Sbml = Callable[[str], str]
Closed = dict[str, Callable[[np.ndarray], np.ndarray]]

CASES: dict[str, tuple[str, Closed]] = {
    "a concentration with a rate of its own in a space that an event doubles": (
        "compartment C; C = 4; species S in C; S = 3; S' = 1; E: at (time >= 2): C = 2*C",
        {"S": lambda t: np.where(t < 2, 3 + t, 2.5 + (t - 2)), "C": lambda t: np.where(t < 2, 4.0, 8.0)},
    ),
    "an event on a state": (
        "x' = 1; x = 0; n = 0; at (x >= 1.5): x = 0, n = n + 1",
        {"x": lambda t: t % 1.5, "n": lambda t: t // 1.5},
    ),
    "an event on a rule on a state, and on what events change": (
        "x' = 1; x = 0; y := 2*x; k = 0; m = 0; at (y > 3): k = 1; at (k > 0.5): m = x",
        {"k": lambda t: 1.0 * (t > 1.5), "m": lambda t: 1.5 * (t > 1.5)},
    ),
    "two levels": (
        "x' = s; x = 0; s = 1; at (x > 1): s = -1; at (x < 0): s = 1",
        {"x": lambda t: 1 - np.abs(t % 2 - 1)},
    ),
    "an event on the sine of time": (
        "n = 0; at (sin(3*time) > 0.5): n = n + 1; x' = 1; x = 0",
        {"n": lambda t: np.floor((3 * t - math.pi / 6) / (2 * math.pi)) + 1},
    ),
    "events that scale, move and keep": (
        "x' = 0*x; x = 3; y' = 1; y = 0; k = 0; at (time > 1): x = x^2*y, k = x; at (time > 2): y = x",
        {
            "x": lambda t: np.where(t > 1, 9.0, 3.0),
            "k": lambda t: 3.0 * (t > 1),
            "y": lambda t: np.where(t > 2, 9.0 + t - 2, t),
        },
    ),
    "values of the instant at which it fired, or acts": (
        "x' = 1; x = 0; y = 0; z = 0; at 1 after (x > 1): y = x;"
        "at 1 after (x > 1), fromTrigger=false: z = x",
        {"y": lambda t: 1.0 * (t > 2), "z": lambda t: 2.0 * (t > 2)},
    ),
    "an event that is called off": (
        "x' = 1; x = 0; y = 0; z = 0; at 1 after (x > 1 && x < 1.5), persistent=false: y = 1;"
        "at 1 after (x > 1 && x < 1.5), persistent=true: z = 1",
        {"y": lambda t: 0 * t, "z": lambda t: 1.0 * (t > 2)},
    ),
    "priorities that are computed": (
        "x' = 1; x = 0; k = 0; low = 2; at (x > 1), priority=low, fromTrigger=false: k = k + 1, low = 5;"
        "at (x > 1), priority=3, fromTrigger=false: k = 10*k + 10",
        {"k": lambda t: 11.0 * (t > 1)},
    ),
    "delay, priority and persistence of events on states": (
        "x' = 1; x = 0; k = 1; at 0.5 after (x > 1), priority=1, fromTrigger=false: k = 2*k;"
        "at 0.5 after (x > 1), priority=5, fromTrigger=false: k = k + 3;"
        "at 1 after (x > 1 && x < 1.2), persistent=false: k = 100;"
        "at 0.2 after (k > 3.5 && k < 5), persistent=false: k = -1",
        {"k": lambda t: 1.0 + 7.0 * (t > 1.5)},  # (1 + 3) * 2; what waits is called off twice
    ),
    "several at once, each waiting its own time": (
        "n = 0; x' = 1; x = 0; at 0.5 after (x > 0.2 && x < 0.25 || x > 0.3), fromTrigger=false: n = n + 1",
        {"n": lambda t: 1.0 * (t > 0.7) + 1.0 * (t > 0.8)},
    ),
    "a jump at a state": (
        "x' = piecewise(1, x < 2, 0.5); x = 0; J: S -> P; piecewise(1, S > 2, 0.25); S = 3; P = 0",
        {
            "x": lambda t: np.where(t < 2, t, 2 + (t - 2) / 2),
            "S": lambda t: np.where(t < 1, 3 - t, 2 - (t - 1) / 4),
        },
    ),
    "doses by the remainder of time": (
        "A' = piecewise(10, rem(time, 1) < 0.1, 0); A = 0; n := floor(time); d := quotient(time, 1.5)",
        {
            "A": lambda t: np.floor(t) + 10 * np.minimum(t % 1, 0.1),
            "n": np.floor,
            "d": lambda t: np.floor(t / 1.5),
        },
    ),
    "a space that grows": (
        "compartment V; V = 2; V' = 0.1*V; species S in V; S = 3; species P in V; P = 0; S -> P; 0.5*S*V;"
        "at (time > 2): S = 1",
        {
            "S": lambda t: np.where(t > 2, np.exp(-0.6 * (t - 2)), 3 * np.exp(-0.6 * t)),
            "V": lambda t: 2 * np.exp(0.1 * t),
        },
    ),
    "a space that an event changes": (
        "compartment V; V = 2; species S in V; S = 3; species Q in V; Q = 1; S -> ; 0.1*V*S;"
        "at (time > 1): V = 6",
        {
            "S": lambda t: np.exp(-0.1 * t) * np.where(t > 1, 1.0, 3.0),
            "Q": lambda t: np.where(t > 1, 1 / 3, 1.0),
        },
    ),
    "an event on a space and on a concentration in it": (
        "compartment V; V = 2; species S in V; S = 3; at (time > 1): V = 4, S = 10",
        {"S": lambda t: np.where(t > 1, 5.0, 3.0)},
    ),
    "a space by a rule": (
        "compartment V; V := 2 + time; species S in V; S = 3",
        {"S": lambda t: 6 / (2 + t)},
    ),
    "computed and changing stoichiometry": (
        "n := time; n S -> P; 0.1; S = 5; P = 0; k = 2; k Q -> ; 0.1; Q = 5; at (time > 2): k = 4",
        {
            "S": lambda t: 5 - 0.05 * t**2,
            "P": lambda t: 0.1 * t,
            "Q": lambda t: 5 - 0.2 * t - 0.2 * np.maximum(t - 2, 0),
        },
    ),
    "rates of change": (
        "x' = -x; x = 1; y := rateOf(x); z = 0; at (rateOf(x) > -0.25): z = 1;"
        "compartment V; V = 1; V' = 0.5; species S in V; S = 2; u := rateOf(S)",
        {
            "y": lambda t: -np.exp(-t),
            "z": lambda t: 1.0 * (t > math.log(4)),
            "u": lambda t: -1.0 / (1 + 0.5 * t) ** 2,
        },
    ),
    "nothing moves": ("x = 1; y := 2*x + time; k = 0; at (time > 2): k = y", {"k": lambda t: 4.0 * (t > 2)}),
    "an event that turns back where it fired": (
        "x' = s; x = 2; s = -1; n = 0; at (x < 1): s = 1, n = n + 1; m = 0; at (x > 1.5): m = m + 1",
        {"x": lambda t: 1 + np.abs(t - 1), "n": lambda t: 1.0 * (t > 1), "m": lambda t: 1.0 * (t > 1.5)},
    ),
    "a level that is left slowly": (
        "x' = v; x = 0; v' = 1; v = 0; n = 0; at (x > 0), t0=false: n = n + 1",
        {"n": lambda t: 1.0 * (t > 0)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_course_is_that_of_the_closed_form(case: str, sbml: Sbml) -> None:
    text, closed = CASES[case]
    outcome = from_sbml(sbml(text)).run(TIMES, [*closed], EXACT)
    for name, course in closed.items():
        assert outcome[name][0] == pytest.approx(np.asarray(course(TIMES), float), rel=1e-6, abs=1e-8), name


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "tan": math.tan, "sec": lambda x: 1 / math.cos(x), "csc": lambda x: 1 / math.sin(x),
    "cot": lambda x: 1 / math.tan(x), "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "sech": lambda x: 1 / math.cosh(x), "csch": lambda x: 1 / math.sinh(x),
    "coth": lambda x: 1 / math.tanh(x),
    "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "arcsinh": math.asinh,
    "arctanh": math.atanh, "arccot": lambda x: math.atan(1 / x), "ceil": math.ceil, "floor": math.floor,
    "abs": abs, "exp": math.exp, "ln": math.log, "log10": math.log10, "sqrt": math.sqrt,
}  # fmt: skip
BEYOND_ONE: dict[str, Callable[[float], float]] = {
    "arccosh": math.acosh, "arcsec": lambda x: math.acos(1 / x), "arccsc": lambda x: math.asin(1 / x),
    "arccoth": lambda x: math.atanh(1 / x),
}  # fmt: skip


def test_every_function_of_level_3_has_its_value_while_its_argument_moves(sbml: Sbml) -> None:
    rules = [f"f_{name} := {name}(x)" for name in FUNCTIONS] + [f"g_{n} := {n}(x + 1)" for n in BEYOND_ONE]
    text = "; ".join(["x' = 0.5; x = 0.1", *rules, "q := quotient(7*x, 2)", "r := rem(-7*x, 2)"])
    outcome = from_sbml(sbml(text)).run([0.0, 1.0, 1.5], tolerance=EXACT)
    for row, x in enumerate(0.1 + 0.5 * np.array([0.0, 1.0, 1.5])):
        expected = {f"f_{n}": f(x) for n, f in FUNCTIONS.items()}
        expected |= {f"g_{n}": f(x + 1) for n, f in BEYOND_ONE.items()}
        expected |= {"q": math.trunc(3.5 * x), "r": math.fmod(-7 * x, 2)}
        for name, value in expected.items():
            assert outcome[name][0, row] == pytest.approx(value, rel=1e-9, abs=1e-12), name


def test_conversion_factors_multiply_what_reactions_make(sbml: Sbml) -> None:
    text = sbml("compartment c; c = 1; species A in c, B in c; A = 4; B = 0; f = 10; A -> B; 0.5*A")
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    model.getParameter("f").setConstant(True)
    model.getSpecies("B").setConversionFactor("f")
    outcome = from_sbml(libsbml.writeSBMLToString(document)).run([0.0, 2.0], ["A", "B"])
    assert outcome["A"][0, 1] == pytest.approx(4 * math.exp(-1.0))
    assert outcome["B"][0, 1] == pytest.approx(40 * (1 - math.exp(-1.0)))


def algebraic(formula: str, extra: str = "") -> str:
    """x' = -x from 4, a parameter y that an algebraic rule determines, and a constant k."""
    math_ = libsbml.writeMathMLToString(libsbml.parseL3Formula(formula)).split("?>")[1]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">'
        '<listOfParameters><parameter id="x" value="4" constant="false"/>'
        '<parameter id="y" constant="false"/><parameter id="k" value="5" constant="true"/></listOfParameters>'
        f'<listOfRules><algebraicRule>{math_}</algebraicRule><rateRule variable="x">'
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/><ci>x</ci></apply></math></rateRule>'
        f"</listOfRules>{extra}</model></sbml>"
    )


@pytest.mark.parametrize(
    ("formula", "y"),
    [
        ("x + y - k", lambda x: 5 - x),
        ("2*(y - x) + (y + k)/4 - 1", lambda x: (2 * x + 1 - 1.25) / 2.25),
        ("3*k*y - x", lambda x: x / 15),
    ],
)
def test_an_algebraic_rule_gives_what_nothing_else_does(
    formula: str, y: Callable[[np.ndarray], np.ndarray]
) -> None:
    outcome = from_sbml(algebraic(formula)).run([0.0, 1.0, 2.0], ["y"], EXACT)
    assert outcome["y"][0] == pytest.approx(y(4 * np.exp(-np.array([0.0, 1.0, 2.0]))))


def test_an_algebraic_rule_determines_what_is_no_boundary() -> None:
    rule = libsbml.writeMathMLToString(libsbml.parseL3Formula("B - A")).split("?>")[1]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m">'
        '<listOfCompartments><compartment id="c" size="1"/></listOfCompartments><listOfSpecies>'
        '<species id="A" compartment="c" initialConcentration="2"/>'
        '<species id="B" compartment="c" initialConcentration="3" boundaryCondition="true"/></listOfSpecies>'
        f"<listOfRules><algebraicRule>{rule}</algebraicRule></listOfRules></model></sbml>"
    )
    assert list(from_sbml(text).run([0.0, 1.0], ["A"])["A"][0]) == [3.0, 3.0]


def test_models_of_models_are_put_together() -> None:
    antimony.clearPreviousLoads()
    text = "model A()\n x' = -k*x\n x = 4\n k = 0.5\nend\nmodel *B()\n a: A()\n b: A()\nend\n"
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    replacing = (
        '<listOfParameters><parameter id="faster" value="1" constant="true"><comp:listOfReplacedElements>'
        '<comp:replacedElement comp:idRef="k" comp:submodelRef="b"/></comp:listOfReplacedElements>'
        "</parameter></listOfParameters>"
    )
    document = antimony.getCompSBMLString("B")
    document = document.replace("<comp:listOfSubmodels>", replacing + "<comp:listOfSubmodels>")
    outcome = from_sbml(document).run([0.0, 1.0], ["a__x", "b__x"])
    assert outcome.values[0, 1] == pytest.approx([4 * math.exp(-0.5), 4 * math.exp(-1.0)])


def test_amounts_and_concentrations_are_outputs(sbml: Sbml) -> None:
    text = (
        "compartment V; V = 2; V' = 0.5; species S in V; S = 3; substanceOnly species A in V; A = 8;"
        "compartment W; W = 4; species R in W; R = 1; R -> ; 0.5*R*W"
    )
    names = ["[S]", "amount(S)", "[A]", "amount(A)", "[R]", "amount(R)"]
    outcome = from_sbml(sbml(text)).run([0.0, 2.0], names, EXACT)
    gone = math.exp(-1.0)
    assert outcome.values[0] == pytest.approx(
        np.array([[3, 6, 4, 8, 1, 4], [2, 6, 8 / 3, 8, gone, 4 * gone]])
    )


def test_chance_decides_between_equal_priorities(sbml: Sbml) -> None:
    text = sbml(
        "t' = 1; t = 0; a = 0; b = 0;"
        "A: at (t >= 0.1), priority=1, persistent=false: a = a + 1, t = 0;"
        "B: at (t >= 0.1), priority=1, persistent=false: b = b + 1, t = 0"
    )
    imported = from_sbml(text)
    runs = [imported.run([0.0, 20.05], ["a", "b"], seed=seed).values[0, 1] for seed in (1, 1, 2)]
    assert list(runs[0]) == list(runs[1]) != list(runs[2])
    assert runs[0].sum() == 200 and 60 < runs[0][0] < 140


def test_what_never_ends_is_a_failure(sbml: Sbml) -> None:
    with pytest.raises(NotSolvable, match="fire one another without end at 1"):
        text = "k = 0; x' = 1; x = 0; at (time >= 1 && k < 1): k = 1; at (k >= 1): k = 0"
        from_sbml(sbml(text)).run([0.0, 2.0], ["k"])
    with pytest.raises(NotSolvable, match="has a delay of -1 at 1"):
        from_sbml(sbml("x' = 1; x = 0; d = -1; E: at d after (time > 1): x = 0")).run([0.0, 2.0], ["x"])


def test_times_that_no_run_has_are_refused(sbml: Sbml) -> None:
    imported = from_sbml(sbml("x' = 1; x = 0"))
    for times in ([], [math.nan], [-1.0, 1.0], [2.0, 1.0]):
        with pytest.raises(InvalidInput):
            imported.run(times, ["x"])
