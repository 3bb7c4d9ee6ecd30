"""In no sampled child does an observable leave the range that is possible in a living child."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.dosing import no_drug
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Outcome
from quotidian.patients.population import draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

RANGES = {
    "temperature": (35.5, 42.0),
    "il6": (0.0, 20000.0),
    "sil6r_total": (10.0, 20000.0),
    "crp": (0.0, 500.0),
    "esr": (0.0, 150.0),  # next to nothing where macrophage activation has eaten the fibrinogen
    "fibrinogen": (0.5, 10.0),
    "ferritin": (3.0, 350_000.0),
    "haemoglobin": (3.0, 18.0),
    "platelets": (5.0, 1500.0),
    "neutrophils": (0.05, 80.0),  # leukaemoid reactions
    "cortisol": (0.0, 2500.0),
    "rash": (-1e-6, 1.0),
    "active_joints": (0.0, 71.0),
    "limited_joints": (0.0, 71.0),
    "physician_global": (0.0, 10.0),
    "parent_global": (0.0, 10.0),
    "chaq": (0.0, 3.0),
    "tocilizumab": (-1e-6, 1000.0),
    "mil6r_free": (0.0, 1.001),
    "sil6r_occupancy": (-1e-9, 1.0),
}
CHILDREN = draw(Streams(11), 0, range(300))


@pytest.fixture(scope="module", params=["none", "tocilizumab-iv"])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    plan = no_drug() if request.param == "none" else regimen(request.param)
    return simulate(CHILDREN, plan, days=21, every_hours=3, observables=list(RANGES))


@pytest.mark.parametrize("name", list(RANGES))
def test_every_child_stays_within_what_a_clinic_could_see(outcome: Outcome, name: str) -> None:
    low, high = RANGES[name]
    assert not outcome.failures
    assert np.nanmin(outcome[name]) >= low
    assert np.nanmax(outcome[name]) <= high
