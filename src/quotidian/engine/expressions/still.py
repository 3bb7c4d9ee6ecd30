"""Constants and inputs that no direction of differentiation moves: code need not carry their tangents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quotidian.engine.expressions.ode_system import OdeSystem

WORTH = 64
"""Constants at rest for which code of its own is compiled; with fewer it would hardly be faster."""


@dataclass(frozen=True)
class Still:
    """What no direction moves.

    Attributes
    ----------
    constants : places among the hoisted constants.
    inputs : True if no direction moves any input.
    """

    constants: frozenset[int] = frozenset()
    inputs: bool = False

    @property
    def key(self) -> str:
        """A name for the code, empty where everything may move."""
        if not self.constants:
            return ""
        return f" still {sorted(self.constants)}" + (" inputs" if self.inputs else "")

    def moved(self, system: OdeSystem) -> set[int]:
        """Serials of nodes that a constant or an input moves."""
        constants = [node for i, node in enumerate(system.hoisted) if i not in self.constants]
        inputs = [] if self.inputs else [system.graph.symbol(name) for name in system.inputs]
        return system.depending_on([*constants, *inputs])


EVERYTHING_MOVES = Still()


def still(system: OdeSystem, parameters: Iterable[str], inputs: bool) -> Still:
    """What stands still when only these parameters move, and the inputs if ``inputs``.

    Nothing, where this is too little to be worth code of its own.
    """
    hoisted = system.hoisted  # finding them adds nodes to the graph, so they come first
    moved = system.depending_on([system.graph.symbol(name) for name in parameters])
    at_rest = frozenset(i for i, node in enumerate(hoisted) if node.serial not in moved)
    return Still(at_rest, not inputs) if len(at_rest) >= WORTH else EVERYTHING_MOVES
