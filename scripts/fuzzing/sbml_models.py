"""Random SBML models that are valid and whose solutions stay bounded, each with several kinds of element."""

from __future__ import annotations

from random import Random

MATHML = 'xmlns="http://www.w3.org/1998/Math/MathML"'
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
SPECIES = ("S1", "S2", "S3")
NAMES = (*SPECIES, "k1", "k2", "x", "y")


def drawn_model(random: Random) -> str:
    """The text of a model of three species, reactions, rules, and up to two events."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
<model id="m">
<listOfFunctionDefinitions><functionDefinition id="f"><math {MATHML}><lambda><bvar><ci>a</ci></bvar>
<bvar><ci>b</ci></bvar>{_apply("divide", "<ci>a</ci>", _apply("plus", _cn(1), _square("<ci>b</ci>")))}
</lambda></math></functionDefinition></listOfFunctionDefinitions>
<listOfCompartments>
<compartment id="c" spatialDimensions="3" size="{random.choice((0.3, 1, 2.5))}" constant="true"/>
</listOfCompartments>
<listOfSpecies>{"".join(_species(random, name) for name in SPECIES)}</listOfSpecies>
<listOfParameters>{"".join(_parameter(random, name) for name in ("k1", "k2", "x", "y"))}</listOfParameters>
<listOfInitialAssignments><initialAssignment symbol="k2">
{_math(_apply("plus", _cn(0.2), _square("<ci>k1</ci>")))}</initialAssignment></listOfInitialAssignments>
<listOfRules><rateRule variable="x">{_math(_apply("minus", _bounded(random), "<ci>x</ci>"))}</rateRule>
<assignmentRule variable="y">{_math(_expression(random, 2, NAMES[:-1]))}</assignmentRule></listOfRules>
<listOfReactions>{"".join(_reaction(random, n) for n in range(random.randrange(2, 5)))}</listOfReactions>
<listOfEvents>{"".join(_event(random, n) for n in range(random.randrange(1, 3)))}</listOfEvents>
</model></sbml>
"""


def _species(random: Random, name: str) -> str:
    amount = random.random() < 0.3
    start = f'initial{"Amount" if random.random() < 0.5 else "Concentration"}="{random.uniform(0.2, 4):.3g}"'
    return (
        f'<species id="{name}" compartment="c" {start} hasOnlySubstanceUnits="{str(amount).lower()}" '
        f'boundaryCondition="{str(random.random() < 0.15).lower()}" constant="false"/>'
    )


def _parameter(random: Random, name: str) -> str:
    value = "" if name == "y" else f' value="{random.uniform(0.1, 2):.3g}"'
    return f'<parameter id="{name}"{value} constant="false"/>'


def _reaction(random: Random, number: int) -> str:
    taken, made = random.sample(SPECIES, 2)
    law = _apply("times", f"<ci>{taken}</ci>", _bounded(random), "<ci>c</ci>")
    references = (
        f'<speciesReference species="{name}" constant="true" stoichiometry="{random.choice((1, 2, 0.5))}"/>'
        for name in (taken, made)
    )
    return (
        f'<reaction id="r{number}" reversible="false" fast="false"><listOfReactants>{next(references)}'
        f"</listOfReactants><listOfProducts>{next(references)}</listOfProducts>{_modifiers(taken, made)}"
        f"<kineticLaw>{_math(law)}</kineticLaw></reaction>"
    )


def _modifiers(*others: str) -> str:
    left = (name for name in SPECIES if name not in others)
    return (
        "<listOfModifiers>"
        + "".join(f'<modifierSpeciesReference species="{n}"/>' for n in left)
        + "</listOfModifiers>"
    )


def _event(random: Random, number: int) -> str:
    watched = random.choice((TIME, TIME, "<ci>x</ci>", "<ci>S1</ci>"))
    level = random.uniform(0.3, 3.0)
    flags = [str(random.random() < 0.5).lower() for _ in range(3)]
    delay = f"<delay>{_math(_cn(random.uniform(0.1, 2)))}</delay>" if random.random() < 0.5 else ""
    changed = random.choice(("x", "k1", "S2"))
    value = _apply("plus", _cn(0.5), _square(_expression(random, 1, NAMES)))
    value = _apply("divide", value, _apply("plus", _cn(1), _square("<ci>y</ci>")))
    return (
        f'<event id="e{number}" useValuesFromTriggerTime="{flags[0]}"><trigger initialValue="{flags[1]}" '
        f'persistent="{flags[2]}">{_math(_apply(random.choice(("gt", "lt")), watched, _cn(level)))}</trigger>'
        f"{delay}<priority>{_math(_cn(number))}</priority>"
        + f'<listOfEventAssignments><eventAssignment variable="{changed}">{_math(value)}</eventAssignment>'
        "</listOfEventAssignments></event>"
    )


# ---- formulas
def _bounded(random: Random) -> str:
    """A formula between 0 and 1."""
    inner = _expression(random, 2, NAMES)
    kind = random.randrange(3)
    if kind == 0:
        return _apply("exp", _apply("minus", _apply("abs", inner)))
    if kind == 1:
        return f"<apply><ci>f</ci>{_cn(random.uniform(0.1, 1))}{inner}</apply>"
    return _apply("divide", _cn(random.uniform(0.1, 1)), _apply("plus", _cn(1), _square(inner)))


def _expression(random: Random, depth: int, names: tuple[str, ...]) -> str:
    if depth == 0 or random.random() < 0.2:
        return random.choice((f"<ci>{random.choice(names)}</ci>", _cn(random.uniform(-2, 3)), TIME))
    a, b = (_expression(random, depth - 1, names) for _ in range(2))
    kind = random.randrange(9)
    if kind < 3:
        return _apply(("plus", "minus", "times")[kind], a, b)
    if kind == 3:
        return _apply("divide", a, _apply("plus", _cn(1), _square(b)))
    if kind < 7:
        word = ("sin", "tanh", "cos")[kind - 4]
        return _apply(word, a)
    if kind == 7:
        return _apply("power", _apply("plus", _cn(0.1), _square(a)), _cn(random.choice((0.5, 0.7, 1.5))))
    test = _apply(random.choice(("lt", "gt", "leq")), random.choice((TIME, b)), _cn(random.uniform(0.2, 3)))
    return f"<piecewise><piece>{a}{test}</piece><otherwise>{b}</otherwise></piecewise>"


def _apply(word: str, *args: str) -> str:
    return f"<apply><{word}/>{''.join(args)}</apply>"


def _square(a: str) -> str:
    return _apply("power", a, _cn(2))


def _cn(value: float) -> str:
    return f"<cn>{value:.4g}</cn>"


def _math(inner: str) -> str:
    return f"<math {MATHML}>{inner}</math>"
