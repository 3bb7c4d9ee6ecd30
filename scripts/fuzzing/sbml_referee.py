"""libRoadRunner as the referee of accepted SBML files."""

from __future__ import annotations

import csv
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from fuzzing.inputs import Case
from fuzzing.linear_doses import Abstains

RELATIVE, FLOOR = 1e-4, 1e-7
"""Difference that is allowed, relative, and as a part of the largest value of a column. A rate such as
sin(S t) multiplies the relative error of S by S t."""
TIGHT = 1e-10


def disagreement(case: Case, folder: Path) -> str:
    """Where a course differs from the referee's, or "". Raises Abstains for what it does not judge."""
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        heads, *rows = list(csv.reader(stream))
    ours = np.array(rows, dtype=float)
    theirs = _course(case.files["m.xml"], heads[1:], ours[:, 0])
    for place, name in enumerate(heads[1:]):
        own, other = ours[:, place + 1], theirs[:, place]
        allowed = RELATIVE * np.abs(other) + FLOOR * np.abs(other).max() + 1e-12
        if (off := np.flatnonzero(~(np.abs(own - other) <= allowed))).size:
            row = int(off[0])
            return f"{name} at {ours[row, 0]:g}: {own[row]:.9g}, and {other[row]:.9g} by the referee"
    return ""


def _course(content: bytes, ids: list[str], times: Any) -> Any:
    """Values [time, id]."""
    roadrunner, libsbml = _library(), import_module("libsbml")
    try:
        document = libsbml.readSBMLFromString(content.decode("utf-8"))
        model = document.getModel()
        if model is None:  # libSBML reads no text of this encoding
            raise Abstains
        if _fires_again(model):
            raise Abstains
        amounts = {s.getId() for s in model.getListOfSpecies() if s.getHasOnlySubstanceUnits()}
        species = {s.getId() for s in model.getListOfSpecies()}
        solver = roadrunner.RoadRunner(content.decode("utf-8"))
        solver.integrator.relative_tolerance, solver.integrator.absolute_tolerance = TIGHT, 1e-13
        solver.integrator.maximum_num_steps = 200_000
        shown = [f"[{name}]" if name in species - amounts else name for name in ids]
        solver.timeCourseSelections = ["time", *shown]
        found = np.array(solver.simulate(times=times.tolist()))[:, 1:]
    except (RuntimeError, ValueError, UnicodeDecodeError):
        raise Abstains from None
    if not np.isfinite(found).all():
        raise Abstains
    return found


def _fires_again(model: Any) -> bool:
    """Whether libRoadRunner may be wrong: where a delayed event is executed, it fires other events again.

    Four random models had an event whose trigger is true from the start and becomes false, so that it cannot
    fire. Without this event, or with its first assignment as initial value, libRoadRunner gives our value.
    """
    events = list(model.getListOfEvents())
    return len(events) > 1 and any(event.getDelay() is not None for event in events)


@cache
def _library() -> Any:
    try:
        found = import_module("roadrunner")
    except ImportError:
        raise Abstains from None
    found.Logger.setLevel(found.Logger.LOG_FATAL)
    return found
