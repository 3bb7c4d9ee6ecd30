"""Children with their doses, and models for data: exported, imported and solved, the same within 1e-8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from quotidian.cli.support.subject_options import virtual_child
from quotidian.drugs.catalogue import regimen
from quotidian.engine import CompiledModel, Tolerance
from quotidian.interchange import from_sbml, to_sbml, untreated
from quotidian.interchange.identifiers import NAMES, Identifiers
from quotidian.models import USUAL, model
from quotidian.models.pk_shelf import pk_model
from quotidian.patients.child import Child, child
from quotidian.patients.treatment import subjects_of, treatment_events

FINE = Tolerance(rtol=1e-12, atol=1e-14)
NEAR = 1e-8
"""Largest difference, relative to a state or to 1e-8 of its largest value, whichever is larger."""


@dataclass(frozen=True)
class Case:
    """A child in a model under a scenario, its regimen, and its untreated days before time 0."""

    model: str
    child: Child
    regimen: str
    scenario: str
    run_in: int
    hours: float


def drawn(seed: int) -> Child:
    return virtual_child(None, None, None, None, None, seed)


CASES = {
    "doses of two routes in a drawn child": Case(
        "sjia", drawn(3), "tocilizumab-iv + tocilizumab-sc @1d", "", 0, 48.0
    ),
    "daily doses in a scenario, after untreated days": Case(
        "sjia", drawn(4), "anakinra", "liver-sensitive", 2, 60.0
    ),
    "a small child of more than typical severity": Case(
        "sjia", child(2, "male", 11.0, severity=1.4), "canakinumab", "trans-most", 0, 30.0
    ),
    "a healthy drawn child": Case("healthy_child", drawn(5), "tocilizumab-sc", "", 1, 30.0),
}


def apart(theirs: Any, ours: Any) -> float:
    """The largest difference of [time, state], as :data:`NEAR` counts it."""
    size = np.maximum(np.abs(ours), 1e-8 * np.abs(ours).max(axis=0) + 1e-300)
    return float(np.max(np.abs(theirs - ours) / size))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_child_comes_back_with_its_doses(name: str) -> None:
    case = CASES[name]
    given = regimen(case.regimen)
    named = model(case.model, (*USUAL, *given.drugs), case.scenario)
    states = untreated(named, case.child, case.run_in) if case.run_in else None
    sbml = to_sbml(named, given, case.child, case.hours, states=states)
    times = np.arange(0.0, case.hours + 1, 6.0) + 0.5
    doses = treatment_events(case.child, given, case.hours)
    found = round_trip(named, sbml, times, case.child, doses, states)
    print(f"{name}: {found:.1g} apart")
    assert doses and found < NEAR


@pytest.mark.parametrize(
    "name", ["pk-1cmt", "pk-2cmt", "pk-1cmt-oral", "pk-2cmt-oral", "pk-1cmt-mm", "tmdd-qss"]
)
def test_a_model_for_data_comes_back(name: str) -> None:
    shelf = pk_model(name)
    machine = CompiledModel(shelf.model)
    starts = {s: 3.0 + place for place, s in enumerate(machine.ode_system.states)}
    sbml = to_sbml(shelf.model, states=starts)
    times = np.array([0.0, 0.7, 2.0])
    assert round_trip(shelf.model, sbml, times, None, [], starts) < NEAR


def round_trip(named: Any, sbml: str, times: Any, who: Child | None, doses: Any, states: Any) -> float:
    """How far states of the imported file are from those of the engine."""
    machine, names = CompiledModel(named), [s.name for s in named.species]
    table = machine.parameters(1) if who is None else subjects_of([who]).table(machine)
    begun = None if states is None else machine.states_of(states.__getitem__)
    ours = []
    for end in times:  # states are outputs at the end of a run
        outcome = machine.run(
            table, [], events=machine.events([doses]), start=0.0, end=float(end), states=begun, tolerance=FINE
        )
        last = machine.named_states(outcome.states[0])
        ours.append([last[name] for name in names])
    ids = [Identifiers().of(NAMES, name) for name in names]
    return apart(from_sbml(sbml).run(times, ids, FINE).values[0], np.array(ours))
