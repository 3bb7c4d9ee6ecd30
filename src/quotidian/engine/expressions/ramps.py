r"""Inputs and parameters that vary in time, by rewriting the system, without a change of the integrator.

In a ramped system every input :math:`u` is replaced by

.. math:: u(t) = u_0 + u' \cdot (t - t_0)

with three inputs: its level :math:`u_0`, its slope :math:`u'` and the instant :math:`t_0` of that level.
The rates then depend on time, so the drift of the Rosenbrock step and every tangent need no special code.
Subjects without a ramp use the plain system at no extra cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine.abi import RAMP, SWITCH
from quotidian.engine.expressions.graph import Graph, Node, reachable
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.errors import InvalidCall, UnknownName, closest

Floats = NDArray[np.float64]


def now(name: str) -> str:
    """The input that replaces a parameter that may vary in time: ``body_weight(t)``."""
    return f"{name}(t)"


def varied(system: OdeSystem, names: Sequence[str], typical: Mapping[str, float]) -> OdeSystem:
    """The system with varying parameters: rates and outputs read an input in place of each.

    Initial values still read the parameter. Raises UnknownName for a name that is not a parameter.
    """
    for name in names:
        if name not in system.parameters:
            raise UnknownName(f"There is no parameter '{name}' to vary.", closest(name, system.parameters))
    g = system.graph
    instead = {g.symbol(name).serial: g.symbol(now(name)) for name in names}
    return replace(
        system,
        inputs=(*system.inputs, *map(now, names)),
        resting=(*system.resting, *(typical[name] for name in names)),
        varying=tuple(names),
        rates=_with(g, system.rates, instead),
        outputs=_with(g, system.outputs, instead),
    )


def ramped(system: OdeSystem) -> OdeSystem:
    """The system with every input on a ramp. Needs a graph of its own: it adds nodes to it."""
    g, inputs = system.graph, system.inputs
    slopes, instants = [f"{u} per hour" for u in inputs], [f"{u} since" for u in inputs]
    instead = {
        g.symbol(u).serial: g.symbol(u) + g.symbol(slope) * (system.time - g.symbol(since))
        for u, slope, since in zip(inputs, slopes, instants, strict=True)
    }
    return replace(
        system,
        inputs=(*inputs, *slopes, *instants),
        resting=(*system.resting, *[0.0] * (2 * len(inputs))),
        rates=_with(g, system.rates, instead),
        outputs=_with(g, system.outputs, instead),
        ramps=True,
    )


def _with(graph: Graph, roots: Sequence[Node], instead: Mapping[int, Node]) -> tuple[Node, ...]:
    """``roots`` with nodes replaced, by serial."""
    new: dict[int, Node] = {}
    for node in reachable(roots):
        args = [new[a.serial] for a in node.args]
        new[node.serial] = instead.get(node.serial) or _rebuilt(graph, node, args)
    return tuple(new[root.serial] for root in roots)


def _rebuilt(g: Graph, node: Node, args: Sequence[Node]) -> Node:
    two = {"+": g.add, "-": g.subtract, "*": g.multiply, "/": g.divide}
    if not args:
        return node
    return two[node.op](*args) if node.op in two else g.function(node.op, *args)


def widened(inputs: Floats, slopes: Floats, since: float) -> Floats:
    """Inputs [.., input] and slopes as a ramped system's inputs from an instant (h) on."""
    return np.concatenate([inputs, slopes, np.full_like(inputs, since)], axis=-1)


def narrowed(wide: Floats, until: Floats) -> tuple[Floats, Floats]:
    """Levels at ``until`` [row] and slopes of a ramped system's inputs [row, 3 input], each [row, input]."""
    level, slope, since = np.split(wide, 3, axis=-1)
    return level + slope * (until[:, None] - since), np.ascontiguousarray(slope)


def narrowed_tangents(moves: Floats, wide: Floats, until: Floats) -> tuple[Floats, Floats]:
    """Tangents of levels at ``until`` and of slopes, from those of the inputs, [row, direction, 3 input].

    ``wide`` [row, 1, 3 input] are the inputs.
    """
    level, slope, since = np.split(moves, 3, axis=-1)
    _, slope_at, since_at = np.split(wide, 3, axis=-1)
    moved = level + slope * (until[:, None, None] - since_at) - slope_at * since
    return moved, np.ascontiguousarray(slope)


def piecewise_linear(times: ArrayLike, values: ArrayLike, index: int) -> list[tuple[float, int, int, float]]:
    """Events that lead input ``index`` through ``values`` at ``times`` (h), linearly from each to the next.

    Before the first time the input keeps its own value, after the last time the last of ``values``; two
    values at one time are a jump. Every knot sets its value, so rounding errors do not accumulate.

    Raises InvalidCall for times that do not ascend, and for lists of different length.
    """
    t, u = np.asarray(times, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if t.ndim != 1 or t.shape != u.shape or not len(t) or np.any(~(np.diff(t) >= 0)):
        raise InvalidCall(
            f"Values of shape {u.shape} cannot be interpolated at times of shape {t.shape}.",
            "There must be one value for each time, and times must ascend.",
            "Give one value for each time, times in order.",
        )
    events: list[tuple[float, int, int, float]] = []
    for i in range(len(t)):
        events.append((float(t[i]), SWITCH, index, float(u[i])))
        if i + 1 < len(t) and t[i + 1] > t[i] and u[i + 1] != u[i]:
            events.append((float(t[i]), RAMP, index, float((u[i + 1] - u[i]) / (t[i + 1] - t[i]))))
    return events
