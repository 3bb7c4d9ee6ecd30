"""Our models, written as SBML and solved by libRoadRunner, follow the course that the engine gives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import libsbml
import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.engine import CompiledModel, Tolerance
from quotidian.interchange import from_sbml, to_sbml
from quotidian.models import model
from quotidian.patients.child import Child, child
from quotidian.patients.treatment import subjects_of, treatment_events

CASES = [("sjia", "tocilizumab-iv + tocilizumab-sc @3d"), ("healthy_child", "tocilizumab-iv")]
"""Infusions and injections; one model takes both, since libRoadRunner compiles each file for ten seconds."""
DAYS = 14
TIMES = np.array(sorted({*np.arange(0.0, 24.0 * DAYS + 1, 6.0), 9.5, 10.5, 11.0}))
EXACT = Tolerance(rtol=1e-11, atol=1e-13)


def girl() -> Child:
    """Heavier than the reference child, and more ill, so that no default can pass for her values."""
    return child(6, "female", 26.0, severity=1.3)


@cache
def document(name: str, drug: str) -> str:
    return to_sbml(model(name), regimen(drug), girl(), 24.0 * DAYS)


@cache
def course(name: str, drug: str) -> tuple[CompiledModel, Any]:
    """The engine's own solution, from the same starts."""
    machine = CompiledModel(model(name))
    doses = treatment_events(girl(), regimen(drug), 24.0 * DAYS)
    table = subjects_of([girl()]).table(machine)
    outcome = machine.run(table, TIMES, events=machine.events([doses]), start=0.0, tolerance=EXACT)
    assert not outcome.failures
    return machine, outcome


def observable_ids(sbml: str, names: tuple[str, ...]) -> list[str]:
    document = libsbml.readSBMLFromString(sbml)
    known = {p.getId() for p in document.getModel().getListOfParameters()}
    return [f"observed_{name}" if f"observed_{name}" in known else name for name in names]


def species_ids(sbml: str) -> list[str]:
    """Selections of libRoadRunner, in which brackets mean a concentration."""
    document = libsbml.readSBMLFromString(sbml)
    species = document.getModel().getListOfSpecies()
    return [s.getId() if s.getHasOnlySubstanceUnits() else f"[{s.getId()}]" for s in species]


@pytest.mark.parametrize(("name", "drug"), CASES)
def test_every_observable_and_state_agrees(name: str, drug: str, referee: Callable[..., Any], worst) -> None:
    sbml, (machine, outcome) = document(name, drug), course(name, drug)
    states = species_ids(sbml)
    theirs = referee(sbml, [*observable_ids(sbml, outcome.names), *states], TIMES)
    shown = len(outcome.names)
    names = [s.strip("[]") for s in states]
    ours = [s.replace(".", "__") for s in machine.ode_system.states]
    assert set(names) == set(ours)
    assert worst(outcome.values[0], theirs[:, :shown]) < 1e-6
    order = [ours.index(s) for s in names]
    assert worst(outcome.states[0][order][None, :], theirs[-1:, shown:]) < 1e-6


def test_the_comparison_can_fail(referee: Callable[..., Any], worst) -> None:
    """A parameter that is 1 % too high shows before the first dose, a dose that is 1 mg too high after it."""
    sbml, (_, outcome) = document(*CASES[0]), course(*CASES[0])
    at = sbml.index('id="severity"')
    planted = sbml[:at] + 'id="severity" value="1.31" constant="true"' + sbml[sbml.index("/>", at) :]
    dose = '<cn sbml:units="mg_per_h" type="integer"> 31'
    assert planted.count(f"{dose}2") > 0
    planted = planted.replace(f"{dose}2", f"{dose}3", 1)
    theirs = referee(planted, observable_ids(planted, outcome.names), TIMES)
    early, drug = TIMES < 9.0, outcome.names.index("tocilizumab")
    assert worst(outcome.values[0][early], theirs[early]) > 1e-5
    assert worst(outcome.values[0][~early][1:, [drug]], theirs[~early][1:, [drug]]) > 2e-3


@pytest.mark.parametrize(("name", "drug"), CASES)
def test_a_model_comes_back_from_its_file(name: str, drug: str, worst) -> None:
    sbml, (_, outcome) = document(name, drug), course(name, drug)
    back = from_sbml(sbml).run(TIMES, observable_ids(sbml, outcome.names), EXACT)
    assert worst(back.values[0], outcome.values[0]) < 1e-8
