"""Fits from starting values at which late predictions are smaller than any measurement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.application.fitting.estimates import conditional, covariance_of, errors_of
from quotidian.application.fitting.evaluation import Evaluation, evaluated
from quotidian.application.fitting.population_fit import fit_population
from quotidian.application.fitting.population_problem import population_problem
from quotidian.application.fitting.structural_models import pk_model_of
from quotidian.data import EventTable, read_events
from quotidian.errors import ComputationFailed
from quotidian.inference.effects import Effects, Endpoint, ParameterEffect
from quotidian.inference.gradient_fit import LOST, FoceiFunction, LaplaceFunction, fit_focei, hessian
from quotidian.statistics.streams import Streams

TRUE = {"CL": 4.0, "V": 20.0}
LIMIT = -3.0


def _table(folder: Path) -> EventTable:
    """Logarithms after a bolus of 100, half of the last ones below the limit."""
    rng, lines = np.random.default_rng(6), ["ID,TIME,AMT,EVID,DV,CENS"]
    for i in range(1, 13):
        cl, v = (p * np.exp(0.3 * rng.normal()) for p in TRUE.values())
        lines.append(f"{i},0,100,1,.,0")
        for t in (1.0, 6.0, 18.0, 25.0):
            y = np.log(100 / v) - cl / v * t + 0.2 * rng.normal()
            lines.append(f"{i},{t},0,0,{max(y, LIMIT):.4f},{int(y < LIMIT)}")
    file = folder / "logs.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_events(file)


def _effects(clearance: float, volume: float) -> Effects:
    parameters = ParameterEffect("CL", clearance, 0.5), ParameterEffect("V", volume, 0.5)
    return Effects(parameters, (Endpoint("", "log", (0.3,)),))


def test_a_start_with_vanishing_predictions_ends_at_the_same_minimum(tmp_path: Path):
    """At the second start a prediction is 1e-27 at first, and some are below the limit."""
    table, pk = _table(tmp_path), pk_model_of("pk-1cmt")
    near, far = (fit_population(table, pk, _effects(*start), "focei") for start in ((4, 20), (10, 4)))
    assert far.ofv == pytest.approx(near.ofv, abs=0.01) and not far.estimates["notes"]
    for name, true in TRUE.items():
        assert far.estimates["theta"][name] == pytest.approx(near.estimates["theta"][name], rel=0.01)
        assert abs(near.estimates["theta"][name] - true) < 3 * near.estimates["se"]["theta"][name]


def test_an_objective_that_cannot_be_computed_is_no_estimate(tmp_path: Path, monkeypatch):
    lost = "quotidian.application.fitting.population_fit.fit_focei"
    monkeypatch.setattr(lost, lambda *a: replace(fit_focei(*a), value=LOST))
    with pytest.raises(ComputationFailed, match="cannot be computed at the starting values"):
        fit_population(_table(tmp_path), pk_model_of("pk-1cmt"), _effects(4, 20), "focei")


def test_an_infinite_objective_of_a_subject_is_refused(tmp_path: Path, monkeypatch):
    def one_lost(*args: object) -> Evaluation:
        found = evaluated(*args)
        return replace(found, objectives=np.where(np.arange(12) == 2, np.inf, found.objectives))

    monkeypatch.setattr("quotidian.application.fitting.population_fit.evaluated", one_lost)
    with pytest.raises(ComputationFailed, match="subject 3 is not a finite number"):
        fit_population(_table(tmp_path), pk_model_of("pk-1cmt"), _effects(4, 20), "focei", estimate=False)


def test_directions_that_fall_and_directions_that_are_flat_are_both_named(tmp_path: Path, monkeypatch):
    problem = population_problem(_table(tmp_path), pk_model_of("pk-1cmt"), _effects(4, 20))
    whole = problem.structure
    function, x = FoceiFunction(problem.kinds, whole.coordinates), whole.coordinates.vector(whole.start)
    second = np.diag(np.where(np.arange(len(x)) == 0, -1.0, np.where(np.arange(len(x)) == 1, 0.0, 1.0)))
    monkeypatch.setattr("quotidian.application.fitting.estimates.hessian", lambda *a: second)
    covariance, notes = covariance_of(function, x, whole)
    assert covariance is None and notes == [
        "Standard errors could not be computed: the FOCEI objective falls along CL.",
        "The data do not determine V.",
    ]
    assert covariance_of(LaplaceFunction(function), x, whole)[1][0].startswith(
        "Standard errors could not be computed: the Laplace objective falls along CL."
    )


def test_after_saem_errors_follow_from_the_likelihood_where_focei_falls(tmp_path: Path, monkeypatch):
    """Both agree where FOCEI is a good approximation."""
    problem = population_problem(_table(tmp_path), pk_model_of("pk-1cmt"), _effects(4, 20))
    whole = problem.structure
    function = FoceiFunction(problem.kinds, whole.coordinates)
    x = fit_focei(function, whole.coordinates.vector(whole.start)).x
    exact = hessian(function, x)
    found = {}
    for kind, second in (
        ("focei", exact),
        ("likelihood", exact - 2.0 * np.linalg.eigvalsh(exact)[0] * np.eye(len(x))),
    ):
        monkeypatch.setattr("quotidian.application.fitting.estimates.hessian", lambda *a, h=second: h)
        found[kind] = errors_of(function, "saem", x, whole, problem.kinds, Streams(1))
        assert found[kind].origin == kind and not found[kind].notes
    assert found["likelihood"].covariance is None
    sd = [np.sqrt(np.diag(own.stated)) for own in found.values()]
    np.testing.assert_allclose(sd[1], sd[0], rtol=0.15)
    laplace = errors_of(function, "laplace", x, whole, problem.kinds, Streams(1))
    assert laplace.origin == "laplace" and laplace.stated is laplace.covariance


def test_a_second_derivative_counts_only_above_its_monte_carlo_error():
    names, away = ["a", "b", "c"], np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    error = away.std(ddof=1) / np.sqrt(5)

    def found(second: float) -> tuple[np.ndarray | None, list[str]]:
        mean = np.diag([4.0, second, 8.0])
        batches = mean + away[:, None, None] * np.diag([0.0, 1.0, 0.0])
        return conditional(mean, names, "likelihood objective", batches)

    held, notes = found(6.9 * error)
    assert held is not None and np.diag(held).tolist() == [0.5, 0.0, 0.25]
    assert notes == ["The data do not determine b. Standard errors are those with b held."]
    sure, notes = found(7.1 * error)
    assert sure is not None and sure[1, 1] == pytest.approx(2.0 / (7.1 * error)) and not notes
    assert found(-6.9 * error)[1] == ["The data do not determine b. Standard errors are those with b held."]
    none, notes = found(-7.1 * error)
    assert none is None and notes == [
        "Standard errors could not be computed: the likelihood objective falls along b."
    ]
