"""Expressions of study files: conditions and numbers of a child at a visit, such as ``crp < 0.5 * baseline``.

Operators, from weak to strong: ``|`` or ``or``; ``&`` or ``and``; ``~``, ``!`` or ``not``; comparisons, also
chained (``5 <= crp < 10``); ``+ -``; ``* /``; ``**``. Functions: abs, exp, log, max, min, sqrt, and
``baseline(name)``, the value at entry. ``baseline`` alone is that of the one observable in the comparison.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput

Values: TypeAlias = NDArray[Any]
Read: TypeAlias = Callable[[str, bool], Values]
"""Values of a name, [child]: at the visit, or at entry if the flag is set."""
Kind: TypeAlias = Literal["condition", "number"]
BASELINE = "baseline"
MOST_NODES = 200
_WORDS = ((r"&&?", " and "), (r"\|\|?", " or "), (r"~|!(?!=)", " not "))
_NUMBERS: Mapping[type[ast.operator], Callable[[Values, Values], Values]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
}  # fmt: skip
_COMPARED: Mapping[type[ast.cmpop], Callable[[Values, Values], Values]] = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal,
    ast.Eq: np.equal, ast.NotEq: np.not_equal,
}  # fmt: skip
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Values]]] = {
    "abs": (1, np.abs), "exp": (1, np.exp), "log": (1, np.log), "sqrt": (1, np.sqrt),
    "min": (2, np.minimum), "max": (2, np.maximum),
}  # fmt: skip
REMEDY = "Write for example 'ferritin < 0.5 * baseline' or 'acr50 & crp < 15'."


@dataclass(frozen=True)
class Expression:
    """An expression that was read; ``names`` are those whose value it needs, in order of appearance."""

    text: str
    names: tuple[str, ...]
    tree: ast.expr

    def kind(self, of: Callable[[str], Kind]) -> Kind:
        """Whether it is a condition or a number, if names are of these kinds. Raises InvalidInput where a
        number is wanted and a condition stands, or the reverse."""
        return _kind(self.tree, of)

    def value(self, read: Read) -> Values:
        """Its value for each child, [child]."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return _value(self.tree, read)


def expression(text: str) -> Expression:
    """Read a text. Raises InvalidInput, with the place, for what is no expression."""
    spelled = text
    for sign, word in _WORDS:
        spelled = re.sub(sign, word, spelled)
    try:
        tree = ast.parse(spelled.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InvalidInput(f"'{text}' cannot be read.", "It is not a valid expression.", REMEDY) from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise InvalidInput(
            f"'{text[:40]}...' is too long.", f"It has more than {MOST_NODES} parts.", "Split it."
        )
    tree = _with_baselines(tree, text)
    for node in ast.walk(tree):
        _refuse_other(node, text)
    return Expression(text, tuple(dict.fromkeys(_names(tree))), tree)


def _with_baselines(tree: ast.expr, text: str) -> ast.expr:
    """The tree with ``baseline(name)`` for each ``baseline`` that stands alone."""
    whole: ast.expr = _Baselines(text).visit(tree)
    return _Baselines(text).resolved(whole)


class _Baselines(ast.NodeTransformer):
    def __init__(self, text: str) -> None:
        self.text = text

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return self.resolved(node)

    def resolved(self, node: ast.expr) -> ast.expr:
        own = list(_names(node))
        if BASELINE not in own:
            return node
        names = set(own) - {BASELINE}
        if len(names) != 1:
            raise InvalidInput(
                f"'baseline' in '{self.text}' could be that of {' or '.join(sorted(names)) or 'nothing'}.",
                "Alone it is the value at entry of the one observable in the same comparison.",
                "Write baseline(name), such as baseline(crp).",
            )
        return _Named(names.pop()).visit(node)  # type: ignore[no-any-return]


class _Named(ast.NodeTransformer):
    """Replaces ``baseline`` by ``baseline(name)``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(arg) for arg in node.args], node.keywords)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if not _alone(node):
            return node
        return ast.Call(ast.Name(BASELINE, ast.Load()), [ast.Name(self.name, ast.Load())], [])


def _alone(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == BASELINE


def _names(tree: ast.expr) -> Iterator[str]:
    called = [x.func for x in ast.walk(tree) if isinstance(x, ast.Call)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node not in called:
            yield node.id


def _refuse_other(node: ast.AST, text: str) -> None:
    """Refuse everything but arithmetic, comparisons, logic, names, numbers and the known functions."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else "this"
        wants = 1 if name == BASELINE else _FUNCTIONS.get(name, (0, np.abs))[0]
        if not wants or len(node.args) != wants or node.keywords:
            what = f"{name}(...) in '{text}' cannot be read."
            known = ", ".join([*_FUNCTIONS, BASELINE])
            raise InvalidInput(what, f"Functions are {known}; min and max take two arguments.", REMEDY)
        if name == BASELINE and not isinstance(node.args[0], ast.Name):
            raise InvalidInput(f"baseline(...) in '{text}' takes a name.", "", "Write baseline(crp).")
        return
    number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    allowed = (ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Name, ast.expr_context, ast.boolop)
    operators = (*_NUMBERS, *_COMPARED, ast.Not, ast.USub, ast.UAdd)
    if not (number or isinstance(node, (*allowed, *operators))):
        raise InvalidInput(
            f"'{text}' cannot be read.", f"Expressions do not allow: {type(node).__name__.lower()}.", REMEDY
        )


def _kind(node: ast.expr, of: Callable[[str], Kind]) -> Kind:
    match node:
        case ast.Name(id=name):
            return of(name)
        case ast.Constant():
            return "number"
        case ast.BoolOp(values=values):
            return _all(values, "condition", of)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _all([operand], "condition", of)
        case ast.UnaryOp(operand=operand):
            return _all([operand], "number", of)
        case ast.BinOp(left=left, right=right):
            return _all([left, right], "number", of)
        case ast.Compare(left=left, comparators=others):
            _all([left, *others], "number", of)
            return "condition"
        case ast.Call(args=args):
            return _all(args, "number", of)
    raise TypeError(type(node).__name__)


def _all(nodes: list[ast.expr], wanted: Kind, of: Callable[[str], Kind]) -> Kind:
    for node in nodes:
        if _kind(node, of) != wanted:
            article = {"condition": "a condition, true or false", "number": "a number"}
            raise InvalidInput(
                f"'{ast.unparse(node)}' is not {article[wanted]}.",
                "Arithmetic and comparisons take numbers; & | ~ take conditions.", REMEDY,
            )  # fmt: skip
    return wanted


def _value(node: ast.expr, read: Read) -> Values:
    match node:
        case ast.Name(id=name):
            return read(name, False)
        case ast.Constant(value=number):
            return np.asarray(number, dtype=np.float64)
        case ast.BoolOp(op=op, values=values):
            join = np.logical_and if isinstance(op, ast.And) else np.logical_or
            return np.asarray(reduce(join, [_value(x, read) for x in values]))
        case ast.UnaryOp(op=op, operand=operand):
            x = _value(operand, read)
            return np.logical_not(x) if isinstance(op, ast.Not) else -x if isinstance(op, ast.USub) else x
        case ast.BinOp(left=left, op=op, right=right):
            return _NUMBERS[type(op)](_value(left, read), _value(right, read))
        case ast.Compare():
            return _compared(node, read)
        case ast.Call(func=ast.Name(id=name), args=args):
            if name == BASELINE and isinstance(args[0], ast.Name):
                return read(args[0].id, True)
            return _FUNCTIONS[name][1](*(_value(x, read) for x in args))
    raise TypeError(type(node).__name__)


def _compared(node: ast.Compare, read: Read) -> Values:
    """A chain of comparisons, of which all hold."""
    values = [_value(x, read) for x in (node.left, *node.comparators)]
    held = [_COMPARED[type(op)](a, b) for op, a, b in zip(node.ops, values, values[1:], strict=False)]
    return np.asarray(reduce(np.logical_and, held))
