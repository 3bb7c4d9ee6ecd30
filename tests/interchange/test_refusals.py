"""What cannot be read is refused by name, with the reason and what to do; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quotidian.errors import InvalidInput
from quotidian.interchange import antimony, from_sbml, safe_files, sbml_document, to_antimony, to_sbml
from quotidian.interchange.contents import Contents, Quantity
from quotidian.interchange.formula import Name
from quotidian.interchange.hybrid.initial_values import Beginnings
from quotidian.models import model

Sbml = Callable[[str], str]

ANTIMONY = {
    "no value": ("x' = k; x = 0", "'k' has no value.", "the rate of 'x' reads it", "k=VALUE"),
    "no start": ("x' = 1", "'x' has no value at time 0.", "neither a number", "x=VALUE"),
    "start that is not a number": (
        "k = 0; x = 1/k; x' = 1",
        "The value of 'x' at time 0 is inf.",
        "a rate of change",
        "Correct it",
    ),
    "delay of a state": (
        "x' = -delay(x, 1); x = 1",
        "The formula of the rule of 'x' (line 9) holds 'delay(x, 1)'",
        "except 'delay'",
        "in these terms",
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


SPECIES = (
    '<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>'
    '<listOfSpecies><species id="S" compartment="c" initialAmount="1" hasOnlySubstanceUnits="true" '
    'boundaryCondition="false" constant="false"/></listOfSpecies>'
)
REACTION = (
    '<reaction id="J" reversible="false" fast="{}"><listOfReactants>'
    '<speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>{}</reaction>'
)
LAW = f"<kineticLaw>{math('<cn>1</cn>')}</kineticLaw>"

TEXTS = {
    "no XML": ("<sbml", "The text is not XML.", "Name an SBML file."),
    "no SBML": ("<html/>", "The text is not valid SBML.", "Correct it"),
    "no version": (
        START.replace(' version="1"', "") + "<model/></sbml>",
        "The text is not valid SBML.",
        "Correct",
    ),
    "another namespace": (
        START.replace('version="1"', 'version="2"') + "<model/></sbml>",
        "The text is not valid SBML.",
        "Correct it",
    ),
    "no model": (f"{START}</sbml>", "The text is not valid SBML.", "Correct it"),
    "an empty Level 3 Version 2": (
        START.replace("version1/core", "version2/core").replace('version="1"', 'version="2"') + "</sbml>",
        "The text holds no model.",
        "Export it again.",
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
    "a number with a line in it": (
        core(
            f"<listOfParameters>{X}</listOfParameters><listOfRules><rateRule variable='x'>"
            f"{math('<cn>1_0</cn>')}</rateRule></listOfRules>"
        ),
        "The text has a number that cannot be read.",
        "Write decimal digits.",
    ),
    "a negative compartment": (
        core(SPECIES.replace('size="1"', 'size="-1"')),
        "The compartment 'c' (line 1) has a size of -1.",
        "Correct",
    ),
    "too deep": (deep(100_000), "The text is nested too deeply.", "names of their own"),
    "functions that double": (doubling(40), "A formula is too large.", "assignment rules"),
    "no rate law": (
        core(f"{SPECIES}<listOfReactions>{REACTION.format('false', '')}</listOfReactions>"),
        "The reaction 'J' (line 1) has no rate law.",
        "kinetic laws",
    ),
    "an algebraic rule that is not linear": (
        core(
            f"<listOfParameters>{X}</listOfParameters><listOfRules><algebraicRule>"
            + math("<apply><minus/><apply><exp/><ci>x</ci></apply><cn>2</cn></apply>")
            + "</algebraicRule></listOfRules>"
        ),
        "The algebraic rule (line 1) cannot be solved for 'x'.",
        "assignment rule",
    ),
    "a fast reaction": (
        core(f"{SPECIES}<listOfReactions>{REACTION.format('true', LAW)}</listOfReactions>"),
        "The reaction 'J' (line 1) is fast.",
        "Give it a rate",
    ),
    "a quantity called time": (
        core(
            f"<listOfParameters>{X.replace('x', 'time', 1)}</listOfParameters><listOfRules>"
            f'<rateRule variable="time">{math("<cn>1</cn>")}</rateRule></listOfRules>'
        ),
        "An element (line 1) has the id 'time'.",
        "Rename it",
    ),
    "a flux-balance problem": (
        START.replace(
            'level="3"',
            'xmlns:fbc="http://www.sbml.org/sbml/level3/version1/fbc/version2" fbc:required="false" '
            'level="3"',
        )
        + f'<model id="m" fbc:strict="false">{SPECIES}'
        '<fbc:listOfObjectives fbc:activeObjective="o"><fbc:objective fbc:id="o" fbc:type="maximize">'
        '<fbc:listOfFluxObjectives><fbc:fluxObjective fbc:reaction="J" fbc:coefficient="1"/>'
        "</fbc:listOfFluxObjectives></fbc:objective></fbc:listOfObjectives>"
        f"<listOfReactions>{REACTION.format('false', '')}</listOfReactions></model></sbml>",
        "is a flux-balance problem",
        "COBRApy",
    ),
    "an outside submodel": (
        START.replace(
            'level="3"',
            'xmlns:comp="http://www.sbml.org/sbml/level3/version1/comp/version1" comp:required="true" '
            'level="3"',
        )
        + '<comp:listOfExternalModelDefinitions><comp:externalModelDefinition comp:id="E" '
        'comp:source="../other.xml"/></comp:listOfExternalModelDefinitions><model id="m"/></sbml>',
        "takes a model from '../other.xml' (line 1)",
        "beside it",
    ),
    "a package": (
        START.replace(
            'level="3"',
            'xmlns:spatial="http://www.sbml.org/sbml/level3/version1/spatial/version1" '
            'spatial:required="true" level="3"',
        )
        + "<model/></sbml>",
        "needs the SBML package 'spatial'",
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
    with pytest.raises(InvalidInput, match=f"cannot be read\\.\n  The system reports: {why}"):
        from_sbml(tmp_path / place)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_files, "LARGEST", 1000)
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
    assert "pip install '.[exchange]'" in refusal.value.remedy
    assert antimony.missing is sbml_document.missing  # type: ignore[attr-defined]


def test_a_model_with_too_many_states_is_refused_before_it_is_compiled(sbml: Sbml) -> None:
    text = "; ".join(f"x{i}' = -x{i}; x{i} = 1" for i in range(1001))
    with pytest.raises(InvalidInput, match="has 1,001 states, and at most 1,000"):
        from_sbml(sbml(text))
