"""Subjects on different drugs in one simulation: one compiled model for each set of drugs.

The result of a subject depends on its own regimen only: its model contains its own drugs and the usual
ones, not those of others. An observable of a drug that it does not receive is 0.
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
    """Indices of the subjects by the drugs that they need besides the usual ones, in order of appearance.

    Every model contains the drugs ``more``.
    """
    groups: dict[frozenset[str], list[int]] = {}
    held_by_all = frozenset(more)
    for i, regimen in enumerate(regimens):
        groups.setdefault((held_by_all | regimen.drugs) - set(USUAL), []).append(i)
    return groups


def all_names(models: Sequence[CompiledModel]) -> tuple[str, ...]:
    """Every observable of the models, in order of appearance."""
    return tuple(dict.fromkeys(name for m in models for name in m.model.observables))


def held(model: CompiledModel, names: Sequence[str]) -> tuple[str, ...]:
    """The names to request from the model: all except those of a drug that it does not contain.

    An unknown name is kept, so that the model refuses it.
    """
    foreign = {o.name for drug in DRUGS.values() for o in drug.module.observables}
    foreign -= set(model.model.observables)
    return tuple(name for name in names if name not in foreign)


def with_absent(outcome: Outcome, names: Sequence[str]) -> Floats:
    """Values [subject, time, name]: 0 for names that the outcome lacks, not-a-number after a failure."""
    values = np.zeros((*outcome.values.shape[:2], len(names)))
    lost = (outcome.status[:, None] != 0) & (outcome.times[None, :] > outcome.reached[:, None])
    values[lost] = np.nan
    for i, name in enumerate(names):
        if name in outcome.names:
            values[:, :, i] = outcome[name]
    return values
