"""Models evaluated at stated parameters, formulas, and variability between occasions.

The data of ten subjects and the objectives of NONMEM are those of Wang Y. J Pharmacokinet Pharmacodyn
2007;34:575, tables 1 and 2: 10 exp(-k t) with k = 0.5 exp(eta), observed at 0 and 1.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.estimates import parameters_of
from quotidian.application.fitting.population_fit import fit_population
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import EventTable, read_events
from quotidian.data.covariate_model import CovariateFormula
from quotidian.errors import InvalidInput
from quotidian.inference.effects import CovariateEffect, Effects, Endpoint, OccasionEffect, ParameterEffect

WANG = (
    (10.68, 3.6837), (10.402, 6.454), (9.8814, 5.8565), (9.3408, 5.6209), (10.082, 6.7583),
    (9.8938, 6.5049), (9.8908, 6.9557), (10.234, 6.4488), (9.9882, 6.7112), (9.6736, 6.6402),
)  # fmt: skip
PUBLISHED = {
    ("proportional", "fo"): 39.213, ("proportional", "foce"): 39.207, ("proportional", "focei"): 39.458,
    ("proportional", "laplace"): 39.2268, ("proportional", "exact"): 39.3548,
    ("additive", "fo"): 0.026, ("additive", "foce"): -2.059, ("additive", "focei"): -2.059,
    ("additive", "laplace"): -1.9361, ("additive", "exact"): -1.9896,
}  # fmt: skip


def _file(folder: Path, lines: list[str]) -> EventTable:
    file = folder / "data.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_events(file)


def _wang(folder: Path) -> EventTable:
    lines = ["ID,TIME,AMT,EVID,DV"]
    for i, (first, second) in enumerate(WANG, start=1):
        lines += [f"{i},0,10,1,.", f"{i},0,0,0,{first}", f"{i},1,0,0,{second}"]
    return _file(folder, lines)


@pytest.mark.parametrize(("error", "method"), PUBLISHED)
def test_objectives_at_stated_parameters_are_the_published_ones(tmp_path: Path, error, method):
    effects = Effects(
        (ParameterEffect("CL", 0.5, 0.2), ParameterEffect("V", 1.0, fixed=True)),
        (Endpoint("", error, (np.sqrt(0.1),)),),
    )
    pk = structural_model("pk-1cmt")
    found = fit_population(_wang(tmp_path), pk, effects, method, estimate=False)
    assert found.ofv == pytest.approx(PUBLISHED[error, method], abs=2e-3)
    assert found.objectives.sum() == found.ofv
    assert found.estimates["theta"] == {"CL": 0.5, "V": 1.0} and found.estimates["se"] is None
    typical = found.predictions(np.zeros((10, 1)))
    np.testing.assert_allclose(typical, np.tile([10.0, 10 * np.exp(-0.5)], 10), rtol=1e-6)


@pytest.mark.parametrize(("how", "spread"), [
    ("variance", lambda f: 0.3**2 + (0.2 * f) ** 2), ("sd", lambda f: (0.3 + 0.2 * f) ** 2),
])  # fmt: skip
def test_both_sums_of_an_additive_and_a_proportional_part_have_the_variance_they_name(
    tmp_path: Path, how, spread
):
    """Linearised at eta = 0, each subject is normal with mean f and covariance 0.04 f' f'' + diag(v)."""
    file = tmp_path / "effects.yaml"
    parameters = "{CL: {typical: 0.5, between: 0.2}, V: {typical: 1, fixed: true}}"
    file.write_text(
        f"parameters: {parameters}\nresidual: {{additive: 0.3, proportional: 0.2, combined: {how}}}\n"
    )
    effects, pk = read_effects(file), structural_model("pk-1cmt")
    found = fit_population(_wang(tmp_path), pk, effects, "fo", estimate=False)
    f = 10.0 * np.exp(-0.5 * np.array([0.0, 1.0]))
    slope = f * -0.5 * np.array([0.0, 1.0])
    covariance = 0.04 * np.outer(slope, slope) + np.diag(spread(f))
    away = np.array(WANG) - f
    closed = np.linalg.slogdet(covariance)[1] + np.sum(away.T * np.linalg.solve(covariance, away.T), axis=0)
    np.testing.assert_allclose(found.objectives, closed, atol=1e-4)
    assert found.estimates["sigma"] == {"additive": 0.3, "proportional": 0.2}


def test_what_cannot_be_evaluated_or_estimated_is_refused(tmp_path: Path):
    table, pk = _wang(tmp_path), structural_model("pk-2cmt")
    names = ("CL", "V", "Q", "V2")
    five = tuple(ParameterEffect(name, 1.0, 0.2) for name in (*names, "F1"))
    effects = Effects(five, (Endpoint("", "additive", (0.3,)),))
    with pytest.raises(InvalidInput, match="fo does not estimate"):
        fit_population(table, pk, effects, "fo")
    with pytest.raises(InvalidInput, match="not possible with 5 random effects"):
        fit_population(table, pk, effects, "exact", estimate=False)
    with pytest.raises(InvalidInput, match="no parameter 'CL0'"):  # a result that nothing reads
        more = replace(effects, formulas=(CovariateFormula.read("CL0 = CL"),))
        fit_population(table, pk, more, "focei", estimate=False)


ORAL = ["ID,TIME,AMT,RATE,EVID,CMT,DV,WT,OCC"]
FORMULAS = ("CL = exp(LCL + eta_CL)*(WT/70)**0.75", "D1 = D0*exp(eta_CL)", "KA = 1.5/D0")


def _oral(folder: Path, occasions: int = 1, subjects: int = 4) -> EventTable:
    """Infusions into the depot whose duration is the model's; clearances differ by subject and occasion."""
    rng, lines = np.random.default_rng(4), ORAL.copy()
    for i in range(1, subjects + 1):
        own = 0.3 * rng.normal()
        for occasion in range(1, occasions + 1):
            k = 2.8 * np.exp(own + 0.4 * rng.normal()) / 32.0
            start = 200 * (occasion - 1)
            lines.append(f"{i},{start},320,-2,4,1,.,{50 + 10 * i},{occasion}")
            for t in (2.0, 6.0, 12.0, 24.0):
                f = 10.0 * np.exp(-k * t) * (1 + 0.1 * rng.normal())
                lines.append(f"{i},{start + t},0,0,0,2,{f:.4f},{50 + 10 * i},{occasion}")
    return _file(folder, lines)


def test_formulas_say_what_effects_say(tmp_path: Path):
    """A random effect shared by two parameters, a derived parameter, and a duration that only they give."""
    table, pk = _oral(tmp_path), structural_model("pk-1cmt-oral")
    error, volume = (Endpoint("", "proportional", (0.1,)),), ParameterEffect("V", 32.0, 0.2)
    plain = Effects(
        (
            ParameterEffect("CL", 2.8, 0.3, covariates=(CovariateEffect("WT", "power", 0.75, 70.0, True),)),
            ParameterEffect("D1", 0.5, fixed=True), ParameterEffect("KA", 3.0, fixed=True), volume,
        ),
        error,
    )  # fmt: skip
    written = Effects(
        (
            ParameterEffect("LCL", np.log(2.8), shape="normal"), ParameterEffect("D0", 0.5, fixed=True),
            ParameterEffect("eta_CL", 0.0, 0.3, "normal", fixed=True), volume,
        ),
        error, formulas=tuple(map(CovariateFormula.read, (FORMULAS[0], "D1 = D0", FORMULAS[2]))),
    )  # fmt: skip
    one, two = (fit_population(table, pk, e, "focei", estimate=False) for e in (plain, written))
    assert one.ofv == pytest.approx(two.ofv, abs=1e-4)
    np.testing.assert_allclose(one.predictions(), two.predictions(), rtol=1e-4)
    shared = replace(written, formulas=tuple(map(CovariateFormula.read, FORMULAS)))
    eta = two.eta + [0.5, 0.0]
    moved = fit_population(table, pk, shared, "focei", estimate=False).predictions(eta)
    assert abs(moved[0] / two.predictions(eta)[0] - 1) > 0.01  # the duration moves with the clearance


def test_occasions_share_one_variance(tmp_path: Path):
    table, pk = _oral(tmp_path, occasions=3, subjects=10), structural_model("pk-1cmt")
    effects = Effects(
        (
            ParameterEffect("CL", 2.0, 0.2, occasions=OccasionEffect("OCC", 0.2)),
            ParameterEffect("V", 30.0), ParameterEffect("D1", 0.01, fixed=True),
        ),
        (Endpoint("concentration", "proportional", (0.2,)),),
    )  # fmt: skip
    lines = [line.replace(",2,", ",1,") for line in (tmp_path / "data.csv").read_text().splitlines()]
    table = _file(tmp_path, lines)
    found = fit_population(table, pk, effects, "focei")
    assert found.effects == ("CL", "CL.OCC.1", "CL.OCC.2", "CL.OCC.3")
    assert set(found.estimates["omega"]) == {"CL", "CL.OCC"} == set(found.estimates["se"]["omega"])
    np.testing.assert_array_equal(np.diag(found.parameters.omega)[1:], found.parameters.omega[1, 1])
    assert np.sqrt(found.estimates["omega"]["CL.OCC"]) == pytest.approx(0.4, rel=0.35)
    again = parameters_of(found.estimates, found.problem.structure)
    np.testing.assert_allclose(again.omega, found.parameters.omega)
    with pytest.raises(InvalidInput, match="1 different values"):
        only = replace(effects.parameters[0], occasions=OccasionEffect("RATE0", 0.2))
        one = _file(tmp_path, [lines[0] + ",RATE0", *(f"{line},7" for line in lines[1:])])
        fit_population(one, pk, replace(effects, parameters=(only, *effects.parameters[1:])), "focei")
