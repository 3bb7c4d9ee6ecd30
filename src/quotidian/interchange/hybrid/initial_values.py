"""Sort the quantities of a file into constant and varying, and express initial values by constants alone."""

from __future__ import annotations

import math
from functools import cached_property

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import Formula, Number, evaluate, names, substituted


class Beginnings:
    """The quantities of a file by their role, each name in one of these sets.

    ``moving`` have a rate of their own; ``ruled`` follow from others at every instant; ``switched`` change at
    events only; ``derived`` never change and are computed from ``constants``, which are numbers. ``unknown``
    never change and have no value, or none that is finite.
    """

    def __init__(self, contents: Contents) -> None:
        self.quantities, self.rules, self.rates = contents.quantities, contents.rules, contents.rates
        self.moving = {*contents.rates}
        self.ruled = {*contents.rules}
        changed = {name for event in contents.events for name in event.changes}
        self.switched = changed - self.moving - self.ruled
        still = {*self.quantities} - self.moving - self.ruled - self.switched
        self.constants: dict[str, float] = {}
        self.unknown: dict[str, float] = {}
        self.derived = set[str]()
        for name in sorted(still):
            initial = self.quantities[name].initial
            if isinstance(initial, Number) and math.isfinite(initial.value):
                self.constants[name] = initial.value
            elif initial is None or isinstance(initial, Number):
                self.unknown[name] = math.nan if initial is None else initial.value
            else:
                self.derived.add(name)
        self._open: list[str] = []
        self._known: dict[str, Formula] = {}

    @cached_property
    def values(self) -> dict[str, float]:
        """Values of everything that never changes."""
        derived = {name: self.value(name) for name in sorted(self.derived)}
        return self.constants | self.unknown | derived

    def value(self, name: str) -> float:
        """The initial value of a quantity as a number, which may be infinite or not a number.

        Raises InvalidInput if it is not given.
        """
        return float(evaluate(self.start(name), self.constants))

    def finite(self, name: str) -> float:
        """The same for a state. Raises InvalidInput if it is not finite."""
        number = self.value(name)
        if not math.isfinite(number):
            raise InvalidInput(
                f"The value of '{name}' at time 0 is {number}.",
                "A quantity with a rate of change needs a finite initial value.",
                f"Correct it in the file, or from outside: {name}=VALUE.",
            )
        return number

    def start(self, name: str) -> Formula:
        """The initial value of a quantity, in terms of constants.

        Raises InvalidInput for a circle, and for a value that the file does not give.
        """
        if name in self.unknown and self.quantities[name].initial is not None:
            return Number(self.unknown[name])
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
        """The formula at time 0 in terms of constants."""
        return substituted(formula, self._at_zero)

    def in_full(self, formula: Formula) -> Formula:
        """The formula with what rules give written out."""
        return substituted(formula, lambda n: self.in_full(self.rules[n]) if n in self.rules else None)

    def reads(self, formula: Formula) -> set[str]:
        """What a formula depends on, through rules."""
        found: set[str] = set()
        waiting = [*names(formula)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += names(self.rules[name]) if name in self.rules else ()
        return found

    def _at_zero(self, name: str) -> Formula | None:
        if name == "time":
            return Number(0.0)
        return None if name in self.constants else self.start(name)


def _without_value(name: str, circle: list[str]) -> InvalidInput:
    if name in circle:
        chain = " reads ".join([*circle[circle.index(name) :], name])
        return InvalidInput("Values have a circular definition.", f"{chain}.", "Give one a number.")
    return InvalidInput(
        f"'{name}' has no value at time 0.",
        "The file gives it neither a number nor an initial assignment.",
        f"Set it in the file, or from outside: {name}=VALUE.",
    )
