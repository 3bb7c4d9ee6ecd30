"""Follow an experiment of a PEtab problem: settle before it, start, and change the model at its times."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quotidian.errors import InvalidData
from quotidian.interchange.contents import Contents, Event
from quotidian.interchange.formula import Apply, Formula, Name, Number, evaluate, substituted
from quotidian.interchange.hybrid.clock import refuse_clock, shifted
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.restart import pinned, set_at_start, whole_system
from quotidian.interchange.hybrid.run import HybridRun
from quotidian.interchange.hybrid.settling import at_rest, hybrid, settled, spent
from quotidian.interchange.petab.problem import Changes, Experiment


@dataclass(frozen=True)
class Course:
    """What a model does in an experiment: values of all its quantities by time, those after settling under
    infinity."""

    at: Mapping[float, Mapping[str, float]]


def course(
    model: Contents, experiment: Experiment, values: Mapping[str, float], times: Sequence[float],
    wanted: Sequence[str],
) -> Course:  # fmt: skip
    """Follow ``model`` through ``experiment``.

    Parameters
    ----------
    values : of the parameter table, unscaled. times : at which values are wanted, each not before the start;
        infinity for settled ones. wanted : quantities of the model.

    Raises InvalidData for a change of what the model computes, NotSolvable where a time is not reached or a
    model does not settle.
    """
    own = {name: v for name, v in values.items() if name in model.quantities}
    start = _from(shifted(model, experiment.start).with_values(own), model, experiment, values)
    finite = sorted({t for t in times if t < math.inf})
    run = _run(_with_periods(start, experiment, values), experiment, finite, wanted)
    run.solve()
    found = {
        t: {**dict(zip(run.names, row, strict=True)), "time": t}
        for t, row in zip((run.times + experiment.start).tolist(), run.rows.tolist(), strict=True)
    }
    kept = {t: found[_nearest(found, t)] for t in finite}
    if math.inf in times:
        end = settled(run)
        kept[math.inf] = {name: run.value(name, end) for name in run.names}
    return Course(kept)


def _nearest(found: Mapping[float, object], time: float) -> float:
    return min(found, key=lambda t: abs(t - time))


def _run(
    contents: Contents, experiment: Experiment, finite: Sequence[float], wanted: Sequence[str]
) -> HybridRun:
    system = whole_system(contents)
    times = sorted({0.0, *(t - experiment.start for t in finite)})
    last = max([times[-1], *(t - experiment.start for t, _ in experiment.later)])
    grid = np.array(times if last <= times[-1] else [*times, last])
    return hybrid(system, grid, wanted)


# ---- where an experiment begins
def _from(c: Contents, model: Contents, e: Experiment, values: Mapping[str, float]) -> Contents:
    """The model as it is at the start of the experiment."""
    if e.settled is None:
        return _changed_at_start(c, e.first, values, feeds=e.feeds_starts)
    refuse_clock(model)
    before = _changed_at_start(c, e.settled, values, feeds=e.feeds_starts)
    run, end = at_rest(before)
    carried = pinned(before, end)
    moving = {*run.system.rates, *run.system.inputs}
    kept = c if e.resets else carried
    changes = _numbers(e.first, end, kept, values)
    if e.resets:
        states = {name: q for name, q in carried.quantities.items() if name in moving or _is_held(name, run)}
        kept = replace(c, quantities={**c.quantities, **states})
    return replace(kept, events=spent(before, kept.events, run)).with_values(changes)


def _is_held(name: str, run: HybridRun) -> bool:
    """Whether it is a concentration whose amount is the state."""
    return f"amount of {name}" in run.system.rates


def _changed_at_start(c: Contents, changes: Changes, values: Mapping[str, float], *, feeds: bool) -> Contents:
    """The model with changes at its start."""
    if not changes:
        return c
    numbers = _numbers(changes, whole_system(c).start(), c, values)
    return c.with_values(numbers) if feeds else set_at_start(c, numbers, "A condition at the start")


def _numbers(changes: Changes, now: Values, c: Contents, values: Mapping[str, float]) -> dict[str, float]:
    """Changes as numbers, by the values of an instant."""
    known = {name: float(evaluate(f, _Both(now, values))) for name, f in changes.items()}
    _refuse_ruled(changes, c)
    return {name: v for name, v in known.items() if name in c.quantities}


class _Both(dict[str, float]):
    """Values of the model, and of parameters that are not in it."""

    def __init__(self, model: Values, parameters: Mapping[str, float]) -> None:
        super().__init__()
        self.model, self.parameters = model, parameters

    def __missing__(self, name: str) -> float:
        try:
            return self.model[name]
        except KeyError:
            return self.parameters[name]


def _refuse_ruled(changes: Changes, c: Contents) -> None:
    ruled = [name for name in changes if name in c.rules or any(r.id == name for r in c.reactions)]
    if ruled:
        raise InvalidData(
            f"A condition changes '{ruled[0]}', which the model computes at every instant.",
            "The change would be overwritten at once.",
            "Change what it is computed from.",
        )


# ---- what happens later
def _with_periods(c: Contents, e: Experiment, values: Mapping[str, float]) -> Contents:
    """The model with an event for every later period, which acts before any of its own."""
    events: list[Event] = []
    for number, (time, changes) in enumerate(e.later):
        _refuse_ruled(changes, c)
        events.append(
            Event(
                f"period {number + 2}",
                Apply(">=", (Name("time"), Number(time - e.start))),
                {n: _with_parameters(f, c, values) for n, f in changes.items() if n in c.quantities},
                armed=True, early=False, priority=Number(math.inf), keeps_densities=True,
                where=f"period at {time:g}",
            )
        )  # fmt: skip
    return replace(c, events=(*c.events, *events))


def _with_parameters(f: Formula, c: Contents, values: Mapping[str, float]) -> Formula:
    """With numbers for parameters that are not in the model."""
    return substituted(f, lambda n: Number(values[n]) if n in values and n not in c.quantities else None)
