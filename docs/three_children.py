"""Draws three typical children, hour by hour: new systemic disease, chronic arthritis, and an episode of MAS:
``make pictures``. Documentation: docs/typical-children.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from quotidian.dosing import Regimen
from quotidian.drugs.catalogue import regimen
from quotidian.engine import SWITCH
from quotidian.models import observables
from quotidian.patients.child import Child, child
from quotidian.patients.past import DAMAGE, MEMORY, SETTLED
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.reports.figures.chart import save_chart
from quotidian.simulation import DosingEvent, compiled_model, planned_doses
from quotidian.trials.result import ChildChart

FOLDER = Path(__file__).with_name("images")
TRIGGER = "macrophage_trigger"
BEFORE_WEEKS = 2


@dataclass(frozen=True)
class Case:
    """One picture: its file, the child, its treatment, observables, weeks after day 0, and other events."""

    file: str
    label: str
    who: Callable[[], Child]
    drug: str
    shown: tuple[str, ...]
    weeks: int
    events: tuple[DosingEvent, ...] = ()


def chronic() -> Child:
    """A child whose innate cells have become quiet and whose arthritis is established."""
    one = child(10, "female", severity=0.6, random_effects={"joints.articular_gain": 1.2})
    return replace(one, values={MEMORY: 0.1, SETTLED: 0.95, DAMAGE: 0.3})


CASES = (
    Case(
        "early-systemic", "Girl of 6 years, ill for six weeks, anakinra from day 0",
        lambda: child(6, "female", duration="6 weeks"), "anakinra",
        ("temperature", "il6", "crp", "esr", "ferritin", "il18", "active_joints"), 10,
    ),
    Case(
        "chronic-arthritis", "Girl of 10 years, arthritis without fever for five years, tocilizumab",
        chronic,
        "tocilizumab-iv", ("temperature", "il6", "crp", "esr", "haemoglobin", "active_joints"), 16,
    ),
    Case(
        "macrophage-activation", "Girl of 6 years with high IL-18, a trigger on day 14, no treatment",
        lambda: child(6, "female", random_effects={"macrophage_activation.il18_proneness": 4.0}), "none",
        ("temperature", "crp", "esr", "ferritin", "il18", "cxcl9", "platelets", "neutrophils"), 12,
        (DosingEvent(14 * 24.0, SWITCH, TRIGGER, 0.55), DosingEvent(20 * 24.0, SWITCH, TRIGGER, 0.0)),
    ),
)  # fmt: skip


def chart_of(case: Case) -> ChildChart:
    """The course of the child by the hour."""
    one, given, end = case.who(), regimen(case.drug), case.weeks * 168.0
    machine = compiled_model("sjia", given.drugs)
    times = np.arange(-BEFORE_WEEKS * 168.0, end + 0.5)
    events = sorted([*treatment_events(one, given, end), *case.events])
    run = machine.run(
        subjects_of([one]).table(machine), times, events=machine.events([events]), observables=case.shown,
        start=-8 * 168.0, end=end,
    )  # fmt: skip
    units = {name: observables("sjia")[name].unit for name in case.shown}
    values = {name: run[name][0] for name in case.shown}
    return ChildChart(case.label, "", times / 24.0, values, units, _doses(one, given, end))


def _doses(one: Child, given: Regimen, end: float) -> tuple[tuple[float, float], ...]:
    return tuple((d.time_h / 24.0, d.amount_mg) for d in planned_doses(one.person, given, end))


def main() -> None:
    """Draw all three."""
    for case in CASES:
        save_chart(chart_of(case), FOLDER / f"{case.file}.svg", "svg")


if __name__ == "__main__":
    main()
