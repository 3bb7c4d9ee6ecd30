"""The task every solver gets: children with systemic JIA on TENDER's dosing for 12 weeks, states daily."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.drugs.catalogue import REGIMENS
from quotidian.engine import CompiledModel, Sensitivities, Tolerance
from quotidian.models import model as model_named
from quotidian.network import Model, Module, Observable
from quotidian.network.flux import call, itself
from quotidian.patients.child import Child, child
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.simulation import DosingEvent

Floats = NDArray[np.float64]

MODEL, REGIMEN, DAYS = "sjia", "tocilizumab-iv", 84
SEED, SPREAD = 20031126, 0.3  # SD of the logarithms of severity and clearance
EXACT = Tolerance(rtol=1e-11, atol=1e-13)
DIRECTIONS = ("severity", "body_weight", "tocilizumab.CL", "acute_phase.crp_hill")
WATCHED = "state of "
"""Heads the name of an observable that is a state itself."""


@dataclass(frozen=True)
class Segment:
    """Time between two switches: ``inputs`` hold, outputs fall due at ``times``, the rows ``rows`` of all."""

    begin: float
    end: float
    inputs: Mapping[str, float]
    times: Floats
    rows: slice


@dataclass(frozen=True)
class Task:
    """Children and what is wanted of them.

    Attributes
    ----------
    machine : the model with every state as an observable.
    parameters, starts : [child, ...]. switches : [child] infusions switched on and off. times : [time] h.
    """

    machine: CompiledModel
    parameters: Floats
    starts: Floats
    switches: tuple[tuple[DosingEvent, ...], ...]
    times: Floats

    @property
    def children(self) -> int:
        return len(self.parameters)

    @property
    def model(self) -> Model:
        return self.machine.model

    @property
    def watched(self) -> list[str]:
        """Names of the observables that are states, in the order of the states."""
        return [WATCHED + name for name in (s.name for s in self.model.species)]

    def repeated(self, times: int) -> Task:
        """The same children several times over."""
        parameters, starts = (np.tile(table, (times, 1)) for table in (self.parameters, self.starts))
        return replace(self, parameters=parameters, starts=starts, switches=self.switches * times)

    def solve(self, tolerance: Tolerance, threads: int = 1) -> Floats:
        """States by our engine, [child, time, state]."""
        outcome = self.machine.run(
            self.parameters, self.times, events=self.machine.events(self.switches), observables=self.watched,
            tolerance=tolerance, threads=threads,
        )  # fmt: skip
        return outcome.values

    def differentiate(self, width: int, tolerance: Tolerance) -> Sensitivities:
        """The same run and its derivatives in so many directions."""
        return self.machine.run_with_sensitivities(
            self.parameters, self.times, with_respect_to=DIRECTIONS[:width],
            events=self.machine.events(self.switches), observables=self.watched,
            tolerance=tolerance, threads=1,
        )  # fmt: skip

    def segments(self, number: int) -> Iterator[Segment]:
        """The run of one child, cut at its switches, for solvers that are restarted there."""
        inputs = {name: one.resting for name, one in self.model.inputs.items()}
        begin, row = float(self.times[0]), 1
        for time, changed in (*self._changes(number), (float(self.times[-1]), {})):
            if time > begin:
                after = int(np.searchsorted(self.times, time, side="right"))
                yield Segment(begin, time, dict(inputs), self.times[row:after], slice(row, after))
                begin, row = time, after
            inputs |= changed

    def _changes(self, number: int) -> Iterator[tuple[float, dict[str, float]]]:
        """Instants (h) at which inputs of one child change, with their new values."""
        for event in self.switches[number]:
            yield event.time_h, {event.target: event.value}

    def constants(self, number: int) -> dict[str, float]:
        """Every constant of one child by name, those that follow from others with them."""
        values = self.machine.named_parameters(self.parameters[number])
        for d in self.model.definitions:
            if d.of.name in self.model.constant_names:
                values[d.of.name] = float(call(d, values))
        return values


def task(children: int) -> Task:
    """So many children, who differ in age, weight, severity and clearance; the same ones each time."""
    machine, end = CompiledModel(watched(model_named(MODEL))), 24.0 * DAYS
    several = drawn(children)
    table = subjects_of(several).table(machine)
    switches = tuple(tuple(treatment_events(c, REGIMENS[REGIMEN], end)) for c in several)
    return Task(
        machine, table, machine.begin(table)[1], switches, 24.0 * np.arange(DAYS + 1, dtype=np.float64)
    )


def watched(model: Model) -> Model:
    """The model with every state as an observable."""
    states = tuple(Observable(WATCHED + s.name, s.unit, s.meaning, itself, s) for s in model.species)
    return replace(model, modules=(*model.modules, Module("states", "States", observables=states)))


def drawn(count: int) -> Sequence[Child]:
    """Children from a generator of their own."""
    random = np.random.default_rng(SEED)
    ages, sexes = random.uniform(2, 18, count), random.choice(["female", "male"], count)
    severity, clearance = np.exp(SPREAD * random.standard_normal((2, count)))
    return [
        child(float(age), str(sex), severity=float(s), random_effects={"tocilizumab.CL": float(c)})
        for age, sex, s, c in zip(ages, sexes, severity, clearance, strict=True)
    ]
