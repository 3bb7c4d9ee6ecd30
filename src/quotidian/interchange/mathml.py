"""Convert the syntax trees of libSBML to formulas and back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from itertools import pairwise
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.formula import Apply, Formula, Name, Number, folded, substituted
from quotidian.interchange.functions import FUNCTIONS, truth
from quotidian.interchange.operations import NUMBERS

Tree = Any  # libsbml.ASTNode, which has no types
Functions = Callable[[str], "tuple[tuple[str, ...], Formula] | None"]

AVOGADRO = 6.02214179e23
"""As SBML Level 3 fixes it, section 3.4.6 of its specification."""

_CALLS: Mapping[str, Callable[..., Formula]] = {
    "PLUS": lambda *a: Apply("+", a),
    "TIMES": lambda *a: Apply("*", a),
    "MINUS": lambda *a: Apply("-", a),
    "DIVIDE": lambda a, b: a / b,
    "POWER": lambda a, b: a**b,
    "FUNCTION_PIECEWISE": lambda *a: Apply(
        "piecewise", tuple(truth(x) if i % 2 else x for i, x in enumerate(a))
    ),
    "FUNCTION_RATE_OF": lambda a: Apply("rateOf", (a,)),
    "RELATIONAL_LT": lambda *a: _chain("<", a),
    "RELATIONAL_LEQ": lambda *a: _chain("<=", a),
    "RELATIONAL_GT": lambda *a: _chain(">", a),
    "RELATIONAL_GEQ": lambda *a: _chain(">=", a),
    "RELATIONAL_EQ": lambda *a: _chain("==", a),
    "RELATIONAL_NEQ": lambda a, b: Apply("!=", (a, b)),
    "LOGICAL_AND": lambda *a: Apply("and", tuple(map(truth, a))) if a else Number(1.0),
    "LOGICAL_OR": lambda *a: Apply("or", tuple(map(truth, a))) if a else Number(0.0),
    "LOGICAL_XOR": lambda *a: Apply("xor", tuple(map(truth, a))) if a else Number(0.0),
    "LOGICAL_NOT": lambda a: Apply("not", (truth(a),)),
    "LOGICAL_IMPLIES": lambda a, b: Apply("or", (Apply("not", (truth(a),)), truth(b))),
    **{f"FUNCTION_{name}": build for name, build in FUNCTIONS.items()},
}
_LEAVES: Mapping[str, Callable[[Tree], Formula]] = {
    "INTEGER": lambda tree: Number(float(tree.getInteger())),
    "REAL": lambda tree: Number(tree.getReal()),
    "REAL_E": lambda tree: Number(tree.getReal()),
    "RATIONAL": lambda tree: Number(float(NUMBERS["/"](tree.getNumerator(), tree.getDenominator()))),
    "NAME": lambda tree: Name(tree.getName()),
    "NAME_TIME": lambda _: Name("time"),
    "NAME_AVOGADRO": lambda _: Number(AVOGADRO),
    "CONSTANT_PI": lambda _: Number(math.pi),
    "CONSTANT_E": lambda _: Number(math.e),
    "CONSTANT_TRUE": lambda _: Number(1.0),
    "CONSTANT_FALSE": lambda _: Number(0.0),
}
_WRITTEN: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "+": ("PLUS", ()),
    "-": ("MINUS", ()),
    "*": ("TIMES", ()),
    "/": ("DIVIDE", ()),
    "^": ("POWER", ()),
    "exp": ("FUNCTION_EXP", ()),
    "log": ("FUNCTION_LN", ()),
    "sqrt": ("FUNCTION_ROOT", (2.0,)),
    "cos": ("FUNCTION_COS", ()),
    "sin": ("FUNCTION_SIN", ()),
    ">=": ("RELATIONAL_GEQ", ()),
}
"""Each operation as libSBML calls it, with the arguments that stand before its own."""


_CHAINS = ("PLUS", "TIMES")
LONGEST_CHAIN = 32


def read(tree: Tree, where: str, functions: Functions = lambda _: None) -> Formula:
    """A tree as a formula, calls of the file's functions written out.

    Parameters
    ----------
    where : how a message names the place, such as ``reaction 'v1'``.
    functions : arguments and body of a function of the file, by id.

    Raises InvalidInput for what no law can say, with its name and place.
    """
    kind = _kinds().get(tree.getType(), "")
    if kind in _LEAVES:
        return _LEAVES[kind](tree)
    if kind in _CHAINS and tree.getNumChildren() > 1:
        parts = [read(part, where, functions) for part in _operands(tree)]
        return _combined(parts, lambda *two: folded(_CALLS[kind](*two)))
    arguments = [read(tree.getChild(i), where, functions) for i in range(tree.getNumChildren())]
    if kind in _CALLS:
        try:
            return folded(_CALLS[kind](*arguments))
        except (TypeError, ArithmeticError, ValueError):
            raise _impossible(tree, where) from None
    found = functions(tree.getName() or "") if kind == "FUNCTION" else None
    if found is None or len(found[0]) != len(arguments):
        raise _impossible(tree, where)
    return substituted(found[1], dict(zip(found[0], arguments, strict=True)).get)


def read_text(text: str, where: str) -> Formula:
    """A ``<math>`` element as a formula. Raises InvalidInput for what is none, or cannot be computed."""
    import libsbml

    found = libsbml.readMathMLFromString(text)
    if found is None:
        raise InvalidInput(f"The formula of {where} is not MathML.", "", "Correct it.")
    return read(found, where)


def _operands(tree: Tree) -> list[Tree]:
    """Operands of a sum or product, which libSBML holds as a chain as deep as there are terms."""
    found, node = [], tree
    while node.getType() == tree.getType() and node.getNumChildren() > 1:
        found += [node.getChild(i) for i in reversed(range(1, node.getNumChildren()))]
        node = node.getChild(0)
    return [node, *reversed(found)]


def _combined(parts: Sequence[Formula], two: Callable[[Formula, Formula], Formula]) -> Formula:
    """Operands combined from the left; many by halves, so that no depth grows with their number."""
    if len(parts) <= LONGEST_CHAIN:
        return reduce(two, parts)
    half = len(parts) // 2
    return two(_combined(parts[:half], two), _combined(parts[half:], two))


def tree(formula: Formula, units: str | None = "dimensionless") -> Tree:
    """A formula as a tree that libSBML writes as MathML; ``units`` is the id of the unit of its literals.

    Laws hold no literal but pure numbers, which the unit audit of the model proves.
    """
    import libsbml

    match formula:
        case Number(value):
            whole = value.is_integer() and abs(value) < 2**31
            node = libsbml.ASTNode(libsbml.AST_INTEGER if whole else libsbml.AST_REAL)
            node.setValue(int(value) if whole else value)
            if units is not None:
                node.setUnits(units)
        case Name("time"):
            node = libsbml.ASTNode(libsbml.AST_NAME_TIME)
            node.setName("time")
        case Name(name):
            node = libsbml.ASTNode(libsbml.AST_NAME)
            node.setName(name)
        case Apply(op, args):
            kind, first = _WRITTEN[op]
            node = libsbml.ASTNode(getattr(libsbml, f"AST_{kind}"))
            for argument in (*map(Number, first), *args):
                node.addChild(tree(argument, units))
    return node


@cache
def _kinds() -> dict[int, str]:
    """Names of the types of libSBML's trees, by number."""
    import libsbml

    known = (*_CALLS, *_LEAVES, "FUNCTION")
    return {getattr(libsbml, f"AST_{k}"): k for k in known if hasattr(libsbml, f"AST_{k}")}


def _chain(op: str, terms: tuple[Formula, ...]) -> Formula:
    """``a < b < c`` as ``a < b`` and ``b < c``."""
    if len(terms) < 2:
        return Number(1.0)
    pairs = [Apply(op, pair) for pair in pairwise(terms)]
    return pairs[0] if len(pairs) == 1 else Apply("and", tuple(pairs))


def _impossible(tree: Tree, where: str) -> InvalidInput:
    import libsbml

    text = libsbml.formulaToL3String(tree) or tree.getName() or "an operation without a name"
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    return InvalidInput(
        f"The formula of {where} holds '{shown}', which cannot be computed here.",
        "The mathematics of SBML Level 3 except 'delay', and functions of the file, are supported.",
        "Write that part in these terms, or as a piecewise formula in time.",
    )
