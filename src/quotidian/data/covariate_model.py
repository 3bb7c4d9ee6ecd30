"""Models of covariates as formulas: ``CL = 2*(WT/70)**0.75`` read as arithmetic, and nothing else.

A formula may use numbers, columns of the table, ``+ - * / **``, ``exp``, ``log``, ``sqrt``, ``min``, ``max``,
and comparisons of columns (``== != < <= > >=``), which are 1 where they hold and 0 elsewhere.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]
OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
COMPARISONS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "min": np.minimum, "max": np.maximum,
}  # fmt: skip
LONGEST = 1000


@dataclass(frozen=True)
class CovariateFormula:
    """One parameter as a formula of columns: ``parameter``, and the ``columns`` that it reads."""

    parameter: str
    columns: tuple[str, ...]
    tree: ast.expr

    @staticmethod
    def read(text: str) -> CovariateFormula:
        """From ``CL = 2*(WT/70)**0.75``. Raises InvalidInput for any other text."""
        name, equals, formula = text.partition("=")
        try:
            tree = ast.parse(formula.strip(), mode="eval").body if len(text) <= LONGEST else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
        if not equals or not name.strip().isidentifier() or tree is None:
            raise _refusal(text, "It is not of the form 'PARAMETER = formula'.")
        columns: dict[str, None] = {}
        _check(tree, columns, text)
        _check_numbers(tree, text)
        return CovariateFormula(name.strip(), tuple(columns), tree)

    def evaluated(self, columns: Mapping[str, Any]) -> Any:
        """The formula for whatever does arithmetic, by name of column in capitals."""
        return _value(self.tree, columns)

    def values(self, columns: Mapping[str, Floats]) -> Floats:
        """The parameter for columns [row] by name. Raises InvalidInput where it is not finite."""
        with np.errstate(all="ignore"):
            found = np.asarray(self.evaluated(columns), dtype=np.float64)
        bad = np.flatnonzero(~np.isfinite(found))
        if len(bad):
            raise InvalidInput(
                f"{self.parameter} is not a finite number in row {int(bad[0]) + 1}.",
                f"It depends on {', '.join(self.columns) or 'nothing'}.",
                "Check the values of that row, or the formula.",
            )
        return found


def _check_numbers(tree: ast.expr, text: str) -> None:
    """Refuse a part without columns that is not a finite number, such as ``1/0`` or ``9**9**9``."""
    for node in ast.walk(tree):
        reads = any(isinstance(part, ast.Name) and part.id not in FUNCTIONS for part in ast.walk(node))
        if reads or isinstance(node, ast.Name) or not isinstance(node, ast.expr):
            continue
        try:
            with np.errstate(all="ignore"):
                value = complex(_value(node, {}))
        except KeyError:  # a column with the name of a function
            continue
        except ArithmeticError:
            value = complex(np.nan)
        if value.imag or not np.isfinite(value.real):
            raise _refusal(text, f"'{ast.unparse(node)}' is not a finite number.")


def _check(node: ast.expr, columns: dict[str, None], text: str) -> None:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return
        case ast.Name(id=name):
            columns[name.upper()] = None
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check(left, columns, text)
            _check(right, columns, text)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            _check(operand, columns, text)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            _check(left, columns, text)
            _check(right, columns, text)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            if len(args) != (2 if name in ("min", "max") else 1):
                raise _refusal(text, f"'{name}' takes a different number of arguments.")
            for argument in args:
                _check(argument, columns, text)
        case _:
            raise _refusal(text, "It contains more than arithmetic on columns.")


def _value(node: ast.expr, columns: Mapping[str, Floats]) -> Any:
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return columns[name.upper()]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_value(left, columns), _value(right, columns))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](_value(operand, columns))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            held = COMPARISONS[type(op)](_value(left, columns), _value(right, columns))
            return np.asarray(held, dtype=np.float64)
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name](*(_value(argument, columns) for argument in args))
    raise AssertionError(ast.dump(node))


def _refusal(text: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"'{text}' is not a formula of covariates.", why, "Write for example 'CL = 2*(WT/70)**0.75'."
    )
