"""Event tables predicted by children of the model and by files of SBML, and the upper ends of doses."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest

import quotidian as q
from quotidian.application.event_tables.predictions import predict_table
from quotidian.data import EventTable, read_events
from quotidian.data.dosing_records import Dosing
from quotidian.errors import InvalidInput, UnknownName

SBML = """<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">
<listOfCompartments><compartment id="V" spatialDimensions="3" size="20" constant="true"/></listOfCompartments>
<listOfSpecies><species id="C" compartment="V" initialConcentration="0" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="CL" value="2" constant="true"/></listOfParameters>
<listOfReactions><reaction id="out" reversible="false" fast="false"><listOfReactants>
<speciesReference species="C" stoichiometry="1" constant="true"/></listOfReactants>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>CL</ci><ci>C</ci></apply></math>
</kineticLaw></reaction></listOfReactions></model></sbml>"""
CHILD = "ID,TIME,EVID,AMT,RATE,ADDL,II,CMT,DVID,AGE,SEX,WT\n"
WHO = "6,female,20\n"


def table(tmp_path: Path, text: str) -> EventTable:
    file = tmp_path / "events.csv"
    file.write_text(text, encoding="utf-8")
    return read_events(file)


def test_a_model_of_a_file_takes_doses_as_amounts(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text(SBML, encoding="utf-8")
    rows = table(tmp_path, "ID,TIME,EVID,AMT,CMT\n1,0,1,100,C\n1,5,0,0,C\n2,0,1,100,1\n2,5,0,0,1\n")
    found = predict_table(rows, str(tmp_path / "m.xml"), {})
    np.testing.assert_allclose(found.values, 5.0 * math.exp(-0.5), rtol=1e-6)
    slower = predict_table(rows, str(tmp_path / "m.xml"), {"CL": np.array([2.0, 1.0])})
    np.testing.assert_allclose(slower.values, 5.0 * np.exp([-0.5, -0.25]), rtol=1e-6)
    larger = predict_table(rows, str(tmp_path / "m.xml"), {"V": 40.0})
    np.testing.assert_allclose(larger.values, 2.5 * math.exp(-0.25), rtol=1e-6)


SCALED = (
    SBML.replace('size="20" constant="true"/>', 'constant="true"/>')
    .replace(
        "<listOfReactions>",
        """<listOfInitialAssignments>
<initialAssignment symbol="V"><math xmlns="http://www.w3.org/1998/Math/MathML"><ci>volume</ci></math></initialAssignment>
<initialAssignment symbol="volume"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>V_c</ci>
<apply><power/><apply><divide/><ci>weight</ci><cn>70</cn></apply><cn>1.23456789</cn></apply></apply></math>
</initialAssignment></listOfInitialAssignments><listOfReactions>""",
    )
    .replace(
        "<listOfParameters>",
        """<listOfParameters><parameter id="volume" constant="true"/>
<parameter id="V_c" value="20" constant="true"/>
<parameter id="weight" value="35" constant="true"/>""",
    )
)


def test_a_size_that_a_file_computes_from_constants_divides_doses(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text(SCALED, encoding="utf-8")
    rows = table(
        tmp_path, "ID,TIME,EVID,AMT,RATE,WT\n1,0,1,100,50,.\n1,5,0,0,0,.\n2,0,1,100,50,.\n2,5,0,0,0,.\n"
    )
    found = predict_table(rows, str(tmp_path / "m.xml"), {"weight": np.array([35.0, 60.0])})
    volume = 20.0 * (np.array([35.0, 60.0]) / 70.0) ** 1.23456789
    usual = predict_table(rows, "pk-1cmt", {"CL": 2.0, "V": volume})
    np.testing.assert_allclose(found.values, usual.values, rtol=1e-6)
    own = predict_table(rows, str(tmp_path / "m.xml"), {}).values  # the values of the file
    np.testing.assert_allclose(own, usual.values[0], rtol=1e-6)


def test_infusions_into_a_concentration_last_as_long_as_into_an_amount(tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_text(SBML, encoding="utf-8")
    doses = "1,0,100,50,0,0,1,1\n2,0,100,0,0,0,1,1\n3,0,100,-2,0,0,1,1\n4,0,100,-1,0,0,1,1\n"
    steady = "5,0,0,10,0,1,1,1\n6,0,60,20,12,1,1,1\n7,0,60,20,12,0,1,1\n7,1,60,20,12,0,4,1\n"
    seen = "".join(
        f"{line}{line[0]},{t},0,0,0,0,0,1\n" for line in (doses + steady).splitlines(True) for t in "28"
    )
    ordered = "".join(sorted(seen.splitlines(True), key=lambda line: [float(x) for x in line.split(",")[:2]]))
    rows = table(tmp_path, "ID,TIME,AMT,RATE,II,SS,EVID,CMT\n" + ordered)
    given = Dosing({1: 0.5}, {1: 0.2}, {1: 3.0}, {1: 25.0})
    found = predict_table(rows, str(tmp_path / "m.xml"), {}, dosing=given)
    usual = predict_table(rows, "pk-1cmt", {"CL": 2.0, "V": 20.0}, dosing=given)
    np.testing.assert_allclose(found.values, usual.values, rtol=1e-6)


def test_children_are_predicted_as_simulate_does(tmp_path: Path) -> None:
    rows = table(
        tmp_path,
        CHILD + f"a,9,1,240,.,1,336,tocilizumab-iv,.,{WHO}a,200,0,.,.,.,.,.,crp,{WHO}"
        f"a,480,0,.,.,.,.,.,tocilizumab,{WHO}b,200,0,.,.,.,.,.,crp,{WHO}",
    )
    found = q.predict_events(rows, "sjia")
    girl = q.Child(age="6 years", sex="female", weight="20 kg")
    run = q.simulate(girl, {"a": "tocilizumab-iv:12mg/kg/2wk", "b": "none"}, weeks=3, every="1h")
    want = [
        float(run.crp.sel(regimen="a").sel(time=200 / 24, method="nearest")),
        float(run.tocilizumab.sel(regimen="a").sel(time=20.0, method="nearest")),
        float(run.crp.sel(regimen="b").sel(time=200 / 24, method="nearest")),
    ]
    np.testing.assert_allclose(found["PRED"].to_numpy(), want, rtol=2e-3)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (f"a,9,1,240,.,.,.,tocilizumab,.,{WHO}", ("row 1", "CMT", "tocilizumab-iv")),
        (f"a,9,1,240,.,.,.,tocilizumab-iv,.,6,1,20\na,99,0,.,.,.,.,.,crp,{WHO}", ("row 1", "SEX")),
        (f"a,9,0,.,.,.,.,.,crpp,{WHO}", ("row 1", "DVID", "'crp'")),
        (f"a,9,0,.,.,.,.,.,anakinra,{WHO}", ("row 1", "DVID", "receives that drug")),
        ("a,9,0,.,.,.,.,.,crp,60,male,60\n", ("row 1", "AGE")),
        (f"a,9,3,.,.,.,.,.,.,{WHO}", ("row 1", "EVID")),
        (f"a,-9000,0,.,.,.,.,.,crp,{WHO}", ("row 1", "TIME")),
        (f"a,9,1,240,-2,.,.,tocilizumab-iv,.,{WHO}", ("row 1", "RATE")),
        (f"a,9,1,240,9,.,.,tocilizumab-sc,.,{WHO}", ("row 1", "RATE")),
        (f"a,9,0,.,.,.,.,.,crp,{WHO}a,999999,0,.,.,.,.,.,crp,{WHO}", ("25 years",)),
    ],
)
def test_a_record_that_a_child_cannot_have_is_refused(
    tmp_path: Path, rows: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        q.predict_events(table(tmp_path, CHILD + rows), "sjia")
    assert [word for word in words if word not in str(refusal.value)] == []


def test_names_and_parameters_that_do_not_apply_are_refused(tmp_path: Path) -> None:
    rows = table(tmp_path, CHILD + f"a,9,0,.,.,.,.,.,crp,{WHO}")
    with pytest.raises(UnknownName, match="pk-1cmt"):
        predict_table(rows, "pk-1cm", {})
    with pytest.raises(InvalidInput, match="takes no parameters"):
        predict_table(rows, "sjia", {"CL": 2.0})


def test_repeats_after_the_last_record_cost_nothing(tmp_path: Path) -> None:
    rows = "ID,TIME,EVID,AMT,II,ADDL\n1,0,1,10,24,1000000000\n1,72,0,0,0,0\n"
    begun = time.process_time()
    found = predict_table(table(tmp_path, rows), "pk-1cmt", {"CL": 2.0, "V": 20.0})
    assert time.process_time() - begun < 20.0
    k = 0.1
    want = 0.5 * sum(math.exp(-k * (72 - 24 * i)) for i in range(4))  # the dose of hour 72 comes first
    np.testing.assert_allclose(found.values, [want], rtol=1e-6)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,0,1,10,0.000001,1000000000,0,0\n1,1000,0,0,0,0,0,0\n", ("row 1", "ADDL", "100,000")),
        ("1,0,1,10,0.000001,0,1,0.0001\n1,10,0,0,0,0,0,0\n", ("100,000", "steady")),
    ],
)
def test_doses_without_end_are_refused(tmp_path: Path, row: str, words: tuple[str, ...]) -> None:
    rows = table(tmp_path, "ID,TIME,EVID,AMT,II,ADDL,SS,RATE\n" + row)
    with pytest.raises(InvalidInput) as refusal:
        predict_table(rows, "pk-1cmt", {"CL": 2.0, "V": 20.0})
    assert [word for word in words if word not in str(refusal.value)] == []
