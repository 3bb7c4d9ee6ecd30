"""Everything's value at one instant, computed name by name when it is requested."""

from __future__ import annotations

import math
from collections.abc import Mapping

from quotidian.interchange.formula import Formula, evaluate
from quotidian.interchange.hybrid.conditions import Condition


class Values(dict[str, float]):
    """Values by name at one instant: constants, time, states and inputs; rules and switches are computed.

    Parameters
    ----------
    held : states and inputs by name. signs : signs of the differences of conditions, by their names, where
        they are not those of the values (an instant found by bisection, or just after an instant).
    """

    def __init__(
        self,
        rules: Mapping[str, Formula],
        conditions: tuple[Condition, ...],
        constants: Mapping[str, float],
        held: Mapping[str, float],
        time: float,
        signs: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(constants)
        self.update(held)
        self["time"] = time
        self.rules, self.constants, self.held, self.time = rules, constants, dict(held), time
        self.conditions = conditions
        self.signs = dict(signs or {})
        self._named = {c.name: c for c in conditions}

    def __missing__(self, name: str) -> float:
        if name in self.rules:
            value = float(evaluate(self.rules[name], self))
        else:
            condition = self._named[name]
            value = condition.holds(self.sign(condition))
        self[name] = value
        return value

    def difference(self, condition: Condition) -> float:
        """Left side less right side."""
        left, right = (float(evaluate(side, self)) for side in condition.sides)
        return 0.0 if left == right else left - right  # infinity less infinity is no difference

    def sign(self, condition: Condition) -> float:
        """-1, 0 or 1; not-a-number where a side is not a number."""
        if condition.name in self.signs:
            return self.signs[condition.name]
        d = self.difference(condition)
        return d if math.isnan(d) else math.copysign(1.0, d) if d else 0.0

    def at(
        self,
        time: float | None = None,
        held: Mapping[str, float] | None = None,
        signs: Mapping[str, float] | None = None,
    ) -> Values:
        """Another instant of the same system; what is not given stays, but signs do not."""
        return Values(
            self.rules,
            self.conditions,
            self.constants,
            {**self.held, **(held or {})},
            self.time if time is None else time,
            signs,
        )
