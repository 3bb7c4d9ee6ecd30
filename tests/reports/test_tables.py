from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

from rich.console import Console

from quotidian.reports.tables import endpoints_csv, inside_by_role, print_table
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import EndpointRow

HEADER = (
    "arm,endpoint,week,virtual,low,high,published,published_low,published_high,role,unit,inside,source,"
    "estimand"
)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def printed(rows: tuple[EndpointRow, ...], width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    print_table(rows, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_columns_stand_in_their_order(result: TrialResult) -> None:
    assert endpoints_csv(result.rows).splitlines()[0] == HEADER
    assert endpoints_csv(()) == HEADER + "\n"


def test_a_line_a_row_in_the_order_given(result: TrialResult) -> None:
    found = [(r["arm"], r["endpoint"], int(r["week"])) for r in read(endpoints_csv(result.rows))]
    assert found == [(row.arm, row.endpoint, row.week) for row in result.rows]


def test_numbers_are_rounded_by_their_unit() -> None:
    share = EndpointRow(
        "a", "acr30", 12, "%", 90.66667, 84.0, 96.04, 91.0, 81.7123, 96.16, "calibration", "x",
        estimand="composite",
    )  # fmt: skip
    level = EndpointRow("a", "cmax", 12, "ug/mL", 238.4321, 0.0123456, 1400.456, 1341.0)
    first, second = endpoints_csv((share, level)).splitlines()[1:]
    assert first == "a,acr30,12,90.7,84.0,96.0,91.0,81.7,96.2,calibration,%,true,x,composite"
    assert second == "a,cmax,12,238.4,0.01235,1400,1341,,,,ug/mL,true,,"


def test_what_is_not_published_is_empty_and_what_failed_is_nan() -> None:
    row = EndpointRow("a", "acr30", 4, "%", math.nan, math.nan, math.nan)
    assert endpoints_csv((row,)).splitlines()[1] == "a,acr30,4,nan,nan,nan,,,,,%,,,"


def test_odd_text_survives_the_csv() -> None:
    row = EndpointRow('a "quoted", arm', "x", 1, "%", 1.0, 0.0, 2.0, source="two\nlines")
    (back,) = read(endpoints_csv((row,)))
    assert back["arm"] == row.arm
    assert back["source"] == row.source


def test_the_last_line_counts_by_role(result: TrialResult) -> None:
    assert printed(result.rows).splitlines()[-1] == ("Inside: calibration 13 of 14, validation 1 of 2.")


def test_every_compared_row_stands_whole_in_80_columns(result: TrialResult) -> None:
    lines = printed(result.rows).splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    rows = [line.split() for line in lines if line.startswith("  ")]
    assert len(rows) == sum(row.published is not None for row in result.rows)
    assert [line[-1] for line in rows].count("outside") == 2
    assert "tocilizumab 50.7 (40.0–61.3) 37 (26.4–49.3) validation outside".split() in rows


def test_rows_left_out_are_counted(result: TrialResult) -> None:
    assert "40 rows without a published number not shown." in printed(result.rows)
    assert "not shown" not in printed(result.rows[:1])


def test_weeks_are_named_where_they_differ() -> None:
    rows = tuple(EndpointRow("a", "acr30", week, "%", 50.0, 40.0, 60.0, 50.0, 40.0, 60.0) for week in (8, 12))
    text = printed(rows)
    assert "JIA ACR30, week 8, %" in text
    assert "JIA ACR30, week 12, %" in text


def test_nothing_to_compare_is_said() -> None:
    row = EndpointRow("a", "acr30", 4, "%", 50.0, 40.0, 60.0)
    assert inside_by_role((row,)) == "No row has a published number, so none can be called inside or outside."


def test_brackets_are_not_taken_for_markup() -> None:
    row = EndpointRow("[red]a[/red]", "acr30", 4, "%", 50.0, 40.0, 60.0, 50.0)
    assert "[red]a[/red]" in printed((row,))


def test_two_virtual_intervals_are_named_where_there_are_two(result: TrialResult) -> None:
    rows = tuple(replace(row, low_known=row.low - 3.0, high_known=row.high + 3.0) for row in result.rows)
    text = printed(rows, width=120)
    assert "95 % over replicates" in text and "with parameter uncertainty" in text
    first = next(row for row in rows if row.published is not None)
    assert f"{first.low_known:.1f}–{first.high_known:.1f}" in text
    assert "parameter uncertainty" not in printed(result.rows, width=120)
