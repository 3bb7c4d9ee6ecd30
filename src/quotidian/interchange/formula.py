"""Formulas as values: what a law says when it is read with names, and what a file says before it is a law.

A law called with :class:`Name` arguments answers with a formula (the reading of the exporter). A formula
evaluated with engine symbols, floats or quantities answers like a law (the reading of the importer).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from quotidian.errors import InvalidInput
from quotidian.interchange.operations import NUMBERS, SYMBOLS

Formula: TypeAlias = "Number | Name | Apply"
Operand: TypeAlias = "Formula | float | int"

LARGEST, DEEPEST = 100_000, 250
"""Most operations and levels of a formula: a mechanism needs a hundredth of it, while nested function
definitions of a file can expand to thousands of millions."""


class _Arithmetic:
    """The operators of a law, each of which gives a formula."""

    def __add__(self, other: Operand) -> Apply:
        return Apply("+", (self, other))

    def __radd__(self, other: Operand) -> Apply:
        return Apply("+", (other, self))

    def __sub__(self, other: Operand) -> Apply:
        return Apply("-", (self, other))

    def __rsub__(self, other: Operand) -> Apply:
        return Apply("-", (other, self))

    def __mul__(self, other: Operand) -> Apply:
        return Apply("*", (self, other))

    def __rmul__(self, other: Operand) -> Apply:
        return Apply("*", (other, self))

    def __truediv__(self, other: Operand) -> Apply:
        return Apply("/", (self, other))

    def __rtruediv__(self, other: Operand) -> Apply:
        return Apply("/", (other, self))

    def __pow__(self, other: Operand) -> Apply:
        return Apply("^", (self, other))

    def __rpow__(self, other: Operand) -> Apply:
        return Apply("^", (other, self))

    def __neg__(self) -> Apply:
        return Apply("-", (self,))

    def apply_function(self, name: str) -> Apply:
        """Called by the functions of :mod:`quotidian.network.laws`."""
        return Apply(name, (self,))


@dataclass(frozen=True)
class Number(_Arithmetic):
    """A literal."""

    value: float
    size: int = field(default=1, init=False, repr=False)
    depth: int = field(default=1, init=False, repr=False)


@dataclass(frozen=True)
class Name(_Arithmetic):
    """A quantity by name."""

    name: str
    size: int = field(default=1, init=False, repr=False)
    depth: int = field(default=1, init=False, repr=False)


@dataclass(frozen=True)
class Apply(_Arithmetic):
    """An operation on formulas.

    Arithmetic is ``+ * - / ^``, with any number of terms in the first two. The other operations are those of
    :mod:`.operations`; ``rateOf`` of a name is replaced before a formula becomes a law.

    Raises InvalidInput for a formula beyond ``LARGEST`` or ``DEEPEST``.
    """

    op: str
    args: tuple[Any, ...]
    size: int = field(init=False, repr=False, compare=False)
    depth: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lifted = tuple(Number(float(a)) if isinstance(a, int | float) else a for a in self.args)
        object.__setattr__(self, "args", lifted)
        object.__setattr__(self, "size", 1 + sum(a.size for a in lifted))
        object.__setattr__(self, "depth", 1 + max((a.depth for a in lifted), default=0))
        if self.size > LARGEST or self.depth > DEEPEST:
            raise InvalidInput(
                "A formula is too large.",
                f"Written out it has {self.size:,} operations in {self.depth} levels; "
                f"{LARGEST:,} in {DEEPEST} are allowed.",
                "Give its parts names of their own with assignment rules.",
            )


def operate(op: str, args: tuple[Any, ...]) -> Any:
    """One operation: a formula of formulas, a symbol of symbols, a number of numbers.

    Raises KeyError for what has no meaning with symbols of the engine.
    """
    if any(isinstance(a, _Arithmetic) for a in args):
        return Apply(op, args)
    if any(hasattr(a, "apply_operation") for a in args):
        return SYMBOLS[op](*args)
    return NUMBERS[op](*args)


def evaluate(formula: Formula, values: Mapping[str, Any]) -> Any:
    """The formula for these values, of any type that a law can be read with."""
    match formula:
        case Number(value):
            return value
        case Name(name):
            return values[name]
        case _:
            return operate(formula.op, tuple(evaluate(a, values) for a in formula.args))


def names(formula: Formula) -> dict[str, None]:
    """Names in the formula, each once, in order."""
    return {part.name: None for part in parts(formula) if isinstance(part, Name)}


def parts(formula: Formula) -> Iterator[Formula]:
    """The formula and every formula in it, from the left."""
    waiting: list[Formula] = [formula]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Apply):
            waiting += reversed(part.args)


def substituted(formula: Formula, new: Callable[[str], Formula | None]) -> Formula:
    """The formula with names replaced; a name for which ``new`` has nothing stays."""
    if isinstance(formula, Name):
        return new(formula.name) or formula
    if isinstance(formula, Apply):
        return Apply(formula.op, tuple(substituted(a, new) for a in formula.args))
    return formula


def folded(formula: Formula) -> Formula:
    """What literals alone give, so that a power sees a literal exponent."""
    if not (isinstance(formula, Apply) and formula.op in NUMBERS):
        return formula
    if not all(isinstance(a, Number) for a in formula.args):
        return formula
    return Number(float(evaluate(formula, {})))


def written(formula: Formula) -> str:
    """As plain text, for messages: ``(k * A)``, ``exp(x)``."""
    match formula:
        case Number(value):
            return f"{value:g}"
        case Name(name):
            return name
        case Apply(op, args) if op.isalpha():
            return f"{op}({', '.join(map(written, args))})"
        case _:
            text = f" {formula.op} ".join(map(written, formula.args))
            return f"({text})" if len(formula.args) > 1 else f"{formula.op}{text}"


def law(formula: Formula, label: str) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """The formula as a law of a flux or definition, and the names of its arguments in order."""
    wanted = tuple(names(formula))

    def says(*arguments: Any) -> Any:
        return evaluate(formula, dict(zip(wanted, arguments, strict=True)))

    kind = inspect.Parameter.POSITIONAL_ONLY
    parameters = [
        inspect.Parameter(f"x{i}", kind) for i in range(len(wanted))
    ]  # an id may be no word of Python
    says.__name__, says.__doc__ = label, written(formula)
    says.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return says, wanted
