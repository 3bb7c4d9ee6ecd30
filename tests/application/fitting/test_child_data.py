"""The data of one child: what is read, and ten kinds of bad data, each with its row and a remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.application.fitting.child_data import read_child
from quotidian.errors import ImplausibleChild, InvalidData
from quotidian.patients.child import child

UNITS = {"crp": "mg/L", "tocilizumab": "ug/mL", "active_joints": "1", "temperature": "degC"}
GOOD = "DAY,ANALYTE,VALUE,UNIT\n0,crp,80,mg/L\n0.5,temperature,38.5,degC\n14,CRP,<5,mg/L\n14,drug,60,mg/L\n"


def _read(folder: Path, text: str, start: str | None = None):
    file = folder / "anna.csv"
    file.write_text(text, encoding="utf-8")
    return read_child(file, UNITS, start)


def test_measurements_are_read_in_the_units_of_the_model(tmp_path: Path):
    found = _read(tmp_path, GOOD)
    assert found.analyte == ("crp", "temperature", "crp", "tocilizumab")
    np.testing.assert_allclose(found.hour, [0, 12, 336, 336])
    np.testing.assert_allclose(found.value, [80, 38.5, 5, 60])
    assert found.censored.tolist() == [0, 0, 1, 0] and found.row == (1, 2, 3, 4)
    other = _read(tmp_path, "DAY,ANALYTE,VALUE,UNIT\n3,crp,8,mg/dL\n1,joints,7,count\n")
    assert other.value.tolist() == [7, 80] and other.row == (2, 1)


def test_dates_count_from_the_first_day_of_treatment(tmp_path: Path):
    rows = "DATE,TIME,ANALYTE,VALUE,UNIT\n2026-03-02,08:30,crp,80,mg/L\n2026-03-16,09:00,crp,9,mg/L\n"
    np.testing.assert_allclose(_read(tmp_path, rows).hour, [8.5, 14 * 24 + 9])
    np.testing.assert_allclose(_read(tmp_path, rows, "2026-03-01").hour, [32.5, 15 * 24 + 9])


BAD = {
    "unit missing": ("0,crp,80,.", "row 1, column UNIT", "mg/L"),
    "unit of another kind": ("0,crp,80,degC", "row 1, column UNIT", "mg/L"),
    "two units": ("0,crp,80,mg/L\n7,crp,4,mg/dL", "row 2, column UNIT", "Convert the values"),
    "unknown analyte": ("0,crb,80,mg/L", "row 1, column ANALYTE", "crp"),
    "negative": ("0,tocilizumab,-3,ug/mL", "row 1, column VALUE", "Correct the value"),
    "no number": ("0,crp,high,mg/L", "row 1, column VALUE", "Write a number"),
    "twice": ("0,crp,80,mg/L\n0,crp,82,mg/L", "row 2, column ANALYTE", "Keep one"),
    "after death": ("0,crp,80,mg/L\n7,death,1,1\n9,crp,3,mg/L", "row 3, column ANALYTE", "two times"),
    "no day": (".,crp,80,mg/L", "row 1, column DAY", "Write the day"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_row_that_cannot_be_used_is_named_with_a_remedy(tmp_path: Path, case):
    rows, place, remedy = BAD[case]
    with pytest.raises(InvalidData) as refused:
        _read(tmp_path, f"DAY,ANALYTE,VALUE,UNIT\n{rows}\n")
    assert place in str(refused.value) and remedy in str(refused.value)


def test_a_date_that_does_not_exist_is_refused(tmp_path: Path):
    rows = "DATE,TIME,ANALYTE,VALUE,UNIT\n2026-02-30,08:30,crp,80,mg/L\n"
    with pytest.raises(InvalidData, match="row 1, column DATE"):
        _read(tmp_path, rows)


def test_a_table_without_units_or_measurements_is_refused(tmp_path: Path):
    with pytest.raises(InvalidData, match="no column UNIT"):
        _read(tmp_path, "DAY,ANALYTE,VALUE\n0,crp,80\n")
    with pytest.raises(InvalidData, match="no data row"):
        _read(tmp_path, "DAY,ANALYTE,VALUE,UNIT\n")
    with pytest.raises(InvalidData, match="no measurement"):
        _read(tmp_path, "DAY,ANALYTE,VALUE,UNIT\n3,death,1,1\n")


def test_values_below_their_limits_alone_are_flagged(tmp_path: Path):
    (note,) = _read(tmp_path, "DAY,ANALYTE,VALUE,UNIT\n3,crp,<5,mg/L\n9,crp,<5,mg/L\n").notes
    assert "Every value lies below" in note and "Add a quantified value" in note


def test_a_child_outside_the_model_is_refused():
    with pytest.raises(ImplausibleChild, match="40 kg"):
        child(2, "female", 40)
