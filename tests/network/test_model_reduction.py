"""A narrowed model tells the same as the whole one, with less to solve."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.engine import CompiledModel, Tolerance
from quotidian.errors import UnknownName
from quotidian.models import model
from quotidian.network.model_reduction import narrowed
from quotidian.patients.child import child
from quotidian.patients.treatment import subjects_of, treatment_events

WANTED = ("crp", "temperature", "active_joints", "neutrophils")
WHOLE = model("sjia")


def test_what_is_asked_for_is_the_same_to_the_solvers_error() -> None:
    slim, whole = CompiledModel(narrowed(WHOLE, WANTED)), CompiledModel(WHOLE)
    girl = child(6, "female", 20)
    full = subjects_of([girl]).table(whole)
    table = slim.parameters_from(whole, full)
    times, tight = np.arange(0, 28 * 24.0, 6.0), Tolerance(rtol=1e-8, atol=1e-10)
    found = []
    for machine, own in ((whole, full), (slim, table)):
        doses = machine.events([treatment_events(girl, regimen("tocilizumab-iv"), 28 * 24.0)])
        found.append(machine.run(own, times, events=doses, observables=WANTED, tolerance=tight))
    assert np.allclose(found[0].values, found[1].values, rtol=1e-5, atol=1e-6)


def test_nothing_is_left_that_nobody_needs() -> None:
    slim = narrowed(WHOLE, WANTED)
    names = {s.name for s in slim.species}
    assert {"height", "platelets", "haemoglobin"}.isdisjoint(names) and len(names) < len(WHOLE.species) - 15
    assert set(slim.observables) == set(WANTED)
    assert narrowed(slim, WANTED).species == slim.species
    assert {"height"} <= {s.name for s in narrowed(WHOLE, ("height_sds",)).species}


def test_an_antibody_needs_its_receptors_and_what_makes_il6_but_nothing_that_il6_makes() -> None:
    names = {s.name for s in narrowed(WHOLE, ("tocilizumab",)).species}
    assert {"tocilizumab", "mil6r", "il6", "joint_infiltrate"} <= names
    assert {"crp", "temperature", "ferritin", "joint_damage", "height"}.isdisjoint(names)


def test_an_observable_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="crpp"):
        narrowed(WHOLE, ("crpp",))
