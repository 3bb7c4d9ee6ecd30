"""The check of a population fit: what it finds where the model is right, and where it is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.application.fitting.check_files import contents, csv_of, tables
from quotidian.application.fitting.crossing import crossing_of
from quotidian.application.fitting.estimates import parameters_of
from quotidian.application.fitting.population_check import check_population
from quotidian.application.fitting.population_fit import PopulationFit, fit_population
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import read_events
from quotidian.errors import InvalidInput
from quotidian.inference.effects import Effects, Endpoint, ParameterEffect
from quotidian.inference.modes import modes

TIMES = (0.5, 2.0, 5.0, 9.0, 14.0, 20.0)
EFFECTS = Effects(
    (ParameterEffect("CL", 1.5, 0.3), ParameterEffect("V", 20.0, 0.2)),
    (Endpoint("", "proportional", (0.15,)),),
)


@pytest.fixture(scope="module")
def fit(tmp_path_factory: pytest.TempPathFactory) -> PopulationFit:
    """Forty subjects after a bolus; clearance with weight, which the fit leaves out; a limit of 0.5."""
    rng, lines = np.random.default_rng(3), ["ID,TIME,AMT,EVID,CMT,DV,CENS,WT"]
    for i in range(1, 41):
        weight = rng.uniform(40, 100)
        cl = 2.0 * (weight / 70) * np.exp(0.15 * rng.normal())
        v = 20.0 * np.exp(0.2 * rng.normal())
        lines.append(f"{i},0,100,1,1,.,0,{weight:.1f}")
        for t in TIMES:
            y = 100 / v * np.exp(-cl / v * t) * (1 + 0.1 * rng.normal())
            lines.append(f"{i},{t},0,0,1,{max(y, 0.5):.4f},{int(y < 0.5)},{weight:.1f}")
    file = tmp_path_factory.mktemp("check") / "data.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return fit_population(read_events(file), structural_model("pk-1cmt"), EFFECTS, "focei")


def test_a_fit_of_the_right_shape_is_not_contradicted_and_shows_the_missing_covariate(fit: PopulationFit):
    threshold = crossing_of("DV < 2", EFFECTS.endpoints)
    check = check_population(fit, copies=200, crossing=threshold)
    assert check.normality["NPDE"].p > 0.01 and 0.85 < check.normality["NPDE"].sd < 1.15
    inside, whole = check.pcvpc["DV"].inside
    assert whole >= 12 and inside >= whole - 2
    assert check.covariates["CL", "WT"].p < 1e-3 < check.covariates["V", "WT"].p
    assert check.vpc["DV"].below[-1] > 0 and 0 < check.eta_shrinkage["CL"] < 0.3
    s = check.survival
    assert s is not None and np.all((s.observed >= s.band[0] - 1e-9) & (s.observed <= s.band[2] + 1e-9))
    for name in ("CL", "V"):
        low, high = check.profiles[name].low, check.profiles[name].high
        half = 1.96 * fit.estimates["se"]["theta"][name]
        assert low < fit.estimates["theta"][name] < high
        assert high - low == pytest.approx(2 * half, rel=0.25)
    files = contents(check, "a fit", threshold.text)
    page = files["report.html"].decode()
    assert page.count("<svg") == 6 and "Research use" in page and "DV &lt; 2" in page
    assert files["residuals.csv"].decode().count("\n") == 241
    again = check_population(fit, copies=200, profiles=False, crossing=threshold)
    assert csv_of(tables(again)["vpc.csv"]) == files["vpc.csv"].decode()


def test_a_wrong_fit_is_contradicted(fit: PopulationFit):
    at = replace(fit.parameters, theta=fit.parameters.theta + np.array([0.5, 0.0]))
    wrong = replace(fit, parameters=at, eta=modes(fit.model, at).eta)
    check = check_population(wrong, copies=200, profiles=False)
    assert check.normality["NPDE"].p < 1e-4
    inside, whole = check.vpc["DV"].inside
    assert inside < 0.7 * whole


def test_estimates_by_name_are_the_parameters_again(fit: PopulationFit):
    again = parameters_of(fit.estimates, fit.problem.structure)
    for own, other in zip(vars(again).values(), vars(fit.parameters).values(), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12)


@pytest.mark.parametrize("text", ["DV = 3", "CP < 3", "DV < x"])
def test_a_text_that_is_no_threshold_is_refused(text: str):
    with pytest.raises(InvalidInput, match="not a threshold"):
        crossing_of(text, EFFECTS.endpoints)
