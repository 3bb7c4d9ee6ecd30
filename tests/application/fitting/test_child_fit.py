"""Fits of one virtual child: derivatives, what is found again, silence, doses after death."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from quotidian.application.fitting import child_files
from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_fit import fit_child
from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.application.fitting.child_problem import child_problem
from quotidian.drugs.catalogue import regimen
from quotidian.engine import Tolerance
from quotidian.errors import RegimenError
from quotidian.patients.child import child
from quotidian.trials.conduct.assays import clinic_error_models

pytestmark = pytest.mark.slow
GIRL, PLAN = child(6, "female", 20), regimen("tocilizumab-iv")
LEVELS = [(d, "tocilizumab") for d in (2.0, 14.0, 28.0, 42.0)]
COURSE = [(d, "crp") for d in (0.3, 7.0, 14.0, 42.0)]


def _record(plan: list[tuple[float, str]], seed: int) -> tuple[ChildRecord, np.ndarray, tuple[str, ...]]:
    """Measurements of a child with scores of half a SD, with the errors of the assays."""
    rng = np.random.default_rng(seed)
    plan = sorted(plan)
    hours = np.array([24.0 * day for day, _ in plan])
    empty = ChildRecord(
        hours, tuple(name for _, name in plan), np.ones(len(plan)), np.zeros(len(plan), np.int64),
        tuple(range(1, len(plan) + 1)),
    )  # fmt: skip
    problem = child_problem(empty, GIRL, PLAN, 60.0)
    names = problem.prior.names
    z = 0.5 * np.sign(rng.normal(size=len(names)))
    true = problem.predictor.predict(np.zeros(1, np.int64), z[None])[0]
    noise, errors = rng.normal(size=len(plan)), clinic_error_models()
    value = [
        float(errors[name].measured(np.array([f]), np.array([n]))[0])
        for name, f, n in zip(empty.analyte, true, noise, strict=True)
    ]
    return replace(empty, value=np.array(value)), z, names


def test_derivatives_agree_with_differences_at_a_tight_tolerance():
    record, z, names = _record(LEVELS, 1)
    problem = child_problem(record, GIRL, PLAN, 60.0)
    fine = replace(problem.predictor, tolerance=Tolerance(rtol=1e-9, atol=1e-11))
    who, which = np.zeros(1, np.int64), list(range(len(names)))
    _, slopes = problem.predictor.linearise(who, z[None], which)
    scale = np.abs(slopes).max()
    for k in which:
        step = np.zeros((1, len(names)))
        step[0, k] = 1e-3
        change = (fine.predict(who, z[None] + step) - fine.predict(who, z[None] - step)) / 2e-3
        np.testing.assert_allclose(slopes[..., k], change, atol=1e-3 * scale)


def test_the_posterior_covers_the_truth_and_narrows_what_was_measured():
    record, z, names = _record(LEVELS, 2)
    fit = fit_child(record, GIRL, PLAN, seed=3)
    assert set(names) >= {"tocilizumab.CL", "tocilizumab.V_c"}
    assert np.all(np.abs(fit.score - z) < 4 * fit.score_sd)
    assert fit.score_sd[names.index("tocilizumab.CL")] < 0.8
    assert fit.sir["ess"] > 20 and fit.bands.shape == (3, len(fit.hours), 1)
    again = fit_child(record, GIRL, PLAN, seed=3, threads=1)
    assert again.score.tobytes() == fit.score.tobytes() and again.bands.tobytes() == fit.bands.tobytes()
    files = child_files.contents(fit, GIRL, "tocilizumab-iv")
    assert set(files) == {"effects.csv", "bands.csv", "fit.json", "report.html"}
    assert files["effects.csv"].decode().startswith("name,value,se,shrinkage,informed,score,score_sd,shrink")
    assert {"ofv", "seconds", "sir"} <= set(json.loads(files["fit.json"]))
    page = files["report.html"].decode()
    assert "<svg" in page and "Research use" in page and "tocilizumab.CL" in page


def test_one_value_below_a_high_limit_returns_the_prior():
    record = ChildRecord(
        np.array([24.0]), ("crp",), np.array([1e6]), np.array([1], np.int64), (1,), notes=("flagged",)
    )
    fit = fit_child(record, GIRL, regimen("none"), seed=1)
    assert np.all(fit.score_sd > 0.75) and np.all(np.abs(fit.score) < 0.35)
    assert set(fit.silent) == set(fit.names) and "flagged" in fit.notes
    rows = child_files.effects_rows(fit)
    assert any(row.shrinkage < 0 for row in rows)  # noise, which is not shown as a share
    assert {row.learnt for row in rows if row.shrinkage < row.shrinkage_se} == {"none"}
    assert all(not row.learnt.startswith("-") for row in rows)
    assert child_files.learnt_error(rows).startswith("none: below its Monte Carlo standard error (at most ")
    spread = np.std(
        [fit_child(record, GIRL, regimen("none"), seed=s).shrinkage for s in range(2, 10)], axis=0
    )
    assert 0.5 < np.mean(fit.shrinkage_se) / np.mean(spread) < 2.0


def test_a_dose_after_death_is_refused():
    record = ChildRecord(
        np.array([24.0]), ("crp",), np.array([80.0]), np.zeros(1, np.int64), (1,), death_h=240.0, death_row=2
    )
    with pytest.raises(RegimenError, match=r"after the child's death"):
        fit_child(record, GIRL, PLAN, until_day=40.0)


def test_every_measurement_of_a_clinic_has_a_unit_and_an_error():
    units = clinic_units()
    assert {"tocilizumab", "il6", "sil6r_total", "crp", "esr", "ferritin", "temperature"} <= set(units)
    assert {"active_joints", "physician_global", "neutrophils", "platelets", "haemoglobin"} <= set(units)
    assert units["crp"] == "mg/L" and units["active_joints"] == "1"
