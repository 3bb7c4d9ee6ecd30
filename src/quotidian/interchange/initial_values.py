"""Sort the quantities of a file into constant and varying, and express initial values by constants alone."""

from __future__ import annotations

from functools import cached_property
from math import isfinite

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import Apply, Formula, Number, evaluate, substituted, written
from quotidian.interchange.timing import TRUTH


class Beginnings:
    """The quantities of a file by their role, each name in one of these sets.

    ``moving`` have a rate, of their own or by reactions; ``ruled`` follow from others at every instant;
    ``switched`` change at events only; ``derived`` never change and are computed from ``constants``, which
    are numbers. ``unknown`` never change and have no value.
    """

    def __init__(self, contents: Contents) -> None:
        self.quantities, self.rules = contents.quantities, contents.rules
        touched = {name for r in contents.reactions for name in (*r.takes, *r.makes)}
        self.moving = {*contents.rates} | {name for name in touched if not self.quantities[name].fixed}
        self.ruled = {*contents.rules}
        changed = {name for event in contents.events for name in event.changes}
        self.switched = changed - self.moving - self.ruled
        still = {*self.quantities} - self.moving - self.ruled - self.switched
        self.constants: dict[str, float] = {}
        self.derived, self.unknown = set[str](), set[str]()
        for name in sorted(still):
            initial = self.quantities[name].initial
            if isinstance(initial, Number):
                self.constants[name] = initial.value
            else:
                (self.unknown if initial is None else self.derived).add(name)
        self._open: list[str] = []
        self._known: dict[str, Formula] = {}

    @cached_property
    def values(self) -> dict[str, float]:
        """Values of all constants."""
        return self.constants | {name: self.value(name) for name in sorted(self.derived)}

    def value(self, name: str) -> float:
        """The initial value of a quantity as a number. Raises InvalidInput if it is not finite."""
        formula = self.start(name)
        try:
            number = float(evaluate(formula, self.constants, TRUTH))
        except (ArithmeticError, ValueError, TypeError):
            number = float("nan")
        if not isfinite(number):
            why = f"It is {written(formula)[:120]}."
            raise InvalidInput(f"The value of '{name}' at time 0 is no finite number.", why, "Correct it.")
        return number

    def start(self, name: str) -> Formula:
        """The initial value of a varying quantity, in terms of constants.

        Raises InvalidInput for a circle, and for a value that the file does not give.
        """
        if name not in self._known:
            known = self.quantities.get(name)
            formula = self.rules.get(name) or (known.initial if known else None)
            if formula is None or name in self._open:
                raise _without_value(name, self._open)
            self._open.append(name)
            self._known[name] = self.settled(formula)
            self._open.pop()
        return self._known[name]

    def settled(self, formula: Formula) -> Formula:
        """The formula at time 0, in terms of constants, with the piece that holds for each piecewise."""
        return self._chosen(substituted(formula, self._at_zero))

    def in_full(self, formula: Formula) -> Formula:
        """The formula with what rules give written out."""
        return substituted(formula, lambda n: self.in_full(self.rules[n]) if n in self.rules else None)

    def _at_zero(self, name: str) -> Formula | None:
        if name == "time":
            return Number(0.0)
        return None if name in self.constants else self.start(name)

    def _chosen(self, formula: Formula) -> Formula:
        if not isinstance(formula, Apply):
            return formula
        if formula.op != "piecewise":
            return Apply(formula.op, tuple(self._chosen(a) for a in formula.args))
        pieces = zip(formula.args[::2], formula.args[1::2], strict=False)
        holding = (value for value, condition in pieces if evaluate(condition, self.constants, TRUTH))
        return self._chosen(next(holding, formula.args[-1]))


def _without_value(name: str, circle: list[str]) -> InvalidInput:
    if name in circle:
        chain = " reads ".join([*circle[circle.index(name) :], name])
        return InvalidInput("Initial values have a circular definition.", f"{chain}.", "Give one a number.")
    return InvalidInput(
        f"'{name}' has no value at time 0.",
        "The file gives it neither a number nor an initial assignment.",
        f"Set it in the file, or from outside: {name}=VALUE.",
    )
