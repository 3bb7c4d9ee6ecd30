"""Measurements of a user for the chart: read by name and unit, and refused by line."""

from __future__ import annotations

import pytest

from quotidian.cli.support.own_data import read_points
from quotidian.errors import InvalidData, InvalidQuantity

UNITS = {"crp": "mg/L", "temperature": "degC"}


def test_a_file_is_read_by_name_and_unit(tmp_path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("time_day,crp [mg/dL],temperature\n-1,9,39\n7,,37.1\n\n14,0.5,\n")
    found = read_points(file, UNITS)
    assert found["crp"][0].tolist() == [-1.0, 14.0] and found["crp"][1].tolist() == pytest.approx([90.0, 5.0])
    assert found["temperature"][1].tolist() == [39.0, 37.1]


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "no column"), ("day,crp\n1,2\n", "no column 'time_day'"), ("time_day,CRP\n1,2\n", "'crp'"),
     ("time_day,crp\n1,2\n2,low\n", "line 3: 'low'")],
)  # fmt: skip
def test_mistakes_name_their_place(tmp_path, text: str, why: str) -> None:
    file = tmp_path / "m.csv"
    file.write_text(text)
    with pytest.raises(InvalidData, match=why):
        read_points(file, UNITS)
    with pytest.raises(InvalidData, match="cannot be read"):
        read_points(tmp_path / "none.csv", UNITS)


def test_a_unit_of_something_else_is_refused(tmp_path) -> None:
    (tmp_path / "m.csv").write_text("time_day,crp [kg]\n1,2\n")
    with pytest.raises(InvalidQuantity):
        read_points(tmp_path / "m.csv", UNITS)


def test_the_chart_has_the_dots(quotidian, tmp_path) -> None:
    (tmp_path / "m.csv").write_text("time_day,crp\n1,50\n")
    line = f"simulate --age 6 --sex f --weeks 1 --data {tmp_path}/m.csv"
    assert quotidian(f"{line} --plot {tmp_path}/c.svg").code == 0
    assert "measured" in (tmp_path / "c.svg").read_text()
    alone = quotidian(line)
    assert alone.code == 2 and "Add --plot" in alone.err
