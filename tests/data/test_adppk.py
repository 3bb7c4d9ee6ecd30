"""ADPPK data sets and unsorted rows, as event tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.data import EventTable, read_events
from quotidian.errors import InvalidData

ADPPK = """\
STUDYID,USUBJID,AFRLT,EVID,MDV,CMT,AMT,RATE,ADDL,II,AVAL,BLQFN,ALLOQ,WTBL,SEX
Q,Q-01,0,1,1,1,80,0,2,24,.,0,.,20,F
Q,Q-01,3.5,0,0,1,.,.,.,.,4.25,0,0.1,20,F
Q,Q-01,90,0,0,1,.,.,.,.,.,1,0.1,20,F
Q,Q-02,0,1,1,1,90,0,0,0,.,0,.,24,M
Q,Q-02,2,0,0,1,.,.,.,.,5,0,0.1,24,M
"""


def read(tmp_path: Path, text: str, sort: bool = False) -> EventTable:
    file = tmp_path / "data.csv"
    file.write_text(text, encoding="utf-8")
    return read_events(file, sort=sort)


def test_a_data_set_of_cdisc_is_read_with_its_limit_of_quantification(tmp_path: Path) -> None:
    table = read(tmp_path, ADPPK)
    assert table.ids == ("Q-01", "Q-02") and table.time.tolist() == [0.0, 3.5, 90.0, 0.0, 2.0]
    assert table.amount[0] == 80.0 and table.additional[0] == 2 and table.interval[0] == 24.0
    assert table.censored.tolist() == [0, 0, 1, 0, 0] and table.value[2] == 0.1 and table.value[1] == 4.25
    assert table.counted.tolist() == [1, 2, 4] and table.covariate("WTBL").tolist() == [20, 20, 20, 24, 24]


def test_a_value_below_a_limit_that_is_not_stated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"row 3, column ALLOQ"):
        read(tmp_path, ADPPK.replace(".,1,0.1,20", ".,1,.,20"))


def test_columns_of_nonmem_are_taken_as_they_are(tmp_path: Path) -> None:
    table = read(tmp_path, "ID,USUBJID,TIME,AFRLT,DV\n1,a,2,99,3\n")
    assert table.ids == ("1",) and table.time.tolist() == [2.0]


MIXED = "ID,TIME,AMT,EVID,DV\nb,2,0,0,8\na,24,0,0,3\nb,0,10,1,.\na,0,10,1,.\na,24,10,1,.\n"


def test_unsorted_rows_are_sorted_on_request_and_keep_their_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, MIXED, sort=True)
    assert table.ids == ("b", "a") and table.subject.tolist() == [0, 0, 1, 1, 1]
    assert table.time.tolist() == [0.0, 2.0, 0.0, 24.0, 24.0]
    assert table.number.tolist() == [3, 1, 4, 2, 5]  # those of one time as in the file
    assert table.evid.tolist() == [1, 0, 1, 0, 1] and table.occasion.tolist() == [0, 0, 1, 1, 1]
    assert np.array_equal(table.covariate("EVID"), table.evid)


def test_unsorted_rows_are_refused_otherwise_and_with_a_reset_always(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"row 3, column ID"):
        read(tmp_path, MIXED)
    with pytest.raises(InvalidData, match=r"row 2, column EVID"):
        read(tmp_path, MIXED.replace("a,24,0,0,3", "a,24,0,3,."), sort=True)


def test_dates_of_unsorted_rows_count_from_the_earliest(tmp_path: Path) -> None:
    rows = "ID,DATE,TIME,DV\n1,2024-05-03,06:00,1\n1,2024-05-02,18:00,2\n"
    table = read(tmp_path, rows, sort=True)
    assert table.time.tolist() == [0.0, 12.0] and table.value.tolist() == [2.0, 1.0]
