"""Children on different drugs in one study: one machine for each set of drugs, one outcome for all.

What a child gets depends on its own regimen alone: its machine holds its own drugs and the usual ones, never
those of others. What it is asked of a drug that it is not given is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Regimen
from quotidian.engine import CompiledModel, Outcome
from quotidian.models import DRUGS, USUAL

Floats = NDArray[np.float64]


def by_drugs(regimens: Sequence[Regimen], more: Iterable[str] = ()) -> dict[frozenset[str], list[int]]:
    """Places of the children by the drugs that they need beside the usual ones, in order of appearance.

    ``more`` drugs are held by every machine.
    """
    groups: dict[frozenset[str], list[int]] = {}
    held_by_all = frozenset(more)
    for i, regimen in enumerate(regimens):
        groups.setdefault((held_by_all | regimen.drugs) - set(USUAL), []).append(i)
    return groups


def all_names(machines: Sequence[CompiledModel]) -> tuple[str, ...]:
    """Every observable of any of them, in order of appearance."""
    return tuple(dict.fromkeys(name for m in machines for name in m.ode_system.observables))


def held(machine: CompiledModel, names: Sequence[str]) -> tuple[str, ...]:
    """Those that the machine is to be asked for: all but what belongs to a drug that it does not hold.

    A name that nothing knows stays in, for the machine to refuse.
    """
    foreign = {o.name for drug in DRUGS.values() for o in drug.module.observables}
    foreign -= set(machine.ode_system.observables)
    return tuple(name for name in names if name not in foreign)


def with_absent(outcome: Outcome, names: Sequence[str]) -> Floats:
    """Values [child, time, name]: 0 for the names the outcome lacks, not-a-number where a child was lost."""
    values = np.zeros((*outcome.values.shape[:2], len(names)))
    lost = (outcome.status[:, None] != 0) & (outcome.times[None, :] > outcome.reached[:, None])
    values[lost] = np.nan
    for i, name in enumerate(names):
        if name in outcome.names:
            values[:, :, i] = outcome[name]
    return values


def together(outcomes: Sequence[tuple[list[int], Outcome]], names: Sequence[str]) -> Outcome:
    """One outcome of children in their places.

    ``states``, ``inputs`` and ``slopes`` are those of the machine where there is but one; else they have no
    column, since machines differ in theirs.
    """
    children = sum(len(places) for places, _ in outcomes)
    one = outcomes[0][1]
    alone = len(outcomes) == 1

    def merged(parts: list[NDArray[np.generic]]) -> NDArray[np.generic]:
        whole = np.empty((children, *parts[0].shape[1:]), dtype=parts[0].dtype)
        for (places, _), part in zip(outcomes, parts, strict=True):
            whole[places] = part
        return whole

    none = np.empty((children, 0))
    columns = {
        name: merged([getattr(o, name) for _, o in outcomes])
        for name in ("status", "reached", "accepted", "rejected")
    }
    return Outcome(
        model=one.model,
        times=one.times,
        names=tuple(names),
        values=merged([with_absent(o, names) for _, o in outcomes]),  # type: ignore[arg-type]
        states=one.states if alone else none,
        inputs=one.inputs if alone else none,
        slopes=one.slopes if alone else none,
        **columns,  # type: ignore[arg-type]
    )
