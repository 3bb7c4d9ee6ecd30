"""``simulate --exposure``: the table of dosing intervals, and what keeps out of data on standard output."""

from __future__ import annotations

import pytest

CHILD = "simulate --age 6 --sex female --weight 20 --weeks 4"


def test_a_row_for_each_dosing_interval(quotidian) -> None:
    lines = quotidian(f"{CHILD} --regimen tocilizumab-iv --exposure").out.splitlines()
    assert lines[0].startswith("Exposure to tocilizumab")
    assert [line.split()[0] for line in lines[3:5]] == ["1", "2"] and "ug/mL*day" in lines[2]
    first, last = (line.split() for line in lines[3:5])
    assert float(first[3]) == pytest.approx(197, rel=0.05) and last[-4:] == ["-"] * 4
    assert lines[-1] == "Research use, not a medical device."


def test_a_long_table_is_shortened_in_the_middle(quotidian) -> None:
    ran = quotidian(f"{CHILD} --regimen prednisolone:1mg/kg/day --exposure").out.splitlines()
    assert [line.split()[0] for line in ran[3:18]] == [*"1234567", "...", *map(str, range(22, 29))]


def test_data_on_standard_output_stay_data(quotidian) -> None:
    ran = quotidian(f"{CHILD} --regimen tocilizumab-iv --exposure --every 1day --output -")
    lines = ran.out.splitlines()
    assert len(lines) == 30 and all(line.count(",") == lines[0].count(",") for line in lines)
    assert "Exposure to tocilizumab" in ran.err


def test_no_drug_no_exposure(quotidian) -> None:
    ran = quotidian(f"{CHILD} --exposure")
    assert ran.code == 2 and "--regimen tocilizumab-iv" in ran.err and ran.out == ""
