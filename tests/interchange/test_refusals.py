"""What cannot be read is refused by name, with the reason and what to do; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quotidian.errors import InvalidInput
from quotidian.interchange import antimony, from_sbml, sbml_document, to_antimony, to_sbml
from quotidian.interchange.contents import Contents, Quantity
from quotidian.interchange.formula import Name
from quotidian.interchange.initial_values import Beginnings
from quotidian.models import model

Sbml = Callable[[str], str]

ANTIMONY = {
    "event on a state": (
        "x' = 1; x = 0; E: at x > 3: x = 0",
        "The event 'E' waits for x.",
        "trigger is (x > 3)",
        "time >= a constant",
    ),
    "event on a rule on a state": (
        "x' = 1; x = 0; y := 2*x; E: at y > 3: x = 0",
        "The event 'E' waits for x.",
        "(y > 3)",
        "time >= a constant",
    ),
    "event on what events change": (
        "x' = 1; x = 0; k = 1; E: at time > 1: k = 2; F: at k > 1: x = 0",
        "The event 'F' waits for k.",
        "",
        "",
    ),
    "event on the sine of time": (
        "x' = 1; x = 0; E: at sin(time) > 0.5: x = 0",
        "The condition (sin(time) > 0.5) of the event 'E' cannot be followed.",
        "solving it for time",
        "Compare time",
    ),
    "event that scales a state": (
        "x' = 1; x = 0; E: at time > 1: x = 2*x",
        "The event 'E' sets 'x' to (2 * x).",
        "add one to it",
        "constants",
    ),
    "event that moves a state": (
        "x' = 1; x = 0; y' = 1; y = 0; E: at time > 1: x = y",
        "The event 'E' sets 'x' to y.",
        "other states",
        "",
    ),
    "event that squares a state": (
        "x' = 1; x = 2; E: at time > 1: x = x^2",
        "The event 'E' sets 'x' to (x ^ 2).",
        "other states",
        "",
    ),
    "event that keeps a state in a parameter": (
        "x' = k; x = 0; k = 1; E: at time > 1: k = x",
        "The event 'E' sets 'k' to x.",
        "other states",
        "",
    ),
    "event on a compartment": (
        "compartment c; c = 1; x' = c; x = 0; E: at time > 1: c = 2",
        "The event 'E' changes 'c'",
        "size of a compartment",
        "a species or a parameter",
    ),
    "delay that remembers a state": (
        "x' = 1; x = 0; E: at 1 after time > 1: x = x + 1",
        "The event 'E' remembers a state",
        "",
        "fire later",
    ),
    "delay that can be called off": (
        "x' = 1; x = 0; E: at 1 after time > 1, persistent=false: x = 1",
        "The event 'E' has a priority",
        "",
        "persistent",
    ),
    "computed priority": (
        "x' = 1; x = 0; k = 1; E: at time > 1, priority=k: x = 1",
        "The event 'E' has a priority that is computed",
        "",
        "",
    ),
    "jump at a state": (
        "x' = piecewise(1, x < 2, 0); x = 0",
        "A piecewise formula in the rate rule of 'x' jumps where (x < 2) turns over.",
        "depends on x",
        "Hill function",
    ),
    "jump at a state in a reaction": (
        "J: S -> P; piecewise(1, S > 2, 0); S = 3; P = 0",
        "A piecewise formula in the reaction 'J' jumps where (S > 2)",
        "depends on S",
        "",
    ),
    "piecewise without otherwise": (
        "x' = piecewise(1, time < 2); x = 0",
        "says nothing for when none of its conditions holds",
        "",
        "otherwise",
    ),
    "no value": ("x' = k; x = 0", "'k' has no value at time 0.", "neither a number", "k=VALUE"),
    "no start": ("x' = 1", "'x' has no value at time 0.", "neither a number", "x=VALUE"),
    "start that is no number": (
        "k = 0; x = 1/k; x' = 1",
        "The value of 'x' at time 0 is no finite number.",
        "It is (1 / k).",
        "Correct it.",
    ),
    "division by nothing": ("x' = 1/0; x = 0", "The formula of the rule of 'x' holds '1 / 0'", "", ""),
    "infinity": (
        "x' = k*inf; k = 1; x = 0",
        "The formula of the rule of 'x' holds the number inf.",
        "",
        "finite",
    ),
    "floor": (
        "x' = floor(x); x = 0",
        "The formula of the rule of 'x' holds 'floor(x)'",
        "Known are",
        "in these terms",
    ),
    "factorial": ("k = 3; x' = factorial(k); x = 0", "holds 'factorial(k)'", "", ""),
    "arc tangent": ("x' = arctan(x); x = 0", "holds 'atan(x)'", "", ""),
    "rate of a state": ("x' = -x; x = 1; y := rateOf(x)", "holds 'rateOf(x)'", "", ""),
    "remainder of time": ("x' = rem(time, 24); x = 0", "holds 'rem(time, 24)'", "", ""),
    "nothing moves": ("x = 1; y := 2*x", "nothing moves", "neither a reaction", ""),
    "volume that moves": (
        "compartment c; c = 1; c' = 0.1; species x in c; x = 1; x -> ; x*c",
        "The compartment 'c' changes its size.",
        "thinned",
        "constant size",
    ),
    "computed stoichiometry": (
        "n := time; n S -> P; 0.1; S = 1; P = 0",
        "The stoichiometry of 'S' in the reaction '_J0' is not a number.",
        "",
        "",
    ),
}


@pytest.mark.parametrize("case", ANTIMONY)
def test_an_element_that_is_not_supported_is_named(case: str, sbml: Sbml) -> None:
    text, *parts = ANTIMONY[case]
    with pytest.raises(InvalidInput) as refusal:
        from_sbml(sbml(text))
    for part, said in zip(parts, (refusal.value.what, refusal.value.why, refusal.value.remedy), strict=True):
        assert part in said, str(refusal.value)


START = '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
X = '<parameter id="x" value="1" constant="false"/>'


def core(inner: str) -> str:
    return f'<?xml version="1.0"?>{START}<model id="m">{inner}</model></sbml>'


def math(formula: str) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{formula}</math>'


def deep(levels: int) -> str:
    body = "<apply><minus/>" * levels + "<cn>1</cn>" + "</apply>" * levels
    return core(
        f"<listOfParameters>{X}</listOfParameters>"
        f'<listOfRules><rateRule variable="x">{math(body)}</rateRule></listOfRules>'
    )


def doubling(times: int) -> str:
    """Functions that each call the one before twice: as many additions as 2 to that power."""
    head = '<functionDefinition id="f0">' + math("<lambda><bvar><ci>a</ci></bvar><ci>a</ci></lambda>")
    functions = [head + "</functionDefinition>"]
    for i in range(1, times):
        call = f"<apply><ci>f{i - 1}</ci><ci>a</ci></apply>"
        body = f"<lambda><bvar><ci>a</ci></bvar><apply><plus/>{call}{call}</apply></lambda>"
        functions.append(f'<functionDefinition id="f{i}">{math(body)}</functionDefinition>')
    rule = math(f"<apply><ci>f{times - 1}</ci><ci>x</ci></apply>")
    return core(
        f"<listOfFunctionDefinitions>{''.join(functions)}</listOfFunctionDefinitions>"
        f"<listOfParameters>{X}</listOfParameters>"
        f'<listOfRules><rateRule variable="x">{rule}</rateRule></listOfRules>'
    )


TEXTS = {
    "no XML": ("<sbml", "The text is not XML.", "Name an SBML file."),
    "no SBML": ("<html/>", "The text is not valid SBML.", "Correct it"),
    "no model": (f"{START}</sbml>", "The text is not valid SBML.", "Correct it"),
    "an empty Level 3 Version 2": (
        START.replace("version1/core", "version2/core").replace('version="1"', 'version="2"') + "</sbml>",
        "The text holds no model.",
        "Export it again.",
    ),
    "an event without trigger": (
        START.replace("version1/core", "version2/core").replace('version="1"', 'version="2"')
        + '<model><listOfEvents><event id="E" useValuesFromTriggerTime="true"/></listOfEvents></model>'
        "</sbml>",
        "The event 'E' has no trigger.",
        "Remove it.",
    ),
    "a fault": (
        core(f"<listOfParameters>{X}{X}</listOfParameters>"),
        "The text is not valid SBML.",
        "Correct it",
    ),
    "a document type": (
        f'<!DOCTYPE sbml [<!ENTITY a "b">]>{START}<model name="&a;"/></sbml>',
        "declares a document type",
        "DOCTYPE",
    ),
    "an outside entity": (
        f'<!DOCTYPE sbml [<!ENTITY a SYSTEM "file:///etc/passwd">]>{START}<model name="&a;"/></sbml>',
        "declares a document type",
        "DOCTYPE",
    ),
    "too deep": (deep(100_000), "The text is nested too deeply.", "names of their own"),
    "functions that double": (doubling(40), "A formula is too large.", "assignment rules"),
    "no rate law": (
        core(
            '<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>'
            '<listOfSpecies><species id="S" compartment="c" initialAmount="1" hasOnlySubstanceUnits="true" '
            'boundaryCondition="false" constant="false"/></listOfSpecies>'
            '<listOfReactions><reaction id="J" reversible="false" fast="false"><listOfReactants>'
            '<speciesReference species="S" stoichiometry="1" constant="true"/>'
            "</listOfReactants></reaction></listOfReactions>"
        ),
        "The reaction 'J' has no rate law.",
        "kinetic laws",
    ),
    "an algebraic rule": (
        core(
            f'<listOfParameters>{X}<parameter id="y" value="1" constant="true"/></listOfParameters>'
            "<listOfRules>"
            f"<algebraicRule>{math('<apply><minus/><ci>x</ci><ci>y</ci></apply>')}</algebraicRule></listOfRules>"
        ),
        "The file has an algebraic rule.",
        "assignment rule",
    ),
    "a quantity called time": (
        core(
            f"<listOfParameters>{X.replace('x', 'time', 1)}</listOfParameters><listOfRules>"
            f'<rateRule variable="time">{math("<cn>1</cn>")}</rateRule></listOfRules>'
        ),
        "an element with the id 'time'",
        "Rename it",
    ),
    "a conversion factor": (
        f'{START}<model conversionFactor="k"><listOfParameters><parameter id="k" value="2" constant="true"/>'
        "</listOfParameters></model></sbml>",
        "The file has a conversion factor.",
        "one unit",
    ),
    "a package": (
        START.replace(
            'level="3"',
            'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true" '
            'level="3"',
        )
        + "<model/></sbml>",
        "needs the SBML package 'comp'",
        "Flatten",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_not_usable_is_refused(case: str) -> None:
    text, what, remedy = TEXTS[case]
    with pytest.raises(InvalidInput) as refusal:
        from_sbml(text)
    assert what in refusal.value.what
    assert remedy in refusal.value.remedy


def test_a_circle_of_starts_is_shown() -> None:
    x, y = (Quantity(n, "parameter", n, Name(other)) for n, other in (("x", "y"), ("y", "x")))
    contents = Contents("m", "M", "h", {"x": x, "y": y}, rates={"x": Name("y")})
    with pytest.raises(InvalidInput, match=r"have a circular definition\.\n  x reads y reads x\."):
        Beginnings(contents).value("x")


def test_a_formula_of_allowed_depth_is_read() -> None:
    assert from_sbml(deep(150)).run([0.0, 1.0], ["x"])["x"][0, 1] == pytest.approx(2.0)


def test_a_formula_that_grows_is_refused_while_it_grows() -> None:
    formula = Name("x")
    with pytest.raises(InvalidInput, match="A formula is too large"):
        for _ in range(60):
            formula = formula + formula


@pytest.mark.parametrize(("place", "why"), [("nowhere.xml", "no such file"), (".", "is a directory")])
def test_a_file_that_cannot_be_read_is_named(place: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"cannot be read\\.\n  The system says: {why}"):
        from_sbml(tmp_path / place)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbml_document, "LARGEST", 1000)
    file = tmp_path / "large.xml"
    file.write_text(" " * 1001)
    with pytest.raises(InvalidInput, match=r"large\.xml' is too large"):
        from_sbml(file)


@pytest.mark.parametrize(
    ("package", "needs"),
    [("libsbml", "python-libsbml"), ("antimony", "antimony")],
)
def test_a_missing_package_is_named(package: str, needs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(InvalidInput, match=f"needs the package {needs}, which is not installed") as refusal:
        to_antimony(model("sjia")) if package == "antimony" else to_sbml(model("sjia"))
    assert "pip install 'quotidian[exchange]'" in refusal.value.remedy
    assert antimony.missing is sbml_document.missing  # type: ignore[attr-defined]
