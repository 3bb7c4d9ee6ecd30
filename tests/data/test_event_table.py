"""Event tables as they are read: columns, times, subjects, and refusals that name row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.data import EventTable, read_events
from quotidian.data.covariate_model import CovariateFormula
from quotidian.errors import InvalidData, InvalidInput

HEAD = "ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT,DV,MDV,CENS,LIMIT"
DOSE = "1,0,100,0,0,0,0,1,1,.,1,0,."
SAMPLE = "1,2,0,0,0,0,0,0,2,3.1,0,0,."


def read(tmp_path: Path, *lines: str, **options: str) -> EventTable:
    file = tmp_path / "events.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_events(file, **options)  # type: ignore[arg-type]


def test_a_table_is_read_column_by_column(tmp_path: Path) -> None:
    table = read(tmp_path, HEAD, DOSE, SAMPLE, "b7,1,50,25,12,3,1,4,1,.,1,0,.")
    assert table.ids == ("1", "b7") and table.subject.tolist() == [0, 0, 1]
    assert table.time.tolist() == [0.0, 2.0, 1.0] and table.amount.tolist() == [100.0, 0.0, 50.0]
    assert table.rate[2] == 25.0 and table.interval[2] == 12.0
    assert (table.additional[2], table.steady[2], table.evid[2]) == (3, 1, 4)
    assert table.predicted.tolist() == [1] and table.counted.tolist() == [1]


def test_lower_case_blanks_tabs_and_missing_columns_are_read(tmp_path: Path) -> None:
    table = read(
        tmp_path, "\ufeff# first a remark", " id\ttime\tamt\tdv", "a\t0\t10\t.", "# a remark", "a\t1\t.\t0.5"
    )
    assert table.evid.tolist() == [1, 0] and table.compartment == ("", "")
    assert table.value[1] == 0.5 and not table.missing.any()


def test_a_reset_may_begin_time_again(tmp_path: Path) -> None:
    again = read(tmp_path, "ID,TIME,AMT,EVID", "1,0,10,1", "1,9,0,0", "1,0,10,4", "1,1,0,0")
    assert again.occasion.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (None, ("2024-02-28", "2024-02-29", "2024-03-01")),
        ("month/day/year", ("02/28/2024", "02/29/2024", "03/01/2024")),
        ("day.month.year", ("28.02.2024", "29.02.2024", "01.03.2024")),
    ],
)
def test_dates_and_clock_times_become_hours_since_the_first_record(
    tmp_path: Path, dates: str | None, days: tuple[str, ...]
) -> None:
    clocks = ("22:00", "01:30", "22:00:36")
    rows = [f"1,{day},{clock},0,0" for day, clock in zip(days, clocks, strict=True)]
    options = {"dates": dates} if dates else {}
    table = read(tmp_path, "ID,DATE,TIME,AMT,EVID", *rows, **options)
    assert table.time.tolist() == [0.0, 3.5, 48.01]


BROKEN = {
    "no number": ((DOSE, SAMPLE.replace("3.1", "BLQ")), ("row 2", "DV", "BLQ")),
    "digits of another script": ((DOSE, SAMPLE.replace("3.1", "٣")), ("row 2", "DV")),
    "underscore": ((DOSE, SAMPLE.replace("3.1", "1_0")), ("row 2", "DV", "1_0")),
    "infinite": ((DOSE, SAMPLE.replace("3.1", "inf")), ("row 2", "DV", "inf")),
    "no time": ((DOSE.replace("1,0,", "1,,", 1),), ("row 1", "TIME")),
    "no subject": ((DOSE.replace("1,", ".,", 1),), ("row 1", "ID")),
    "subject again": ((DOSE, DOSE.replace("1,", "2,", 1), SAMPLE), ("row 3", "ID", "between")),
    "time descends": ((SAMPLE, DOSE), ("row 2", "TIME", "earlier")),
    "negative dose": ((DOSE.replace("100", "-100"),), ("row 1", "AMT", "-100")),
    "no amount": ((DOSE.replace("100", "0"),), ("row 1", "AMT")),
    "rate without amount": (("1,0,0,10,0,0,0,1,1,.,1,0,.",), ("row 1", "AMT", "RATE")),
    "unknown rate": (("1,0,10,-3,0,0,0,1,1,.,1,0,.",), ("row 1", "RATE", "-3")),
    "repeats without interval": (("1,0,10,0,0,3,0,1,1,.,1,0,.",), ("row 1", "II", "ADDL")),
    "repeats beyond count": (("1,0,10,0,12,1e30,0,1,1,.,1,0,.",), ("row 1", "ADDL", "1e30", "too large")),
    "an event beyond count": (("1,0,10,0,0,0,0,1e30,1,.,1,0,.",), ("row 1", "EVID", "1e30", "too large")),
    "negative repeats": (("1,0,10,0,12,-3,0,1,1,.,1,0,.",), ("row 1", "ADDL")),
    "half a repeat": (("1,0,10,0,12,1.5,0,1,1,.,1,0,.",), ("row 1", "ADDL", "1.5")),
    "steady without interval": (("1,0,10,0,0,0,1,1,1,.,1,0,.",), ("row 1", "II", "SS")),
    "unknown steady": (("1,0,10,0,12,0,7,1,1,.,1,0,.",), ("row 1", "SS", "7")),
    "dose in an observation": (("1,0,10,0,0,0,0,0,1,.,1,0,.",), ("row 1", "AMT")),
    "unknown event": (("1,0,10,0,0,0,0,101,1,.,1,0,.",), ("row 1", "EVID", "101")),
    "compartment off": (("1,0,0,0,0,0,0,2,-1,.,1,0,.",), ("row 1", "CMT")),
    "flag": ((DOSE, SAMPLE.replace("3.1,0", "3.1,2")), ("row 2", "MDV", "2")),
    "limits exchanged": ((DOSE, "1,2,0,0,0,0,0,0,2,0.5,0,1,0.9"), ("row 2", "LIMIT", "DV")),
    "censored without limit": ((DOSE, "1,2,0,0,0,0,0,0,2,.,0,1,."), ("row 2", "DV")),
    "too few fields": ((DOSE, "1,2,0"), ("row 2", "3 fields", "13 columns")),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_record_is_refused_with_row_and_column(tmp_path: Path, kind: str) -> None:
    rows, words = BROKEN[kind]
    with pytest.raises(InvalidData) as refusal:
        read(tmp_path, HEAD, *rows)
    assert [word for word in words if word not in str(refusal.value)] == []


FILES = {
    "empty": (b"", "is empty"),
    "blank": (b"\n\n", "is empty"),
    "header alone": (b"ID,TIME\n", "no data row"),
    "no subject column": (b"TIME,AMT\n0,1\n", "no column ID"),
    "two columns of a name": (b"ID,TIME,DV,DV\n1,0,1,2\n", "twice"),
    "unnamed column": (b"ID,TIME,,DV\n1,0,1,2\n", "no name"),
    "a spreadsheet": (b"PK\x03\x04", "CSV"),
    "another encoding": ("ID,TIME\nä,0\n".encode("latin-1"), "UTF-8"),
    "ambiguous dates": (b"ID,DATE,TIME\n1,03/04/2024,08:00\n", "DATE"),
    "no such date": (b"ID,DATE,TIME\n1,2023-02-29,08:00\n", "2023-02-29"),
    "beyond the calendar": (b"ID,DATE,TIME\n1,2024-01-01,1e12\n", "row 1, column TIME"),
    "no such clock": (b"ID,TIME\n1,25:00\n", "25:00"),
    "two ways of time": (b"ID,TIME\n1,08:00\n1,9.5\n", "row 2"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, kind: str) -> None:
    content, words = FILES[kind]
    file = tmp_path / "events.csv"
    file.write_bytes(content)
    with pytest.raises(InvalidData, match=words):
        read_events(file)


def test_a_file_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="cannot be read"):
        read_events(tmp_path / "absent.csv")


def test_a_missing_covariate_is_carried_forward_and_never_zero(tmp_path: Path) -> None:
    table = read(tmp_path, "ID,TIME,WT", "1,0,70", "1,1,.", "1,2,80", "2,0,50")
    assert table.covariate("WT").tolist() == [70.0, 70.0, 80.0, 50.0]
    late = read(tmp_path, "ID,TIME,WT", "1,0,70", "2,0,.")
    with pytest.raises(InvalidData, match=r"row 2, column WT"):
        late.covariate("WT")
    with pytest.raises(InvalidData, match="no column AGE"):
        table.covariate("AGE")


def test_a_formula_of_covariates_is_arithmetic_and_nothing_else() -> None:
    formula = CovariateFormula.read("CL = 2*(WT/70)**0.75 + max(-age, 0)")
    assert formula.parameter == "CL" and formula.columns == ("WT", "AGE")
    found = formula.values({"WT": np.array([70.0, 140.0]), "AGE": np.array([1.0, -1.0])})
    np.testing.assert_allclose(found, [2.0, 2 * 2**0.75 + 1])
    for bad in (
        "CL",
        "CL = ",
        "2 = WT",
        "CL = WT.real",
        "CL = __import__('os')",
        "CL = WT if 1 else 2",
        "CL = 'a'",
    ):
        with pytest.raises(InvalidInput, match="not a formula"):
            CovariateFormula.read(bad)
    with pytest.raises(InvalidInput, match="not a finite number in row 2"):
        CovariateFormula.read("CL = 1/WT").values({"WT": np.array([1.0, 0.0])})


def test_lines_are_those_of_the_file_whatever_stands_between(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"row 2 \(line 6\) of 'events.csv' has 2 fields"):
        read(tmp_path, "# remark", "ID,TIME,DV", "", "1,0,3", '  # "a remark, indented', "1,2")


@pytest.mark.parametrize("cell", ['"open', '"two\nlines"', "x" * 200_000])
def test_a_cell_that_swallows_what_follows_is_refused_with_its_line(tmp_path: Path, cell: str) -> None:
    with pytest.raises(InvalidData, match=r"line 3 of 'events\.csv' cannot be split"):
        read(tmp_path, "ID,TIME,DV,NOTE", '1,0,3,"fine, quoted"', f"1,1,3,{cell}", "1,2,3,last")


def test_a_table_with_quotes_is_read_as_one_without(tmp_path: Path) -> None:
    plain = read(tmp_path, "ID,TIME,DV", "a , 0,3", "b,1 , .")
    quoted = read(tmp_path, "ID,TIME,DV", '"a",0,"3"', "b,1,.")
    assert plain.text.cells == quoted.text.cells == (("a", "b"), ("0", "1"), ("3", "."))


def test_a_name_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("ID,TIME,DV,CONC\n1,0,1,2\n", encoding="utf-8")
    with pytest.raises(InvalidData, match=r"two columns of 'events\.csv' have the name DV"):
        read_events(file, rename={"conc": "DV"})


def test_a_covariate_is_carried_within_its_subject(tmp_path: Path) -> None:
    table = read(tmp_path, "ID,TIME,WT", "1,0,50", "1,1,.", "1,2,60", "1,3,", "2,0,70")
    assert table.covariate("WT").tolist() == [50.0, 50.0, 60.0, 60.0, 70.0]
    with pytest.raises(InvalidData, match=r"row 2, column WT"):
        read(tmp_path, "ID,TIME,WT", "1,0,50", "2,0,.").covariate("WT")


@pytest.mark.parametrize("text", ["CL = 9**9**9**9", "CL = WT + 1/0", "CL = (-2)**0.5*WT", "CL = True*WT"])
def test_a_formula_has_only_finite_numbers(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a formula of covariates"):
        CovariateFormula.read(text)
