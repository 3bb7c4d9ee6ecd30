"""Published population problems: the objective at NONMEM's estimates, and a fit of theophylline.

The data sets belong to others and lie beside a checkout, not in it; without them these tests are skipped.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from quotidian.application.fitting.population_fit import fit_population
from quotidian.application.fitting.population_problem import population_problem
from quotidian.application.fitting.structural_models import pk_model_of
from quotidian.data import read_events
from quotidian.data.covariate_model import CovariateFormula
from quotidian.inference.effects import Effects, Endpoint, ParameterEffect
from quotidian.inference.marginal import marginal
from quotidian.inference.residual import Kind

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "nlme"
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason=f"the published data sets are not there: {CASES}; nothing was compared"
)
PROBLEMS: dict[str, tuple[str, dict[str, str], Kind, tuple[str, ...]]] = {
    "p02_warfarin_pk": (
        "pk-1cmt-oral", {"KA": "lKA", "CL": "lCL", "V": "lV"}, "combined", ("add", "prop")
    ),
    "p13_bolus2": (
        "pk-2cmt", {"CL": "lCL", "V": "lV", "Q": "lQ", "V2": "lV2"}, "proportional", ("prop",)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_objective_at_published_estimates_is_that_of_nonmem(name):
    model, logs, kind, errors = PROBLEMS[name]
    problem = yaml.safe_load((CASES / name / "problem.yaml").read_text())
    reference = next(r for r in problem["references"] if r["method"] == "FOCEI")
    theta, omega = reference["theta"], reference["omega_lower"]
    parameters = tuple(
        ParameterEffect(parameter, math.exp(theta[log]), math.sqrt(omega[k][k]))
        for k, (parameter, log) in enumerate(logs.items())
    )
    effects = Effects(parameters, (Endpoint("", kind, tuple(theta[e] for e in errors)),))
    table = read_events(CASES / name / "data.csv")
    built = population_problem(table, pk_model_of(model), effects)
    found = marginal(built.model, built.structure.start, "focei")[0].sum()
    assert found == pytest.approx(reference["objective"], abs=0.02)


def test_the_objective_of_a_mixture_at_published_estimates_is_that_of_nonmem():
    """Two classes, each with clearance, volume and their covariance of its own."""
    problem = yaml.safe_load((CASES / "p17_mixture" / "problem.yaml").read_text())
    reference = next(r for r in problem["references"] if r["method"] == "FOCEI")
    theta, omega = reference["theta"], np.array([[*row, 0, 0, 0][:4] for row in reference["omega_lower"]])
    names, sd = ("V1", "K1", "V2", "K2"), np.sqrt(np.diag(omega))
    effects = Effects(
        tuple(ParameterEffect(n, math.exp(theta[f"l{n}"]), s) for n, s in zip(names, sd, strict=True)),
        (Endpoint("", "proportional", (math.sqrt(theta["s2"]),)),), (names[:2], names[2:]),
        tuple((names[k], names[k + 1], omega[k + 1, k] / sd[k] / sd[k + 1]) for k in (0, 2)),
        tuple(
            CovariateFormula.read(f"{name} = {one}*(CLASS == 1) + {two}*(CLASS == 2)")
            for name, one, two in (("V", "V1", "V2"), ("CL", "K1*V1", "K2*V2"))
        ),
        (theta["p"], 1 - theta["p"]),
    )  # fmt: skip
    table = read_events(CASES / "p17_mixture" / "data.csv")
    fit = fit_population(table, pk_model_of("pk-1cmt"), effects, "focei", estimate=False)
    assert fit.ofv == pytest.approx(reference["objective"], abs=0.02)
    assert fit.probabilities[:, 0].sum() == pytest.approx(300 * theta["p"], abs=0.01)


def test_theophylline_gives_the_estimates_of_others():
    effects = Effects(
        (ParameterEffect("KA", 1.2, 0.5), ParameterEffect("CL", 2.0, 0.5), ParameterEffect("V", 25.0, 0.5)),
        (Endpoint("", "additive", (1.0,)),),
    )
    table = read_events(CASES / "p16_theophylline" / "data.csv")
    fit = fit_population(table, pk_model_of("pk-1cmt-oral"), effects, "focei")
    assert fit.ofv == pytest.approx(116.80, abs=0.05)
    found = [fit.estimates["theta"][name] for name in ("KA", "CL", "V")]
    np.testing.assert_allclose(found, [1.59, 2.75, 31.8], rtol=0.01)
    assert fit.estimates["sigma"]["additive"] == pytest.approx(0.694, rel=0.01)
