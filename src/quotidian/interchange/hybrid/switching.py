"""Take comparisons that turn over out of formulas: each is a switch, and its difference is watched.

Between two turns a comparison keeps its truth, so the engine integrates smooth equations: the branch in
force, and no other. ``min``, ``max`` and ``abs`` are continuous and need no switch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from quotidian.interchange.formula import Apply, Formula, Name
from quotidian.interchange.hybrid.affine import NotAffine
from quotidian.interchange.hybrid.conditions import Condition
from quotidian.interchange.hybrid.initial_values import Beginnings
from quotidian.interchange.hybrid.turning import root_and_slope
from quotidian.interchange.operations import COMPARISONS


@dataclass
class Conditions:
    """Takes turning comparisons out of formulas, and collects them; inner ones stand before outer ones."""

    beginnings: Beginnings
    found: dict[Formula, Condition] = field(default_factory=dict)

    def switched(self, formula: Formula) -> Formula:
        """The same formula with the names of switches for comparisons that turn over."""
        if not isinstance(formula, Apply):
            return formula
        args = tuple(self.switched(a) for a in formula.args)
        if formula.op in COMPARISONS and self._turns(formula):
            return Name(self._condition(formula, args).name)
        return Apply(formula.op, args)

    def _turns(self, comparison: Formula) -> bool:
        reads = self.beginnings.reads(comparison)
        return "time" in reads or bool(reads & self.beginnings.moving)

    def _condition(self, formula: Apply, args: tuple[Formula, ...]) -> Condition:
        if formula not in self.found:
            name = f"when {len(self.found) + 1}"
            states = bool(self.beginnings.reads(formula) & self.beginnings.moving)
            self.found[formula] = Condition(
                name,
                formula.op,
                (args[0], args[1]),
                f"difference {len(self.found) + 1}" if states else None,
                not states and self._solvable(formula),
                tuple(sorted(self.beginnings.reads(formula) & self.beginnings.switched)),
            )
        return self.found[formula]

    def _solvable(self, formula: Apply) -> bool:
        b = self.beginnings
        values = {**b.values, **{name: b.value(name) for name in sorted(b.switched)}}
        try:
            root_and_slope(formula.args, b.rules, values)
        except (NotAffine, TypeError, KeyError, AttributeError):
            return False
        return True
