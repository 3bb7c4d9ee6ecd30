"""What members of an ensemble expect of biomarkers in virtual children, the same ones for each member."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.learning.worth_request import MODEL, WEEKS, WorthRequest
from quotidian.drugs.catalogue import regimen as prescribed
from quotidian.evidence import Overlay
from quotidian.models import DRUGS
from quotidian.models import model as model_named
from quotidian.patients.population import TYPICAL, draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
HALF = 24
"""Virtual children of the outcome, and as many others of the measurements."""
VISIT_HOUR = 8.0
"""Hour of a visit, before the dose of 09:00."""
BIOMARKERS = (
    "crp", "esr", "ferritin", "il6", "sil6r_total", "il18", "cxcl9", "active_joints", "haemoglobin",
    "platelets", "neutrophils", "igf1",
)  # fmt: skip
FOLD = 3.0
"""A positive observable that differs so much between children and members is compared on its logarithm. A
count
or a share, of unit 1, is not: most children have none of it after treatment."""


@dataclass(frozen=True, eq=False)
class ChildReadings:
    """Readings [member, child, reading]; ``names``, ``weeks`` and ``units`` are those of each reading."""

    names: tuple[str, ...]
    weeks: tuple[int, ...]
    units: tuple[str, ...]
    values: Floats

    def scaled(self, place: int) -> tuple[Floats, bool]:
        """One reading [member, child] on its scale, and whether that is the logarithm."""
        x = self.values[:, :, place]
        low, high = np.nanmin(x), np.nanmax(x)
        logarithm = bool(self.units[place] != "1" and low > 0.0 and high > FOLD * low)
        return (np.log(x) if logarithm else x), logarithm

    def signal(self, place: int, children: int) -> tuple[Floats, float]:
        """Mean over the children of the measurements by member, and its variance in so many children."""
        x = self.scaled(place)[0][:, HALF:]
        return np.nanmean(x, axis=1), float(np.nanvar(x, axis=1, ddof=1).mean()) / children

    def outcome(self, place: int) -> tuple[Floats, bool]:
        """Mean over the children of the outcome by member, on its scale."""
        x, logarithm = self.scaled(place)
        return np.nanmean(x[:, :HALF], axis=1), logarithm


def readings(
    request: WorthRequest, members: Sequence[Overlay], progress: Callable[[float], None] | None = None,
    threads: int | None = None,
) -> ChildReadings:  # fmt: skip
    """Draw and follow the children with the values of each member.

    The last reading is the outcome, where it is an observable of children. Raises DoseOutsideBand for a
    regimen without a dose for some child.
    """
    plan, known = prescribed(request.regimen), model_named(MODEL, DRUGS).observables
    observables = [name for name in (*BIOMARKERS, *plan.drugs) if name in known]
    asked = [(name, week) for week in WEEKS for name in observables if week or name not in plan.drugs]
    if request.key is None:
        asked.append((request.outcome, request.visit))
    weeks = sorted({week for _, week in asked})
    hours = np.array([7.0 * 24.0 * week + VISIT_HOUR for week in weeks])
    found = []
    for done, overlay in enumerate(members, start=1):
        run = simulate(
            draw(Streams(request.seed), 0, range(2 * HALF), TYPICAL.overlaid(overlay)), plan, model=MODEL,
            days=7.0 * weeks[-1] + 1.0, times=hours, observables=dict.fromkeys(name for name, _ in asked),
            threads=threads, overlay=overlay,
        )  # fmt: skip
        found.append(np.stack([run[name][:, weeks.index(week)] for name, week in asked], axis=1))
        if progress is not None:
            progress(done / len(members))
    names, at = zip(*asked, strict=True)
    units = tuple(known[name].unit for name in names)
    return ChildReadings(tuple(names), tuple(at), units, np.stack(found))
