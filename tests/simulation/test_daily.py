"""Days as numbers: mean, highest, lowest and the value at a clock time, from courses by the hour."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.application.cohort_part import Followed, _histories, _until_death
from quotidian.application.cohort_request import CohortRequest, identity
from quotidian.cli.support.exit_codes import run
from quotidian.errors import InvalidQuantity
from quotidian.patients.mas_episodes import Episode, MasHistory
from quotidian.simulation.daily import by_day, columns, daily_hours, day_summaries

LINE = ["simulate", "--age", "6", "--sex", "female", "--weeks", "1", "--observables", "temperature"]
GIRL = q.Child(age="6 years", sex="female", weight="20 kg")


def test_a_day_is_summarised_by_hand() -> None:
    how = day_summaries("mean, MAX,min, at  8:30,max", 2.5)
    assert list(columns(["x"], how)) == ["x_mean", "x_max", "x_min", "x_at_08:30"]
    hours = daily_hours(2.5, how)
    assert 8.5 in hours and 32.5 in hours and 56.5 not in hours and hours[-1] == 48.0
    values = np.stack([hours, -hours], axis=1)[None]
    days, found = by_day(hours, values, how)
    assert days.tolist() == [0.0, 1.0] and found.shape == (1, 2, 8)
    assert found[0, 0, :4].tolist() == pytest.approx([12.0, 23.0, 0.0, 8.5])
    assert found[0, 1, 4:].tolist() == pytest.approx([-36.0, -24.0, -47.0, -32.5])


def test_a_summary_is_the_same_beside_others() -> None:
    one, several = day_summaries("mean", 3.0), day_summaries("mean,max,at 14:20", 3.0)
    values = [np.sin(daily_hours(3.0, how))[None, :, None] for how in (one, several)]
    alone = by_day(daily_hours(3.0, one), values[0], one)[1]
    among = by_day(daily_hours(3.0, several), values[1], several)[1]
    np.testing.assert_array_equal(alone[..., 0], among[..., 0])


@pytest.mark.parametrize("text", ["median", "at 25:00", "mean,,max", "at noon", "08:00"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(InvalidQuantity, match="summarised"):
        day_summaries(text, 7.0)


def test_part_of_a_day_is_refused() -> None:
    with pytest.raises(InvalidQuantity, match="no complete day"):
        day_summaries("mean", 0.9)
    with pytest.raises(InvalidQuantity, match="no complete day"):
        day_summaries("mean", 7.0, 6.5)


def test_the_table_of_a_course_has_a_row_a_day(tmp_path: Path) -> None:
    assert run([*LINE, "--daily", "max,at 08:00", "--output", f"{tmp_path}/d.csv"]) == 0
    assert run([*LINE, "--output", f"{tmp_path}/h.csv"]) == 0
    with (tmp_path / "d.csv").open() as file:
        rows = list(csv.DictReader(file))
    hourly = pl.read_csv(tmp_path / "h.csv")["temperature [degC]"].to_numpy()
    assert list(rows[0]) == ["time_day", "temperature_max [degC]", "temperature_at_08:00 [degC]"]
    assert len(rows) == 7 and rows[2]["time_day"] == "2"
    assert float(rows[2]["temperature_max [degC]"]) == pytest.approx(hourly[48:72].max(), rel=1e-6)
    assert float(rows[2]["temperature_at_08:00 [degC]"]) == pytest.approx(hourly[56], rel=1e-6)


def test_members_give_intervals_of_the_summaries(tmp_path: Path) -> None:
    line = [*LINE, "--members", "3", "--output"]
    assert run([*line, f"{tmp_path}/d.csv", "--daily", "max"]) == 0
    found = pl.read_csv(tmp_path / "d.csv")
    heads = [f"temperature_max{end} [degC]" for end in ("", "_low_known", "_high_known")]
    assert found.columns == ["time_day", *heads] and found.height == 7
    members = q.simulate(GIRL, weeks=1, observables=["temperature"], members=3, daily="max")
    child = q.simulate(q.Child(age="6 years", sex="female"), weeks=1, observables=["temperature"], members=3)
    peaks = child.temperature.values[:, :-1].reshape(3, 7, 24).max(axis=2)
    np.testing.assert_allclose(found[heads[1]], np.quantile(peaks, 0.025, axis=0), rtol=1e-6)
    assert dict(members.sizes) == {"member": 3, "time": 7}


def test_what_is_not_written_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*LINE, "--daily", "mean"]) == 2
    assert "--output" in capsys.readouterr().err
    line = ["cohort", "--children", "2", "--output", f"{tmp_path}/c", "--daily", "mean"]
    assert run([*line, "--events", f"{tmp_path}/e.csv"]) == 2
    assert "--events" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_python_has_days_with_units_and_meanings() -> None:
    days = q.simulate(GIRL, weeks=1, observables=["crp"], daily="mean,at 08:00", from_day=-1.5)
    hours = q.simulate(GIRL, weeks=1, observables=["crp"], from_day=-1)
    assert days.time.values.tolist() == list(range(-1, 7))
    assert days.crp_mean.attrs["units"] == "mg/L"
    assert days.crp_mean.attrs["long_name"].endswith(": mean of a day")
    own = hours.crp.values[24:49]
    assert days.crp_mean.values[1] == pytest.approx(((own[1:] + own[:-1]) / 2).mean(), rel=1e-5)
    assert days["crp_at_08:00"].values[0] == pytest.approx(hours.crp.values[8], rel=1e-5)


def test_a_cohort_has_days_and_their_intervals(tmp_path: Path) -> None:
    done = q.cohort(
        3, tmp_path / "c", weeks=1, observables=["temperature", "crp"], daily="mean,max", members=2
    )
    table = done.courses.collect()
    heads = [f"{name}_{how} [{unit}]" for name, unit in (("temperature", "degC"), ("crp", "mg/L")) for how in
             ("mean", "max")]  # fmt: skip
    assert table.columns == ["child", "time_day", *heads] and table.height == 21
    assert (table[heads[0]] < table[heads[1]]).all()
    peaks = done.intervals.filter(observable="temperature_max", time_day=3)
    own = table.filter(time_day=3)[heads[1]]
    assert peaks["median"].item() == pytest.approx(own.median()) and peaks["high_known"].item() is not None


def test_only_a_request_with_days_states_them() -> None:
    asked = CohortRequest(2, 1, "none", "sjia", 7.0, 24.0, {"crp": "mg/L"})
    assert "daily" not in identity(asked)["request"] and identity(asked)["request"]["every_hours"] == 24.0
    days = CohortRequest(2, 1, "none", "sjia", 7.0, 24.0, {"crp": "mg/L"}, daily=day_summaries("mean", 7.0))
    assert identity(days)["request"]["daily"] == ["mean"] and days.times == 7


def test_the_day_of_death_has_no_summary() -> None:
    fatal = MasHistory((Episode(1.0, 2.0, 3.0, True),), "died")
    found = Followed((0,), [GIRL], np.arange(4.0), np.ones((1, 4, 1)), (), (fatal,))
    assert np.isnan(_until_death(found, daily=True)[0, :, 0]).tolist() == [False, False, True, True]
    assert np.isnan(_until_death(found, daily=False)[0, :, 0]).tolist() == [False, False, False, True]


def test_mas_is_read_at_midnights_alone() -> None:
    summaries = day_summaries("max", 3.0)
    asked = CohortRequest(1, 1, "none", "sjia", 3.0, 24.0, {"crp": "mg/L"}, course="drawn", daily=summaries)
    hours = daily_hours(3.0, summaries)
    values = np.zeros((1, len(hours), 2))
    values[0, (hours > 24.0) & (hours < 48.0), 1] = 0.9
    assert _histories(asked, (0,), hours, values)[0].episodes == ()
    values[0, hours == 48.0, 1] = 0.9
    assert _histories(asked, (0,), hours, values)[0].first_day == 2.0
