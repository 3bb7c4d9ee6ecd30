"""Population fits of the model of children with systemic JIA, beside run-events and the fit of one child."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.application.event_tables.children import predict_children
from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_fit import fit_child
from quotidian.application.fitting.children.model import ChildrenModel
from quotidian.application.fitting.children.predictor import ChildrenPredictor
from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.evaluation import Method
from quotidian.application.fitting.population_fit import PopulationFit, fit_population
from quotidian.application.fitting.population_problem import Effort
from quotidian.data import EventTable, read_events
from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidData, InvalidInput
from quotidian.inference.saem import Schedule
from quotidian.patients.child import child
from quotidian.trials.conduct.assays import clinic_error_models

MODEL = ChildrenModel("sjia")
HEAD = "ID,TIME,EVID,AMT,CMT,DVID,DV,AGE,SEX,WT"
TRUE = {"severity": (0.74, 0.5), "tocilizumab.CL": (0.0056, 0.24), "tocilizumab.V_c": (0.97, 0.17)}
EFFECTS = """
parameters:
  severity: {between: 0.5}
  tocilizumab.CL:
  tocilizumab.V_c:
residual: {crp: {proportional: 0.2}, tocilizumab: {proportional: 0.15}}
"""
ANAKINRA = (
    (9, 1, 40, "anakinra", ".,."), (13, 0, ".", ".", "anakinra,0.3"), (20, 0, ".", ".", "anakinra,0.1"),
)  # fmt: skip
DOSES, CRP, LEVELS = (9, 345, 681), (8, 100, 176, 344), (12, 30, 80, 176, 344, 360, 504, 700)


def _rows(name: str, who: str, weight: float) -> list[tuple[float, str]]:
    dose = weight * (12 if weight < 30 else 8)
    found = [(t, f"{name},{t},1,{dose:g},tocilizumab-iv,.,.,{who},{weight:g}") for t in DOSES]
    found += [(t, f"{name},{t},0,.,.,crp,1,{who},{weight:g}") for t in CRP]
    found += [(t, f"{name},{t},0,.,.,tocilizumab,1,{who},{weight:g}") for t in LEVELS]
    return sorted(found)


def _table(tmp_path: Path, count: int, head: str = HEAD, more: str = "") -> EventTable:
    lines = []
    for k in range(count):
        age = 3 + 10 * k / max(count - 1, 1)
        who = f"{age:.1f},{'female' if k % 2 else 'male'}"
        lines += [line + more for _, line in _rows(f"c{k}", who, round(3 * age + 7, 1))]
    file = tmp_path / "children.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return read_events(file)


def _simulated(tmp_path: Path, count: int) -> EventTable:
    """Observations of children with known parameters, by the whole model, with proportional errors."""
    draws, plain = np.random.default_rng(3), _table(tmp_path, count)
    size = {n: m * np.exp(w * draws.normal(size=count)) for n, (m, w) in TRUE.items()}
    ledger = MODEL.whole.constants
    text = (tmp_path / "children.csv").read_text(encoding="utf-8").splitlines()
    head = f"{HEAD},SEVERITY,X:tocilizumab.CL,X:tocilizumab.V_c"
    factors = [[size[n][s] / ledger[n] for n in TRUE] for s in plain.subject]
    lines = [line + "".join(f",{x:.8g}" for x in own) for line, own in zip(text[1:], factors, strict=True)]
    (tmp_path / "truth.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    truth = predict_children(read_events(tmp_path / "truth.csv"))
    for row, value in zip(truth.rows.tolist(), truth.values.tolist(), strict=True):
        cells = text[row + 1].split(",")
        cells[6] = f"{value * (1 + (0.2 if cells[5] == 'crp' else 0.15) * draws.normal()):.5g}"
        text[row + 1] = ",".join(cells)
    (tmp_path / "children.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return read_events(tmp_path / "children.csv")


def _fitted(
    tmp_path: Path, table: EventTable, method: Method, effects: str = EFFECTS, estimate: bool = True
) -> PopulationFit:
    file = tmp_path / "effects.yaml"
    file.write_text(effects, encoding="utf-8")
    return fit_population(table, MODEL, read_effects(file, MODEL.effects), method, estimate=estimate)


def test_typical_values_and_spreads_that_a_file_leaves_out_are_those_of_the_ledger(tmp_path: Path):
    found = _fitted(tmp_path, _table(tmp_path, 1), "focei", EFFECTS, estimate=False).estimates
    assert found["theta"] == pytest.approx(
        {"severity": 1.0, "tocilizumab.CL": 0.00418, "tocilizumab.V_c": 1.21}
    )
    spread = {"severity": 0.25, "tocilizumab.CL": 0.24**2, "tocilizumab.V_c": 0.167**2}
    assert found["omega"] == pytest.approx(spread)
    share = MODEL.effects["joints.il6_share"]
    assert share.shape == "logit-normal" and share.theta == pytest.approx(2.3)


def test_the_narrowed_model_predicts_as_run_events_does(tmp_path: Path):
    more = ",1.5,0.8"
    head = f"{HEAD},SEVERITY,X:tocilizumab.CL"
    whole = predict_children(_table(tmp_path, 3, head, more))
    stated = EFFECTS.replace("{between: 0.5}", "1.5").replace("CL:", f"CL: {0.00418 * 0.8}")
    own = _fitted(tmp_path, _table(tmp_path, 3), "focei", stated, estimate=False)
    assert own.predictions(0.0 * own.eta) == pytest.approx(whole.values, rel=2e-4)


@pytest.mark.parametrize("method", ["focei", "saem"])
def test_known_medians_are_found_within_their_standard_errors(
    tmp_path: Path, method: Method, monkeypatch: pytest.MonkeyPatch
):
    few = Effort(120, Schedule(30, 20), 4800, 200)
    monkeypatch.setattr("quotidian.application.fitting.children.problem.EFFORT", few)
    found = _fitted(tmp_path, _simulated(tmp_path, 12), method).estimates
    for name, (median, sd) in TRUE.items():
        error = found["se"]["theta"][name]
        assert abs(found["theta"][name] - median) < 2.5 * error
        assert error < 1.5 * sd * median / np.sqrt(12) + 0.05 * median
    assert found["sigma"] == pytest.approx(
        {"crp.proportional": 0.2, "tocilizumab.proportional": 0.15}, rel=0.3
    )


def test_modes_at_the_ledger_are_those_of_the_fit_of_one_child(tmp_path: Path):
    """The search of a child ends 0.1 posterior SD from the mode at most, which is less than 0.1 in score."""
    hours = np.array([8.0, 100.0, 176.0, 344.0, 30.0, 176.0, 344.0, 504.0])
    analytes = ("crp",) * 4 + ("tocilizumab",) * 4
    values = np.array([74.0, 9.0, 1.5, 2.2, 90.0, 45.0, 24.0, 60.0])
    record = ChildRecord(hours, analytes, values, np.zeros(8, np.int64), tuple(range(1, 9)))
    plan = regimen("tocilizumab-iv")
    one = fit_child(record, child(6.0, "female", 20.0), plan, seed=1)
    prior, errors = one.problem.prior, clinic_error_models()
    assert {errors[name].kind for name in ("crp", "tocilizumab")} == {"log"}
    doses = [e.time_h for e in one.problem.predictor.events if e.value > 0]
    lines = [(t, f"anna,{t:g},1,240,tocilizumab-iv,.,.") for t in (9.0, 345.0)]
    assert {9.0, 345.0} <= {*doses}
    lines += [
        (t, f"anna,{t:g},0,.,.,{a},{np.log(v):.10g}") for t, a, v in zip(hours, analytes, values, strict=True)
    ]
    text = [f"{line},6,female,20" for _, line in sorted(lines)]
    (tmp_path / "anna.csv").write_text("\n".join([HEAD, *text]) + "\n", encoding="utf-8")
    tied = [n for n, row in zip(prior.names, prior.correlation, strict=True) if (row != 0).sum() > 1]
    place = {name: prior.names.index(name) for name in tied}
    pairs = [
        f'"{a},{b}": {prior.correlation[place[a], place[b]]}'
        for i, a in enumerate(tied) for b in tied[i + 1 :] if prior.correlation[place[a], place[b]]
    ]  # fmt: skip
    residual = ", ".join(f"{name}: {{log: {errors[name].sd}}}" for name in ("crp", "tocilizumab"))
    effects = "parameters:\n" + "".join(f"  {name}:\n" for name in prior.names)
    effects += (
        f"blocks: [[{', '.join(tied)}]]\ncorrelations: {{{', '.join(pairs)}}}\nresidual: {{{residual}}}\n"
    )
    found = _fitted(tmp_path, read_events(tmp_path / "anna.csv"), "focei", effects, estimate=False)
    assert found.effects == prior.names
    scores = found.eta[0] / np.sqrt(np.diag(found.parameters.omega))
    assert scores == pytest.approx(one.mode, abs=0.1)
    assert np.abs(scores).max() > 0.5


@pytest.mark.parametrize(
    ("effects", "message"),
    [
        (EFFECTS.replace("tocilizumab.V_c", "tocilizumab.V_q"), "no parameter 'tocilizumab.V_q'"),
        (EFFECTS.replace("tocilizumab.V_c", "acute_phase.esr_slope"), r"esr_slope cannot be fitted to these"),
        (EFFECTS.replace("tocilizumab.V_c", "body_weight"), "The model has no parameter 'body_weight'"),
        (EFFECTS.replace("crp:", "esr:"), r"row 1 \(crp\) belongs to no residual"),
        (EFFECTS.replace("crp:", "crq:"), "no observable 'crq'"),
        (EFFECTS.partition("residual")[0] + "residual: {proportional: 0.2}", "There is one residual error"),
        (EFFECTS + "mixture: [0.5, 0.5]\n", "sjia is not fitted with a mixture"),
        (EFFECTS + "formulas: [red_cells__x = 2]\n", "no parameter 'red_cells__x'"),
    ],
)  # fmt: skip
def test_what_the_model_or_the_data_do_not_have_is_refused(tmp_path: Path, effects: str, message: str):
    with pytest.raises((InvalidInput, InvalidData), match=message):
        _fitted(tmp_path, _table(tmp_path, 2), "focei", effects)


def test_a_parameter_is_fitted_or_stated_by_a_column(tmp_path: Path):
    table = _table(tmp_path, 2, f"{HEAD},X:tocilizumab.CL", ",1.2")
    with pytest.raises(InvalidInput, match=r"tocilizumab.CL is fitted, and the column X:TOCILIZUMAB.CL"):
        _fitted(tmp_path, table, "focei")


def test_a_covariate_that_changes_within_a_child_is_refused(tmp_path: Path):
    table = _table(tmp_path, 2, f"{HEAD},DOSED", ",1")
    lines = (tmp_path / "children.csv").read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5][:-1] + "2"
    (tmp_path / "children.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    effects = EFFECTS.replace("CL:\n", "CL: {covariates: {DOSED: {power: 0.1}}}\n")
    with pytest.raises(InvalidData, match="DOSED changes within a child"):
        _fitted(tmp_path, read_events(tmp_path / "children.csv"), "focei", effects)
    assert _fitted(tmp_path, table, "focei", effects, estimate=False).ofv > 0


def test_one_drug_alone_is_its_disposition(tmp_path: Path):
    rows = [f"{c},{t},{e},{a},{d},{w},6,female,20" for c in "ab" for t, e, a, d, w in ANAKINRA]
    (tmp_path / "anakinra.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    table = read_events(tmp_path / "anakinra.csv")
    effects = "parameters: {anakinra.CL: {between: 0.3}}\nresidual: {proportional: 0.2}\n"
    found = _fitted(tmp_path, table, "focei", effects, estimate=False)
    (predictor,) = found.problem.predictors
    assert isinstance(predictor, ChildrenPredictor) and len(predictor.compiled.model.species) == 2
    assert found.predictions(0.0 * found.eta) == pytest.approx(predict_children(table).values, rel=2e-4)
    assert (np.abs(found.eta) > 0.1).all()


def test_measurements_on_which_no_effect_of_a_child_acts_are_refused():
    one = np.array([13.0]), ("anakinra",), np.array([0.3]), np.zeros(1, np.int64), (1,)
    with pytest.raises(InvalidInput, match="No random effect of a child acts on anakinra"):
        fit_child(ChildRecord(*one), child(6.0, "female", 20.0), regimen("anakinra"))
