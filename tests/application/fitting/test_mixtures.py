"""Mixtures of classes of subjects: what a fit finds, writes, checks and refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.api.population_fitting import individuals
from quotidian.application.fitting.check_files import contents as check_contents
from quotidian.application.fitting.effects_file import read_effects
from quotidian.application.fitting.fit_request import FitRequest, read_fit
from quotidian.application.fitting.population_check import check_population
from quotidian.application.fitting.population_files import contents
from quotidian.application.fitting.population_fit import PopulationFit, fit_population
from quotidian.application.fitting.population_notes import class_notes
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import read_events
from quotidian.errors import InvalidInput
from quotidian.inference.diagnostics import simulated, simulated_classes
from quotidian.inference.effects import in_order
from quotidian.statistics.streams import Streams

LISTS = """parameters:
  CL: {typical: [1.0, 8.0], between: 0.3}
  V: {typical: 25, between: 0.3}
mixture: [0.5, 0.5]
residual: {proportional: 0.2}
"""
FORMULAS = """parameters:
  slow: 1.0
  fast: 8.0
  eta: {typical: 0, between: 0.3, distribution: normal, fixed: true}
  V: {typical: 25, between: 0.3}
mixture: [0.5, 0.5]
formulas: ["CL = (slow*(CLASS == 1) + fast*(CLASS == 2))*exp(eta)"]
residual: {proportional: 0.2}
"""
APART = """parameters:
  slow: {typical: 1.0, between: 0.3}
  fast: {typical: 8.0, between: 0.3}
  V: {typical: 25, between: 0.3}
mixture: [0.5, 0.5]
formulas: ["CL = slow*(CLASS == 1) + fast*(CLASS == 2)"]
residual: {proportional: 0.2}
"""
PK = structural_model("pk-1cmt")
SUBJECTS, SLOW = 40, 26


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bolus of 100; clearance 2 in the first 26 subjects, 6 in the others, with 20 % between subjects."""
    made, lines = tmp_path_factory.mktemp("mixture"), ["ID,TIME,AMT,EVID,DV,WT"]
    rng = np.random.default_rng(3)
    for i in range(1, SUBJECTS + 1):
        cl = (2.0 if i <= SLOW else 6.0) * np.exp(0.2 * rng.normal())
        v, weight = 20.0 * np.exp(0.2 * rng.normal()), rng.uniform(40, 100)
        lines.append(f"{i},0,100,1,.,{weight:.1f}")
        for t in (0.5, 3.0, 7.0, 12.0):
            lines.append(
                f"{i},{t},0,0,{100 / v * np.exp(-cl / v * t) * (1 + 0.1 * rng.normal()):.5f},{weight:.1f}"
            )
    (made / "data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (made / "effects.yaml").write_text(LISTS, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def fit(folder: Path) -> PopulationFit:
    table = read_events(folder / "data.csv")
    return fit_population(table, PK, read_effects(folder / "effects.yaml"), "focei")


def _stated(folder: Path, text: str, method="focei", data: Path | None = None) -> PopulationFit:
    file = folder / "other.yaml"
    file.write_text(text, encoding="utf-8")
    table = read_events(data or folder / "data.csv")
    return fit_population(table, PK, read_effects(file), method, estimate=False)


def test_classes_are_found_with_their_shares_and_errors(fit: PopulationFit):
    e = fit.estimates
    assert set(e["theta"]) == {"CL.1", "CL.2", "V"} and set(e["omega"]) == {"CL", "V"}
    for name, true in {"CL.1": 2.0, "CL.2": 6.0, "V": 20.0}.items():
        assert abs(e["theta"][name] - true) < 3 * e["se"]["theta"][name] < 0.3 * true
    assert e["shares"]["1"] + e["shares"]["2"] == pytest.approx(1)
    known = np.sqrt(e["shares"]["1"] * e["shares"]["2"] / SUBJECTS)  # if the classes could be seen
    assert known <= e["se"]["shares"]["1"] < 1.3 * known and e["notes"] == []
    right = fit.classes == np.where(np.arange(SUBJECTS) < SLOW, 1, 2)
    assert right.mean() > 0.9
    assert fit.probabilities.mean(axis=0) == pytest.approx(list(e["shares"].values()), abs=1e-3)
    one = replace(fit.problem.structure.effects, shares=(1.0,))
    one = replace(one, parameters=(replace(one.parameters[0], others=()), one.parameters[1]))
    single = fit_population(fit.table, PK, one, "focei")
    assert single.ofv - fit.ofv > 10 and "shares" not in single.estimates


def test_a_fit_is_written_and_read_again(fit: PopulationFit, folder: Path, tmp_path: Path):
    request = FitRequest(folder / "data.csv", "pk-1cmt", folder / "effects.yaml")
    for name, content in contents(fit, request).items():
        (tmp_path / name).write_bytes(content)
    lines = (tmp_path / "individuals.csv").read_text().splitlines()
    assert lines[0] == "ID,ETA_CL,ETA_V,CLASS,P_1,P_2" and len(lines) == SUBJECTS + 1
    cells = [float(cell) for cell in lines[1].split(",")]
    assert cells[3] == fit.classes[0] and cells[4] == pytest.approx(fit.probabilities[0, 0])
    assert individuals(fit).columns == lines[0].split(",")
    header, row, *_ = (tmp_path / "residuals.csv").read_text().splitlines()
    values = dict(zip(header.split(","), row.split(","), strict=True))
    assert values["CWRES"] == ""
    k = fit.parameters.theta
    by_class = 100 / np.exp(k[2]) * np.exp(-np.exp(k[:2] - k[2]) * 0.5)
    assert float(values["PRED"]) == pytest.approx(by_class @ fit.shares, rel=1e-6)
    again = read_fit(tmp_path)
    np.testing.assert_allclose(again.probabilities, fit.probabilities, atol=1e-4)
    np.testing.assert_allclose(again.shares, fit.shares)
    np.testing.assert_allclose(again.predictions(), fit.predictions(), rtol=1e-3)
    altered = json.loads((tmp_path / "estimates.json").read_text())
    del altered["shares"]["2"]
    (tmp_path / "estimates.json").write_text(json.dumps(altered))
    with pytest.raises(InvalidInput, match="lacks the estimate"):
        read_fit(tmp_path)


def test_a_check_simulates_the_classes_and_leaves_out_what_has_no_meaning(fit: PopulationFit):
    check = check_population(fit, copies=200)
    assert set(check.normality) == {"IWRES", "NPDE", "NPD"} and check.normality["NPDE"].p > 0.01
    inside, whole = check.vpc["DV"].inside
    assert inside >= whole - 2
    share = check.profiles["share 1"]
    assert 0 < share.low < fit.estimates["shares"]["1"] < share.high < 1
    page = check_contents(check, "a mixture")["report.html"].decode()
    assert "CWRES are not computed" in page and "CWRES by time" not in page
    wrong = replace(fit, shares=fit.shares[::-1].copy())
    assert check_population(wrong, copies=200, profiles=False).normality["NPD"].p < 1e-3


def test_formulas_that_read_the_class_say_what_lists_of_typical_values_say(folder: Path):
    lists, formulas, apart = (_stated(folder, text) for text in (LISTS, FORMULAS, APART))
    assert formulas.ofv == pytest.approx(lists.ofv, abs=1e-5)
    assert apart.ofv == pytest.approx(lists.ofv, abs=1e-5)  # a random effect of each class, of the same SD
    assert apart.effects == ("slow", "fast", "V") and [m.unused for m in apart.problem.kinds] == [(1,), (0,)]
    slow, fast = apart.classes == 1, apart.classes == 2
    assert not apart.eta[slow, 1].any() and not apart.eta[fast, 0].any() and apart.eta[slow, 0].all()
    first = apart.eta[apart.used[:, 0], 0].std(ddof=1)
    assert apart.estimates["shrinkage"]["slow"] == pytest.approx(1 - first / 0.3)
    drawn, exact = (_stated(folder, APART, method) for method in ("saem", "exact"))
    assert abs(drawn.ofv - exact.ofv) < 4 * drawn.estimates["ofv_error"] < 1


def test_classes_that_can_be_exchanged_keep_the_order_of_the_start(fit: PopulationFit, folder: Path):
    whole = fit.problem.structure
    theta, shares = in_order(whole, np.array([2.0, 1.0, 3.0]), np.array([0.7, 0.3]))
    assert theta.tolist() == [1.0, 2.0, 3.0] and shares.tolist() == [0.3, 0.7]
    theta, shares = in_order(whole, np.array([1.0, 2.0, 3.0]), np.array([0.7, 0.3]))
    assert theta.tolist() == [1.0, 2.0, 3.0] and shares.tolist() == [0.7, 0.3]
    other = _stated(folder, LISTS.replace("[1.0, 8.0]", "[8.0, 1.0]")).problem.structure
    assert in_order(other, np.array([1.0, 2.0, 3.0]), np.array([0.7, 0.3]))[0].tolist() == [2.0, 1.0, 3.0]
    apart = _stated(folder, APART).problem.structure
    assert in_order(apart, np.array([2.0, 1.0, 3.0]), np.array([0.7, 0.3]))[0].tolist() == [2.0, 1.0, 3.0]


def test_copies_are_of_all_classes_and_those_of_one_class_are_as_before(fit: PopulationFit):
    kinds, at = fit.problem.kinds, fit.parameters
    one = simulated(kinds[0], at, Streams(1), 3)
    assert simulated_classes(kinds[:1], np.ones(1), at, Streams(1), 3).tobytes() == one.tobytes()
    both = simulated_classes(kinds, np.array([0.25, 0.75]), at, Streams(1), 50)
    of_first = (both == simulated(kinds[0], at, Streams(1), 50)).all(axis=2)
    assert of_first.mean() == pytest.approx(0.25, abs=0.03) and 0 < of_first[:, 0].mean() < 1


BAD = {
    LISTS.replace("mixture: [0.5, 0.5]\n", ""): "2 typical values, and 1 class",
    LISTS.replace("[0.5, 0.5]", "[0.5, 0.3, 0.2]"): "2 typical values, and 3 classes",
    LISTS.replace("[1.0, 8.0]", "[1.0, 1.0]"): "all classes are equal",
    LISTS.replace("[1.0, 8.0]", "[1.0, -8.0]"): "typical value of CL is -8",
    LISTS.replace("[1.0, 8.0]", "2.0"): "Nothing differs between the classes",
    LISTS.replace("[0.5, 0.5]", "[0.5, 0.6]"): "sum to 1",
    LISTS.replace("[0.5, 0.5]", "[1.0]"): "list of shares",
    FORMULAS.replace("slow: 1.0", "CLASS: 1.0"): "and a parameter",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_mixture_is_refused(folder: Path, text: str):
    with pytest.raises(InvalidInput, match=BAD[text]):
        _stated(folder, text)


def test_a_column_of_that_name_and_laplace_are_refused_and_an_empty_class_is_noted(
    folder: Path, tmp_path: Path
):
    data = tmp_path / "named.csv"
    data.write_text((folder / "data.csv").read_text().replace(",WT", ",CLASS"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="and a column"):
        _stated(folder, FORMULAS, data=data)
    assert _stated(folder, LISTS, data=data).mixture  # no formula reads it
    with pytest.raises(InvalidInput, match="laplace does not estimate a mixture") as refused:
        fit_population(read_events(data), PK, read_effects(folder / "effects.yaml"), "laplace")
    assert "focei or saem" in str(refused.value)
    assert class_notes(np.array([0.99, 0.01]), 40)[0].startswith("Class 2 has a share of 0.01")
    assert class_notes(np.array([0.9, 0.1]), 40) == []
