"""Arithmetic over entries of the ledger, such as ``1 - biology.innate_loop.gain_il1``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import add, mul, neg, pow, sub, truediv

from quotidian.errors import LedgerError

_TWO: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv, ast.Pow: pow,
}  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """Numbers, full names of entries, ``+ - * / **`` and brackets.

    Raises LedgerError for anything else.
    """

    text: str

    def __post_init__(self) -> None:
        _ = self.names

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Full names of the entries that it reads, in order of first mention."""
        found: dict[str, None] = {}
        self._value(self._tree, lambda name: found.setdefault(name) or 1.5)
        return tuple(found)

    def __call__(self, values: Mapping[str, float]) -> float:
        """The value, from those of :attr:`names`."""
        return self._value(self._tree, values.__getitem__)

    @cached_property
    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text, mode="eval").body
        except SyntaxError:
            raise self._refused() from None

    def _value(self, node: ast.expr, read: Callable[[str], float]) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.BinOp(left, operation, right) if type(operation) in _TWO:
                return _TWO[type(operation)](self._value(left, read), self._value(right, read))
            case ast.UnaryOp(ast.USub(), operand):
                return float(neg(self._value(operand, read)))
            case ast.Attribute():
                return read(ast.unparse(node))
        raise self._refused()

    def _refused(self) -> LedgerError:
        return LedgerError(
            f"'{self.text}' is not a formula of entries.",
            "It may hold numbers, full names of entries, + - * / ** and brackets.",
            "Correct evidence/tied.yaml.",
        )
