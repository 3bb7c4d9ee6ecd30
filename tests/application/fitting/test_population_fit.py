"""Population fits of the project's own data: three methods, an SBML file, covariates, refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.application.fitting.population_check import combinations_of, profiles_of
from quotidian.application.fitting.population_fit import fit_population
from quotidian.application.fitting.structural_models import structural_model
from quotidian.data import read_events
from quotidian.data.covariate_model import CovariateFormula
from quotidian.data.table_units import refuse_mixed_units
from quotidian.errors import InvalidData, InvalidInput, UnknownName
from quotidian.inference.effects import CovariateEffect, Effects, Endpoint, ParameterEffect
from quotidian.inference.residual import Kind

ANTIMONY = """model oral
  compartment C = 1
  substanceOnly species depot in C, central in C
  depot = 0; central = 0; KA = 1; CL = 1; V = 1
  absorbed: depot -> central; KA*depot
  cleared: central -> ; CL/V*central
  conc := central/V
end
"""
TRUTH = {"KA": 1.5, "CL": 2.8, "V": 32.0}


def _table(folder: Path, subjects: int = 24, seed: int = 2):
    """One dose of 320, clearance with weight to the power 0.75, spreads of 0.3, 10 % error."""
    rng = np.random.default_rng(seed)
    lines = ["ID,TIME,AMT,EVID,CMT,DV,WT"]
    for i in range(1, subjects + 1):
        weight = rng.uniform(40, 100)
        ka, cl, v = (p * np.exp(0.3 * rng.normal()) for p in TRUTH.values())
        k = cl * (weight / 70) ** 0.75 / v
        lines.append(f"{i},0,320,1,1,.,{weight:.2f}")
        for t in (0.5, 1.5, 4.0, 9.0, 24.0):
            f = 320 * ka / (v * (ka - k)) * (np.exp(-k * t) - np.exp(-ka * t))
            lines.append(f"{i},{t},0,0,2,{f * (1 + 0.1 * rng.normal()):.5f},{weight:.2f}")
    file = folder / "data.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_events(file)


def _effects(observable: str = "", weight: bool = True) -> Effects:
    on_clearance = (CovariateEffect("WT", "power", 0.5, 70.0),) if weight else ()
    return Effects(
        (
            ParameterEffect("KA", 1.0, 0.4),
            ParameterEffect("CL", 2.0, 0.4, covariates=on_clearance),
            ParameterEffect("V", 40.0, 0.4),
        ),
        (Endpoint(observable, "proportional", (0.2,)),),
        (("CL", "V"),),
    )


@pytest.mark.parametrize("method", ["focei", "laplace"])
def test_estimates_lie_within_their_errors_of_the_truth(tmp_path: Path, method):
    table = _table(tmp_path)
    found = fit_population(table, structural_model("pk-1cmt-oral"), _effects(), method).estimates
    for name, true in {**TRUTH, "CL_WT": 0.75}.items():
        assert abs(found["theta"][name] - true) < 3 * found["se"]["theta"][name]
    assert found["sigma"]["proportional"] == pytest.approx(0.1, rel=0.25)
    assert set(found["omega"]) == {"KA", "CL", "V", "CL,V"}
    assert 0 < found["se"]["theta"]["CL"] < 0.6
    assert found["se_from"] == ("laplace" if method == "laplace" else "focei")
    assert found["method"] == method and found["subjects"] == 24 and found["observations"] == 120


@pytest.mark.slow
def test_saem_agrees_with_focei_and_the_seed_decides_its_bytes(tmp_path: Path):
    table, pk = _table(tmp_path, subjects=10), structural_model("pk-1cmt-oral")
    focei = fit_population(table, pk, _effects(), "focei").estimates
    one, two = (fit_population(table, pk, _effects(), "saem", seed=5, threads=n) for n in (1, 2))
    for name, value in one.estimates["theta"].items():
        assert abs(value - focei["theta"][name]) < focei["se"]["theta"][name]
    assert one.estimates["theta"] == two.estimates["theta"] and one.eta.tobytes() == two.eta.tobytes()
    assert one.estimates["ofv_error"] < 1.0
    assert abs(one.estimates["ofv_focei"] - focei["ofv"]) < 1.0


def test_a_file_of_another_program_gives_the_estimates_of_the_shelf(tmp_path: Path):
    antimony = pytest.importorskip("antimony")
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(ANTIMONY) >= 0
    file = tmp_path / "oral.xml"
    file.write_text(antimony.getSBMLString("oral"), encoding="utf-8")
    table = _table(tmp_path, subjects=6)
    shelf = fit_population(table, structural_model("pk-1cmt-oral"), _effects(weight=False), "focei")
    own = fit_population(table, structural_model(str(file)), _effects("conc", weight=False), "focei")
    assert own.ofv == pytest.approx(shelf.ofv, abs=0.02)
    assert own.estimates["theta"]["CL"] == pytest.approx(shelf.estimates["theta"]["CL"], rel=5e-3)


def test_a_concentration_in_a_file_takes_doses_by_the_size_of_its_compartment(tmp_path: Path):
    antimony = pytest.importorskip("antimony")
    antimony.clearPreviousLoads()
    text = "model iv\n compartment V = 20\n species c in V\n c = 0; CL = 1\n out: c -> ; CL*c\nend\n"
    assert antimony.loadAntimonyString(text) >= 0
    file = tmp_path / "iv.xml"
    file.write_text(antimony.getSBMLString("iv"), encoding="utf-8")
    data = tmp_path / "iv.csv"
    rows = "".join(
        f"{i},0,100,1,1,.\n{i},1,0,0,1,{5 * c}\n{i},9,0,0,1,{3 * c}\n"
        for i, c in ((1, 1), (2, 1.2), (3, 0.8))
    )
    data.write_text("ID,TIME,AMT,EVID,CMT,DV\n" + rows, encoding="utf-8")
    effects = Effects(
        (ParameterEffect("CL", 1.0, 0.2), ParameterEffect("V", 18.0, 0.2)),
        (Endpoint("c", "proportional", (0.1,)),),
    )
    own = fit_population(read_events(data), structural_model(str(file)), effects, "focei")
    shelf = Effects(effects.parameters, (Endpoint("", "proportional", (0.1,)),))
    usual = fit_population(read_events(data), structural_model("pk-1cmt"), shelf, "focei")
    assert own.ofv == pytest.approx(usual.ofv, abs=0.02)
    assert own.estimates["theta"]["V"] == pytest.approx(usual.estimates["theta"]["V"], rel=1e-2)


def test_a_size_that_a_file_computes_is_fitted_through_its_constants(tmp_path: Path):
    antimony = pytest.importorskip("antimony")
    antimony.clearPreviousLoads()
    text = """model iv
    compartment V; Vc = 30; WT0 = 70
    V = Vc*(WT0/70)^0.75; CL = 1; species c in V; c = 0
    out: c -> ; CL*c\nend\n"""
    assert antimony.loadAntimonyString(text) >= 0
    file = tmp_path / "iv.xml"
    file.write_text(antimony.getSBMLString("iv"), encoding="utf-8")
    data = tmp_path / "iv.csv"
    rows = "".join(
        f"{i},0,100,50,1,.,{w}\n{i},3,0,0,0,{4 * c},{w}\n{i},9,0,0,0,{3 * c},{w}\n"
        for i, c, w in ((1, 1, 50), (2, 1.2, 60), (3, 0.8, 80))
    )
    data.write_text("ID,TIME,AMT,RATE,EVID,DV,WT\n" + rows, encoding="utf-8")
    error, weight = (Endpoint("", "proportional", (0.1,)),), CovariateFormula.read("WT0 = WT")
    of_file = (ParameterEffect("CL", 1.0, 0.2), ParameterEffect("Vc", 18.0, 0.2))
    own = fit_population(
        read_events(data), structural_model(str(file)), Effects(of_file, error, formulas=(weight,)), "focei"
    )
    scaled = CovariateFormula.read("V = Vc*(WT/70)**0.75")
    usual = fit_population(
        read_events(data), structural_model("pk-1cmt"), Effects(of_file, error, formulas=(scaled,)), "focei"
    )
    assert own.ofv == pytest.approx(usual.ofv, abs=0.02)
    assert own.estimates["theta"]["Vc"] == pytest.approx(usual.estimates["theta"]["Vc"], rel=1e-2)


def test_what_does_not_fit_the_model_or_the_data_is_refused(tmp_path: Path):
    table, pk = _table(tmp_path, subjects=2), structural_model("pk-1cmt-oral")
    usual = _effects()
    with pytest.raises(InvalidInput, match="needs V"):
        fit_population(table, pk, Effects(usual.parameters[:2], usual.endpoints), "focei")
    wrong = Effects((*usual.parameters, ParameterEffect("VX", 1.0)), usual.endpoints)
    with pytest.raises(InvalidInput, match="no parameter 'VX'"):
        fit_population(table, pk, wrong, "focei")
    with pytest.raises(InvalidInput, match="No parameter varies"):
        still = tuple(ParameterEffect(p.name, p.typical) for p in usual.parameters)
        fit_population(table, pk, Effects(still, usual.endpoints), "focei")
    with pytest.raises(InvalidInput, match="no observable 'konz'"):
        fit_population(table, pk, Effects(usual.parameters, _effects("konz").endpoints), "focei")
    apart = (Endpoint("concentration", "log", (0.2,), "CMT", "3"),)
    with pytest.raises(InvalidData, match=r"row 2 \(CMT 2\) belongs to no residual error"):
        fit_population(table, pk, Effects(usual.parameters, apart), "focei")
    with pytest.raises(UnknownName, match="no model 'pk-1cmd'"):
        structural_model("pk-1cmd")
    with pytest.raises(UnknownName, match=r"quotidian export castleman --output castleman\.xml"):
        structural_model("castleman")


def test_parameters_that_the_data_do_not_determine_are_held_and_named(tmp_path: Path):
    """CL is a product of two numbers; the data say the product alone."""

    def effects(first: float, held: bool) -> Effects:
        factors = (
            ParameterEffect("KA", 1.5), ParameterEffect("first", first, 0.3, fixed=held),
            ParameterEffect("second", 1.4),
        )  # fmt: skip
        return Effects(
            (*factors, ParameterEffect("V", 32.0, 0.3)), (Endpoint("", "proportional", (0.1,)),),
            formulas=(CovariateFormula.read("CL = first*second"),),
        )  # fmt: skip

    table, pk = _table(tmp_path, subjects=6), structural_model("pk-1cmt-oral")
    found = fit_population(table, pk, effects(2.0, False), "focei")
    (note,) = found.estimates["notes"]
    se, theta = found.estimates["se"], found.estimates["theta"]
    (held,) = (name for name in ("first", "second") if se["theta"][name] is None)
    assert note == (f"The data do not determine first, second. Standard errors are those with {held} held.")
    fixed = fit_population(table, pk, effects(theta["first"], True), "focei").estimates
    share = (
        se["theta"]["second"] / theta["second"] if held == "first" else se["theta"]["first"] / theta["first"]
    )
    assert share == pytest.approx(fixed["se"]["theta"]["second"] / fixed["theta"]["second"], rel=0.02)
    for kind in ("omega", "sigma"):
        assert se[kind] == pytest.approx(fixed["se"][kind], rel=0.02)
    assert set(profiles_of(found)) == {"KA", "V", "sigma proportional", "first", "second"} - {held}
    assert len(combinations_of(found)) == 3


def test_a_table_without_observations_is_refused(tmp_path: Path):
    file = tmp_path / "empty.csv"
    file.write_text("ID,TIME,AMT,EVID,CMT,DV\n1,0,100,1,1,.\n", encoding="utf-8")
    with pytest.raises(InvalidData, match="holds no observation"):
        fit_population(read_events(file), structural_model("pk-1cmt-oral"), _effects(weight=False), "focei")


def test_a_covariate_that_moves_has_the_effect_of_one_that_does_not(tmp_path: Path):
    table = _table(tmp_path, subjects=5)
    usual = fit_population(table, structural_model("pk-1cmt-oral"), _effects(), "focei")
    cells = [list(row) for row in zip(*table.text.cells, strict=True)]
    cells[-1][-1] = str(float(cells[-1][-1]) * 1.0001)  # now it changes within the last subject
    file = tmp_path / "moving.csv"
    file.write_text("\n".join([",".join(table.text.columns), *map(",".join, cells)]) + "\n")
    moving = fit_population(read_events(file), structural_model("pk-1cmt-oral"), _effects(), "focei")
    assert moving.ofv == pytest.approx(usual.ofv, abs=0.02)
    assert moving.estimates["theta"]["CL_WT"] == pytest.approx(usual.estimates["theta"]["CL_WT"], abs=0.02)


def test_doubtful_data_are_fitted_with_a_note(tmp_path: Path):
    """Not one observation lost, and none unmentioned: repeated, negative, all below the limit."""
    pk, file = structural_model("pk-1cmt-oral"), tmp_path / "doubtful.csv"
    parameters = ParameterEffect("KA", 1.5, 0.3), ParameterEffect("CL", 2.8), ParameterEffect("V", 32.0)

    def notes(rows: str, kind: Kind = "proportional") -> str:
        file.write_text(f"ID,TIME,AMT,EVID,CMT,DV,CENS\n1,0,320,1,1,.,0\n{rows}", encoding="utf-8")
        effects = Effects(parameters, (Endpoint("", kind, (0.2,)),))
        return " ".join(
            fit_population(read_events(file), pk, effects, "focei", estimate=False).estimates["notes"]
        )

    assert notes("1,1,0,0,2,3,0\n1,2,0,0,2,3,0\n") == ""
    repeated = notes("1,1,0,0,2,3,0\n1,1,0,0,2,3,0\n1,1,0,0,2,3,0\n1,1,0,0,2,4,0\n")
    assert "row 3 repeats the observation of row 2 (and 1 more" in repeated and "leave it out" in repeated
    assert "row 2: the value -3 is negative" in notes("1,1,0,0,2,-3,0\n1,2,0,0,2,3,0\n")
    assert notes("1,1,0,0,2,-3,0\n1,2,0,0,2,3,0\n", "additive") == ""
    assert "Every value lies beyond its limit" in notes("1,1,0,0,2,3,1\n1,2,0,0,2,3,1\n")
    twice = notes("1,0,320,1,1,.,0\n1,1,0,0,2,3,0\n")
    assert "row 2 repeats the dose of row 1. If it was not given twice, leave it out." in twice


def test_a_weight_that_no_child_has_is_noted(tmp_path: Path):
    def notes(age: float, weight: float) -> str:
        own = f"{age},{weight}\n"
        file = tmp_path / "child.csv"
        file.write_text(
            f"ID,TIME,AMT,EVID,DV,AGE,WT\n1,0,9,1,.,{own}1,1,0,0,3,{own}1,2,0,0,2,{own}", encoding="utf-8"
        )
        effects = Effects(
            (ParameterEffect("CL", 1.0, 0.2), ParameterEffect("V", 3.0)),
            (Endpoint("", "proportional", (0.2,)),),
        )
        fit = fit_population(read_events(file), structural_model("pk-1cmt"), effects, "focei", estimate=False)
        return " ".join(fit.estimates["notes"])

    assert "row 1: no child of 2 years weighs 40 kg. Check AGE" in notes(2, 40)
    assert notes(2, 12) == notes(40, 70) == notes(6, 20) == ""


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("UNIT", ("", "mg/L", "ng/mL"), r"row 3, column UNIT: 'ng/mL' .*\n  Row 2 is in mg/L"),
        ("AVALU", ("", "mg/L", "."), r"row 3, column AVALU: a missing value .*\n  Other rows state a unit"),
        ("UNIT", ("mg", "mg/L", "mq/L"), r"row 3, column UNIT: 'mq/L'"),
        ("AMTU", ("mg", "", ""), ""),
        ("UNIT", ("", "mg/L", "ug/mL"), ""),
        ("UNIT", ("ICU", "ICU", "ward"), ""),
        ("UNIT", ("1", "1", "2"), ""),
    ],
)
def test_two_units_in_one_column_are_refused(tmp_path: Path, column: str, cells: tuple[str, ...], says: str):
    file = tmp_path / "units.csv"
    rows = ("1,0,9,1,.", "1,1,0,0,3", "1,2,0,0,2")
    lines = (f"{row},{cell}\n" for row, cell in zip(rows, cells, strict=True))
    file.write_text(f"ID,TIME,AMT,EVID,DV,{column}\n{''.join(lines)}", encoding="utf-8")
    table = read_events(file)
    if not says:
        return refuse_mixed_units(table)
    with pytest.raises(InvalidData, match=says):
        refuse_mixed_units(table)


def test_two_units_of_doses_are_refused_by_a_fit(tmp_path: Path):
    file = tmp_path / "doses.csv"
    file.write_text("ID,TIME,AMT,EVID,DV,AMTU\n1,0,9,1,.,mg\n1,1,9,1,.,ug\n1,2,0,0,2,.\n", encoding="utf-8")
    effects = Effects(
        (ParameterEffect("CL", 1.0, 0.2), ParameterEffect("V", 3.0)), (Endpoint("", "proportional", (0.2,)),)
    )
    with pytest.raises(InvalidData, match="row 2, column AMTU: 'ug'"):
        fit_population(read_events(file), structural_model("pk-1cmt"), effects, "focei")
