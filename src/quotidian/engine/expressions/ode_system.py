"""The ODE system of a model: numbered states, parameters, inputs, and the graph of the rates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from quotidian.engine.expressions.graph import Derivatives, Graph, Node, reachable
from quotidian.engine.expressions.hoisting import hoist
from quotidian.network import Model

Sparse = dict[tuple[int, int], Node]


@dataclass(frozen=True, repr=False)  # a shared graph printed as a tree would be endless
class OdeSystem:
    """The ODE system from which code is generated.

    ``declared`` are the names that laws read, each with its unit.
    ``hoisted`` are the largest subexpressions of constants alone: computed once a subject.
    ``varying`` are parameters that may change in time: the last inputs replace them in the rates.
    ``ramps`` is True where inputs are levels, slopes and instants, a third each (:mod:`.ramps`).
    """

    graph: Graph
    states: tuple[str, ...]
    scales: tuple[float, ...]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    resting: tuple[float, ...]
    observables: tuple[str, ...]
    units: tuple[str, ...]
    declared: tuple[tuple[str, str], ...]
    time: Node
    rates: tuple[Node, ...]
    starts: tuple[Node, ...]
    outputs: tuple[Node, ...]
    ramps: bool = False
    varying: tuple[str, ...] = ()

    @cached_property
    def jacobian(self) -> Sparse:
        """Non-zero partial derivatives of rate i by state j."""
        found: Sparse = {}
        zero, reads = self.graph.number(0.0), self._reads()
        for j, name in enumerate(self.states):
            by = Derivatives(self.graph, self.graph.symbol(name))
            for i in (i for i, mask in enumerate(reads) if mask >> j & 1):
                partial = by.of(self.rates[i])
                if partial is not zero:
                    found[i, j] = partial
        return found

    def _reads(self) -> list[int]:
        """For each rate the states on which it depends, as bits: the pattern of the Jacobian."""
        own = {self.graph.symbol(name).serial: 1 << j for j, name in enumerate(self.states)}
        masks: dict[int, int] = {}
        for node in reachable(self.rates):
            mask = own.get(node.serial, 0)
            for a in node.args:
                mask |= masks[a.serial]
            masks[node.serial] = mask
        return [masks[rate.serial] for rate in self.rates]

    @cached_property
    def drift(self) -> tuple[Node, ...]:
        """Partial derivative of each rate with respect to time."""
        by = Derivatives(self.graph, self.time)
        return tuple(by.of(rate) for rate in self.rates)

    @cached_property
    def moving(self) -> set[int]:
        """Serials of nodes that depend on time, a state or an input, those of the derivatives among them."""
        _ = self.jacobian, self.drift  # these add nodes to the graph, so they come first
        return self.depending_on([self.time, *map(self.graph.symbol, (*self.states, *self.inputs))])

    def depending_on(self, symbols: Iterable[Node]) -> set[int]:
        """Serials of nodes that depend on one of the symbols, including the symbols."""
        entered = {symbol.serial for symbol in symbols}
        for node in self.graph.nodes:
            if any(a.serial in entered for a in node.args):
                entered.add(node.serial)
        return entered

    @cached_property
    def hoisted(self) -> tuple[Node, ...]:
        """Constant nodes that moving nodes (or rates and outputs themselves) use directly."""
        roots = [*self.rates, *self.outputs, *self.jacobian.values(), *self.drift]
        used: dict[int, Node] = {}
        for node in reachable(roots):
            if node.serial in self.moving:
                for a in node.args:
                    if a.serial not in self.moving and a.number is None:
                        used[a.serial] = a
        for root in roots:
            if root.serial not in self.moving and root.number is None:
                used[root.serial] = root
        return tuple(used[s] for s in sorted(used))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of every expression and every unit: models that share it share machine code and audit."""
        text = hashlib.sha256()
        for names in (self.states, self.parameters, self.inputs, self.observables, self.units, self.declared):
            text.update(repr(names).encode())
        number: dict[int, int] = {}
        for node in reachable([*self.rates, *self.starts, *self.outputs]):
            number[node.serial] = len(number)
            text.update(f"{node.op} {node.value!r} {[number[a.serial] for a in node.args]}\n".encode())
        for group in (self.rates, self.starts, self.outputs):
            text.update(repr([number[n.serial] for n in group]).encode())
        return text.hexdigest()


def trace(model: Model) -> OdeSystem:
    """Evaluate the laws of the model with symbols."""
    graph = Graph()
    names = [*model.constants, *model.inputs, *(s.name for s in model.species), "time"]
    traced = model.evaluate({name: graph.symbol(name) for name in names}, zero=graph.number(0.0))
    moving = [graph.symbol(n) for n in (*model.inputs, *(s.name for s in model.species), "time")]

    def ready(values: Iterable[Node | float]) -> tuple[Node, ...]:
        return tuple(hoist(graph, [graph.lift(v) for v in values], moving))

    return OdeSystem(
        graph=graph,
        states=tuple(s.name for s in model.species),
        scales=tuple(max(s.usual[1], 1e-12) for s in model.species),
        parameters=tuple(model.constants),
        inputs=tuple(model.inputs),
        resting=tuple(i.resting for i in model.inputs.values()),
        observables=tuple(model.observables),
        units=tuple(o.unit for o in model.observables.values()),
        declared=_declared(model),
        time=graph.symbol("time"),
        rates=ready(traced.rates[s.name] for s in model.species),
        starts=ready(traced.initial_values[s.name] for s in model.species),
        outputs=ready(traced.observables.values()),
    )


def _declared(model: Model) -> tuple[tuple[str, str], ...]:
    named = {**model.arguments, **{s.name: s for s in model.species}}
    return tuple(sorted((name, noun.unit) for name, noun in named.items()))
