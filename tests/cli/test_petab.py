"""``quotidian petab``: what it prints and writes, and that Python gives the same."""

from __future__ import annotations

import math
from pathlib import Path

import polars
import pytest

import quotidian as q

MODEL = """<?xml version="1.0"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="m">
<listOfParameters><parameter id="x" value="8" constant="false"/><parameter id="k" value="1" constant="true"/>
</listOfParameters><listOfRules><rateRule variable="x"><math xmlns="http://www.w3.org/1998/Math/MathML">
<apply><minus/><apply><times/><ci>k</ci><ci>x</ci></apply></apply></math></rateRule></listOfRules></model></sbml>
"""
FILES = {
    "model.xml": MODEL,
    "problem.yaml": "format_version: 2.0.0\nparameter_files: [p.tsv]\nmeasurement_files: [m.tsv]\n"
    "observable_files: [o.tsv]\nmodel_files: {one: {language: sbml, location: model.xml}}\n",
    "p.tsv": "parameterId\tlowerBound\tupperBound\tnominalValue\testimate\nk\t0\t10\t0.5\ttrue\n",
    "o.tsv": "observableId\tobservableFormula\tnoiseFormula\no\tx\t0.5\n",
    "m.tsv": "observableId\texperimentId\ttime\tmeasurement\no\t\t0\t7\no\t\t2\t3\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_objective_is_printed_and_the_simulations_written(quotidian, folder) -> None:
    done = quotidian("petab problem.yaml --gradient --output s.tsv --set k=1")
    assert done.code == 0, done.err
    table = polars.read_csv(folder / "s.tsv", separator="\t")
    assert table.columns == ["observableId", "experimentId", "time", "simulation"]
    assert table["simulation"].to_list() == pytest.approx([8.0, 8 * math.exp(-2)], rel=1e-8)
    same = q.evaluate_petab(folder / "problem.yaml", {"k": 1.0}, derivatives=True)
    assert f"log-likelihood  {same.log_likelihood:.10g}" in done.out
    assert same.log_posterior == pytest.approx(same.log_likelihood - math.log(10))
    assert f"/ d k  {same.gradient['k']:.8g}" in done.out


def test_a_mistake_is_refused_and_nothing_is_written(quotidian, folder) -> None:
    done = quotidian("petab problem.yaml --set kk=1 --output s.tsv")
    assert (done.code, done.out) == (2, "")
    assert "Did you mean 'k'?" in done.err
    (folder / "m.tsv").write_text("observableId\ttime\tmeasurement\no\tx\t1\n")
    done = quotidian("petab problem.yaml --output s.tsv")
    assert done.code == 2 and "line 2 of m.tsv" in done.err
    assert not (folder / "s.tsv").exists()
