"""``quotidian fit``: what it writes, and what it refuses before it writes anything."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import quotidian as q


def _line(files: Path, more: str = "", model: str = "pk-1cmt") -> str:
    return (
        f"fit population --data {files}/data.csv --model {model} --effects {files}/effects.yaml "
        f"--output {files}/out {more}"
    )


def test_it_writes_estimates_and_individuals(quotidian, files: Path) -> None:
    ran = quotidian(_line(files))
    assert ran.code == 0 and "OFV" in ran.out and "Research use" in ran.out
    found = json.loads((files / "out/estimates.json").read_text())
    assert set(found["theta"]) == {"CL", "V"} and set(found["omega"]) == {"CL", "V"}
    assert set(found["sigma"]) == {"proportional"} and found["method"] == "focei"
    assert {"se", "ofv", "seconds"} <= set(found)
    people = pl.read_csv(files / "out/individuals.csv")
    assert people.columns == ["ID", "ETA_CL", "ETA_V"] and people["ID"].to_list() == ["a", "b", "c", "d"]
    rows = pl.read_csv(files / "out/residuals.csv")
    assert rows.columns == ["ROW", "ID", "TIME", "DV", "PRED", "IPRED", "CWRES"] and len(rows) == 12
    assert (rows["IPRED"] - rows["DV"]).abs().max() < (rows["PRED"] - rows["DV"]).abs().max()
    same = q.fit_population(files / "data.csv", "pk-1cmt", files / "effects.yaml")
    assert same.estimates["theta"] == found["theta"] and same.ofv == found["ofv"]
    assert quotidian(_line(files)).code == 0  # a second run renews its own folder


def test_it_evaluates_without_estimating(quotidian, files: Path) -> None:
    ran = quotidian(_line(files, "--evaluate --method fo"))
    found = json.loads((files / "out/estimates.json").read_text())
    assert (
        ran.code == 0
        and found["se"] is found["se_from"] is None
        and not found["estimated"]
        and found["method"] == "fo"
    )
    own = q.fit_population(files / "data.csv", "pk-1cmt", files / "effects.yaml", method="fo", estimate=False)
    assert own.ofv == found["ofv"] and own.estimates["theta"] == found["theta"]


BAD = {
    "method": ("--method fox", "--method fox is unknown"),
    "evaluated": ("--method fo", "fo does not estimate"),
    "seed": ("--seed x", "--seed"),
}


@pytest.mark.parametrize("case", BAD)
def test_options_that_cannot_be_used_are_refused(quotidian, files: Path, case) -> None:
    more, words = BAD[case]
    ran = quotidian(_line(files, more))
    assert ran.code == 2 and words in ran.err and not (files / "out").exists()


def test_files_that_cannot_be_used_are_refused_and_nothing_is_written(quotidian, files: Path) -> None:
    assert quotidian(_line(files, model="pk-9cmt")).code == 2
    (files / "effects.yaml").write_text(
        "parameters: {CL: {typical: 1, between: 0.3}}\nresidual: {additive: 1}"
    )
    ran = quotidian(_line(files))
    assert ran.code == 2 and "needs V" in ran.err
    (files / "effects.yaml").write_text("parameters: [")
    assert quotidian(_line(files)).code == 2
    (files / "data.csv").write_text("ID,TIME,DV\n1,0,x\n")
    ran = quotidian(_line(files))
    assert ran.code == 2 and "row 1, column DV" in ran.err
    assert not (files / "out").exists()


CHILD = (
    "fit child --age {age} --sex female --weight {weight} --regimen {regimen} --data {data} --output {out}"
)
GIRL = ("6", "20", "tocilizumab-iv")
BAD_CHILDREN = {
    "outside the model": ("2", "40", "tocilizumab-iv", "0,crp,80,mg/L", "No 2-year-old girl weighs 40 kg"),
    "regimen": ("6", "20", "tocilizumap", "0,crp,80,mg/L", "tocilizumap"),
    "ten times the dose": (
        "6",
        "20",
        "tocilizumab-iv:80mg/kg/2wk",
        "0,crp,80,mg/L",
        "80 mg/kg of tocilizumab in 7 days",
    ),
    "an interval in hours": ("6", "20", "tocilizumab-iv:12mg/kg/1h", "0,crp,80,mg/L", "its interval"),
    "grown up": ("17", "60", "none", "0,crp,80,mg/L\n3500,crp,4,mg/L", "an age of 27 years"),
    "unit missing": (*GIRL, "0,crp,80,.", "row 1, column UNIT"),
    "dose after death": (*GIRL, "0,crp,80,mg/L\n5,death,1,1", "after the child's death"),
    "negative concentration": (*GIRL, "0,crp,80,mg/L\n14,tocilizumab,-3,ug/mL", "row 2, column VALUE"),
    "unknown analyte": (*GIRL, "0,crb,80,mg/L", "row 1, column ANALYTE"),
    "two units in one column": (*GIRL, "0,crp,80,mg/L\n7,crp,4,mg/dL", "row 2, column UNIT"),
    "row twice": (*GIRL, "0,crp,80,mg/L\n0,crp,80,mg/L", "row 2, column ANALYTE"),
    "no observation": (*GIRL, "3,death,1,1", "no measurement"),
}


@pytest.mark.parametrize("case", BAD_CHILDREN)
def test_a_child_that_cannot_be_fitted_is_refused_and_nothing_is_written(
    quotidian, tmp_path: Path, case
) -> None:
    age, weight, regimen, rows, words = BAD_CHILDREN[case]
    data = tmp_path / "anna.csv"
    data.write_text(f"DAY,ANALYTE,VALUE,UNIT\n{rows}\n", encoding="utf-8")
    line = CHILD.format(age=age, weight=weight, regimen=regimen, data=data, out=tmp_path / "out")
    ran = quotidian(line)
    assert ran.code == 2 and words in ran.err and not (tmp_path / "out").exists()


def test_a_date_that_does_not_exist_is_refused(quotidian, tmp_path: Path) -> None:
    data = tmp_path / "anna.csv"
    data.write_text("DATE,TIME,ANALYTE,VALUE,UNIT\n2026-02-30,09:00,crp,80,mg/L\n", encoding="utf-8")
    ran = quotidian(CHILD.format(age=6, weight=20, regimen="none", data=data, out=tmp_path / "out"))
    assert ran.code == 2 and "row 1, column DATE" in ran.err and not (tmp_path / "out").exists()


QUESTIONS = {
    "search without a target": ("--search '8 mg/kg, every 2 weeks'", "needs a target"),
    "no target": ("--target 'trough 20'", "not a target"),
    "unit of the target": ("--target 'crp < 10 degC'", "degC"),
    "no grid": ("--target 'trough >= 20 ug/mL' --search 'more'", "not a grid"),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_a_question_that_cannot_be_read_is_refused_before_the_fit(quotidian, tmp_path: Path, case) -> None:
    more, words = QUESTIONS[case]
    data = tmp_path / "anna.csv"
    data.write_text("DAY,ANALYTE,VALUE,UNIT\n0,crp,80,mg/L\n", encoding="utf-8")
    line = CHILD.format(age=6, weight=20, regimen="tocilizumab-iv", data=data, out=tmp_path / "out")
    ran = quotidian(f"{line} {more}")
    assert ran.code == 2 and words in ran.err and not (tmp_path / "out").exists()
