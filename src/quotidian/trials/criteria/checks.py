"""Checks of the data of endpoints: all variables, all children, nothing missing, nothing negative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidCall, InvalidInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CORE_SET = ("physician_global", "parent_global", "chaq", "active_joints", "limited_joints", "esr")
"""The six variables of the JIA core set: globals 0-10, CHAQ 0-3, counts of joints, mm/h."""
MARKER, OTHER_MARKER = "esr", "crp"
"""The inflammatory marker of the core set, and the one that some trials of systemic disease use instead."""


def counted(core: Mapping[str, Floats], marker: str) -> dict[str, Floats]:
    """The six variables of a trial's response criteria, from a visit at which both markers were measured."""
    return {name: values for name, values in core.items() if name in (*CORE_SET[:-1], marker)}


def core(before: Mapping[str, ArrayLike], now: Mapping[str, ArrayLike]) -> tuple[Floats, Floats]:
    """The core set before and now, each (6, children); CRP replaces an absent ESR."""
    marker = OTHER_MARKER if OTHER_MARKER in before and MARKER not in before else MARKER
    names = (*CORE_SET[:-1], marker)
    b, x = stack(before, names, "The earlier visit"), stack(now, names, "The later visit")
    if b.shape != x.shape:
        raise InvalidCall(
            f"The earlier visit has {b.shape[1]} children and the later one {x.shape[1]}.",
            "A response compares each child with itself.",
            "Pass the same children, in the same order, at both visits.",
        )
    return b, x


def stack(given: Mapping[str, ArrayLike], names: tuple[str, ...], subject: str) -> Floats:
    """The named variables as (names, children), all present, finite and not negative."""
    if absent := [name for name in names if name not in given]:
        raise InvalidCall(
            f"{subject} lacks {', '.join(absent)}.",
            f"It needs {', '.join(names)}.",
            "Add the variable; none is optional.",
        )
    rows = [np.atleast_1d(np.asarray(given[name], dtype=np.float64)) for name in names]
    if len({row.shape for row in rows}) != 1 or rows[0].ndim != 1:
        shapes = ", ".join(f"{name} {row.shape}" for name, row in zip(names, rows, strict=True))
        raise InvalidCall(
            f"{subject} has variables of different shapes.", shapes, "Give one value per child of each."
        )
    for name, row in zip(names, rows, strict=True):
        refuse(~(np.isfinite(row) & (row >= 0.0)), f"{subject} has no usable value of {name}")
    return np.stack(rows)


def refuse(bad: NDArray[np.bool_], what: str) -> None:
    """Raise an error that names the marked children by their index."""
    if bad.any():
        who = np.flatnonzero(bad)
        more = f" and {who.size - 5} more" if who.size > 5 else ""
        raise InvalidInput(
            f"{what}: child {', '.join(str(i) for i in who[:5])}{more} (counted from 0).",
            "A missing or negative value is not an endpoint; counted as a failure it would bias the trial.",
            "Report these children separately, or impute them by a stated rule first.",
        )


def truth(values: ArrayLike, what: str) -> Bools:
    """Truth values unchanged, (children,) or more; InvalidCall for anything else."""
    found = np.asarray(values)
    if found.dtype != np.bool_:
        raise InvalidCall(
            f"{what} must be boolean, not {found.dtype}.",
            "A number does not state whether a criterion is met.",
            "Compare it with its limit first.",
        )
    return found
