"""The periodic steady state of untreated disease: states that are the same after one day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.errors import SolverFailed

Floats = NDArray[np.float64]
LASTING = (
    "bone_age", "height", "adult_height", "joint_damage", "prednisolone_taken", "methylprednisolone_given",
)  # fmt: skip
"""States that accumulate and therefore never become periodic; damage would settle where all is lost."""


def settled_states(
    model: CompiledModel,
    table: Floats,
    at_h: float,
    threads: int | None = None,
    numbers: Sequence[int] | None = None,
) -> Floats:
    """States [subject, state] of untreated disease in periodic steady state, at ``at_h`` (h).

    Parameters
    ----------
    table : [subject, parameter]. numbers : [subject] the number of each in error messages; None for its
        index.

    Raises SolverFailed for the first subject without a periodic steady state.
    """
    species = {s.name for s in model.model.species}
    lasting = tuple(name for name in LASTING if name in species)
    found = model.periodic_start(table, start=at_h, except_states=lasting, threads=threads)
    for place in np.flatnonzero(~found.converged)[:1]:
        number = place if numbers is None else numbers[place]
        raise SolverFailed(
            f"The untreated disease of subject {number} has no steady state.",
            f"{found.reasons[place]}.".capitalize(),
            'Use start="run-in", or check the parameters of this subject.',
        )
    return found.states
