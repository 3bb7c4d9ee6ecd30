"""Episodes of macrophage activation in a trial, as they would be recognised and reported."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.patients.mas_criteria import IN_MAS, highest_of_day, mas_2016
from quotidian.patients.mas_episodes import haemophagocytosis
from quotidian.trials.criteria.laboratory import MAS_SIGNS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAS = "macrophage_activation"


def readable(names: Iterable[str]) -> bool:
    """Whether all signs of the criteria and the activation of macrophages were recorded."""
    return {MAS, *MAS_SIGNS} <= set(names)


def toll(run: Outcome, after_h: float) -> Floats:
    r"""Haemophagocytosis in MAS of a stage from ``after_h`` (h), :math:`\sum A^2 \Delta t`, days, [child]."""
    steps = np.diff(run.times, prepend=after_h) / 24.0
    return np.asarray((haemophagocytosis(run[MAS]) * steps).sum(axis=1))


def recognised(run: Outcome, seen: NDArray[np.int64]) -> Bools:
    """Children whose MAS met the criteria of 2016 at the visit or at its peak since the previous visit,
    [child].

    A child with MAS is seen within days, not at its planned visit. ``seen`` is the index of the visit in
    ``run.times``. Laboratory values have no measurement error; temperature is the highest of 24 h.
    """
    active = run[MAS]
    hot = highest_of_day(run.times, run["temperature"])
    everyone = np.arange(len(active))
    found = np.zeros(len(active), dtype=bool)
    for at in (active.argmax(axis=1), seen):
        signs = {name: run[name][everyone, at] for name in MAS_SIGNS[1:]}
        met = mas_2016(temperature=hot[everyone, at], **signs).met
        found |= met & (active[everyone, at] > IN_MAS)
    return found
