"""``quotidian run-events``: what it writes, and what it refuses before it writes anything."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

import quotidian as q
from quotidian.cli.support.exit_codes import run

ROWS = "ID,TIME,AMT,EVID,CMT,DV,WT\na,0,100,1,1,.,70\na,4,0,0,1,3.1,70\nb,0,100,1,1,.,140\nb,4,0,0,1,.,140\n"
IV = ["run-events", "--model", "pk-1cmt", "--set", "V=20"]
FORMULA = ["--covariate", "CL = 2*WT/70"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_it_writes_a_row_for_each_observation(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    assert run([*IV, "--data", str(data), *FORMULA, "--dosing", "F1=0.5", "--output", str(out)]) == 0
    table = pl.read_csv(out)
    assert table.columns == ["ROW", "ID", "TIME", "DVID", "DV", "PRED"]
    assert table["ROW"].to_list() == [2, 4] and table["DV"].to_list() == [3.1, None]
    right = [2.5 * math.exp(-0.4), 2.5 * math.exp(-0.8)]
    assert table["PRED"].to_list() == pytest.approx(right, rel=1e-7)
    assert "2 subjects; 2 predictions" in capsys.readouterr().out
    same = q.predict_events(data, "pk-1cmt", {"CL": [2.0, 4.0], "V": 10.0})
    assert same["PRED"].to_list() == pytest.approx(
        [4 * x for x in [math.exp(-0.8) / 0.4, math.exp(-1.6) / 0.4]]
    )


REFUSED = {
    "parameter": ([], "needs CL"),
    "compartment": (["--dosing", "F=1"], "--dosing cannot use F=1"),
    "number": (["--scale", "two"], "--scale"),
    "rule": ([*FORMULA, "--carried", "sideways"], "backward or forward"),
    "formula": (["--covariate", "CL = open('x')"], "is not a formula"),
    "column": (["--covariate", "CL = 2*AGE"], "no column AGE"),
    "setting": (["--dosing", "F1"], "--dosing cannot be read at 'F1'"),
    "setting twice": (["--set", "CL=1"], "--set occurs 2 times"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_it_refuses_with_one_message(
    kind: str, data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    options, words = REFUSED[kind]
    out = tmp_path / "out.csv"
    assert run([*IV, "--data", str(data), *options, "--output", str(out)]) == 2
    assert words in capsys.readouterr().err and not out.exists()
