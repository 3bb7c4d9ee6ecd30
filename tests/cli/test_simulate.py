"""``quotidian simulate``: the interface others call, the same bytes again, and a table for the screen."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import polars
import pytest

from quotidian.models import model
from quotidian.patients.population import draw
from quotidian.statistics.streams import Streams

CHILD = "simulate --age 6 --sex female --weight 20 --weeks 1"
INTERFACE = (
    "simulate --age 6 --sex female --weight 20 --regimen tocilizumab-iv "
    "--weeks 24 --every 1h --output child.csv"
)
HEADINGS = [
    "time_day",
    "tocilizumab [ug/mL]",
    "il6 [pg/mL]",
    "sil6r_total [ng/mL]",
    "crp [mg/L]",
    "esr [mm/h]",
    "temperature [degC]",
    "active_joints [1]",
]


def table(file: Path) -> dict[str, np.ndarray]:
    """A CSV file by column."""
    with file.open(newline="") as stream:
        heads, *rows = csv.reader(stream)
    return dict(zip(heads, np.array(rows, dtype=float).T, strict=True))


@pytest.fixture(scope="module")
def treated(process, tmp_path_factory) -> tuple[Path, str]:
    """The file of the interface's own command line, and what was printed; run as a process."""
    folder = tmp_path_factory.mktemp("treated")
    done = process(INTERFACE, folder)
    assert (done.code, done.err) == (0, "")
    return folder / "child.csv", done.out


def test_the_columns_are_those_of_the_interface(treated) -> None:
    columns = table(treated[0])
    assert list(columns) == HEADINGS
    assert columns["time_day"][[0, 1, -1]] == pytest.approx([0.0, 1 / 24, 168.0])
    assert len(columns["time_day"]) == 24 * 168 + 1
    assert all(np.isfinite(column).all() for column in columns.values())


def test_the_course_is_that_of_a_treated_child(treated) -> None:
    columns = table(treated[0])
    before_the_dose = columns["time_day"] <= 9 / 24
    assert not columns["tocilizumab [ug/mL]"][before_the_dose].any()
    assert columns["tocilizumab [ug/mL]"][10] > 100.0  # at 10:00, when the infusion ends
    assert columns["crp [mg/L]"][14 * 24] < 10.0 < columns["crp [mg/L]"][0]
    assert columns["il6 [pg/mL]"][48] > columns["il6 [pg/mL]"][0]


def test_what_is_printed_is_one_line_and_the_disclaimer(treated) -> None:
    summary, disclaimer = treated[1].splitlines()
    assert summary.startswith("6-year-old girl, 20 kg (")
    assert "tocilizumab 12 mg/kg" in summary
    assert summary.endswith("; 24 weeks; 4033 rows to child.csv.")
    assert disclaimer == "Research use, not a medical device."


def test_nothing_else_is_left_in_the_folder(treated) -> None:
    assert [item.name for item in treated[0].parent.iterdir()] == ["child.csv"]


def test_the_same_request_gives_the_same_bytes(treated, quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert quotidian(f"{INTERFACE} --threads 1").code == 0
    assert (tmp_path / "child.csv").read_bytes() == treated[0].read_bytes()


def test_parquet_holds_what_csv_holds(treated, quotidian, tmp_path) -> None:
    target = tmp_path / "child.parquet"
    assert quotidian(INTERFACE.replace("child.csv", str(target))).code == 0
    frame = polars.read_parquet(target)
    columns = table(treated[0])
    assert frame.columns == list(columns)
    for name, column in columns.items():
        np.testing.assert_allclose(column, frame[name].to_numpy(), rtol=1e-9, atol=1e-300)


def test_what_a_seed_drew_is_stated(quotidian, tmp_path: Path) -> None:
    ran = quotidian(f"simulate --seed 3 --weeks 1 --every 1day --json {tmp_path}/child.json")
    found = json.loads((tmp_path / "child.json").read_text(encoding="utf-8"))
    own = draw(Streams(3), 0, [0])[0]
    assert found["child"]["seed"] == 3 and found["child"]["random_effects"] == own.random_effects
    assert (found["child"]["severity"], found["child"]["values"]) == (own.severity, own.values)
    assert f"Child of seed 3: severity {own.severity:.3g} (1 is typical), height 120 cm, 6.5 years" in ran.out
    assert "44 random effects, the largest tocilizumab.strain x 0.094, glucocorticoid.IC50" in ran.out
    given = quotidian("simulate --seed 3 --severity 0.2 --weeks 1 --every 1day --output -")
    assert "Child of seed 3: severity 0.2 (1 is typical)" in given.err
    typical = quotidian(f"simulate --age 6 --sex female --weeks 1 --every 1day --json {tmp_path}/one.json")
    found = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert "Child of seed" not in typical.out and found["child"]["antibody_threshold"] is None
    assert found["child"]["seed"] is None and found["regimens"] == {"none": "no drug"}


def test_a_seed_draws_one_child_again_and_again(quotidian, tmp_path) -> None:
    files = [tmp_path / f"{name}.csv" for name in ("first", "again", "other")]
    for file, seed in zip(files, (5, 5, 6), strict=True):
        assert quotidian(f"simulate --seed {seed} --weeks 1 --output {file}").code == 0
    first, again, other = (file.read_bytes() for file in files)
    assert first == again != other


def test_what_is_stated_of_a_drawn_child_holds(quotidian) -> None:
    said = "simulate --seed 5 --age 4 --sex male --weight 15 --weeks 1 --every 1day"
    assert "4-year-old boy, 15 kg (" in quotidian(said).out
    drawn = quotidian("simulate --seed 5 --weeks 1 --every 1day").out
    assert drawn != quotidian("simulate --seed 5 --severity 0.1 --weeks 1 --every 1day").out
    assert drawn == quotidian("simulate --seed 5 --weeks 1 --every 1day").out


def test_a_dash_is_standard_output_and_notes_keep_out_of_it(quotidian) -> None:
    ran = quotidian(f"{CHILD} --every 1day --observables crp,temperature --output -")
    lines = ran.out.splitlines()
    assert lines[0] == "time_day,crp [mg/L],temperature [degC]"
    assert [line.split(",")[0] for line in lines[1:]] == [str(day) for day in range(8)]
    assert ran.err.endswith("8 rows to standard output.\nResearch use, not a medical device.\n")


def test_all_observables_can_be_had(quotidian, tmp_path) -> None:
    listed = [line.split()[0] for line in quotidian("observables").out.splitlines()[1:-2]]
    assert quotidian(f"{CHILD} --observables all --every 1day --output {tmp_path}/all.csv").code == 0
    heads = [head.split()[0] for head in table(tmp_path / "all.csv")]
    assert heads == ["time_day", *model("sjia").observables]
    assert heads[1:] == listed[: len(heads) - 1]  # after them come those of drugs that are not given


def test_ages_and_sizes_may_carry_units(quotidian) -> None:
    plain = quotidian("simulate --age 2.5 --sex male --weight 13 --height 90 --weeks 1 --every 1day")
    spoken = quotidian(
        "simulate --age '30 months' --sex male --weight '13 kg' --height '0.9 m' --weeks 1 --every '1 day'"
    )
    assert plain.code == 0
    assert plain.out == spoken.out


def test_the_healthy_child_is_healthy(quotidian, tmp_path) -> None:
    file = tmp_path / "healthy.csv"
    assert quotidian(f"simulate --age 4 --sex male --model healthy_child --weeks 1 --output {file}").code == 0
    columns = table(file)
    assert columns["il6 [pg/mL]"].max() < 5.0
    assert columns["crp [mg/L]"].max() < 3.0
    assert columns["temperature [degC]"].max() < 37.5


def test_without_an_output_the_course_is_told_in_a_table(quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = quotidian(CHILD).out.splitlines()
    assert lines[0].split() == [
        "tocilizumab",
        "il6",
        "sil6r_total",
        "crp",
        "esr",
        "temperature",
        "active_joints",
    ]
    assert lines[1].split() == ["mean"] * 5 + ["highest", "mean"]
    assert lines[2].split()[0] == "days"
    assert [line.split()[0] for line in lines[3:10]] == [str(day) for day in range(1, 8)]
    assert all(float(line.split()[6]) >= 39.0 for line in lines[3:10])
    assert lines[-1] == "Research use, not a medical device."
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_file_is_replaced_through_its_link(quotidian, tmp_path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert quotidian(f"{CHILD} --every 1day --output {tmp_path}/link.csv").code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("time_day,")


def test_a_scenario_changes_what_it_says_and_is_named(quotidian, tmp_path) -> None:
    names = "--observables il6,il6_total"
    quotidian(f"{CHILD} {names} --output {tmp_path}/first.csv")
    ran = quotidian(f"{CHILD} {names} --scenario sgp130-low --output {tmp_path}/low.csv")
    assert ran.code == 0 and "sjia (sgp130-low)" in ran.out
    first, low = table(tmp_path / "first.csv"), table(tmp_path / "low.csv")
    assert low["il6_total [pg/mL]"].mean() < 0.5 * first["il6_total [pg/mL]"].mean()
    assert low["il6 [pg/mL]"][:168].mean() == pytest.approx(first["il6 [pg/mL]"][:168].mean(), rel=0.01)


def test_the_detailed_model_tells_pstat3(quotidian, tmp_path) -> None:
    wanted = "--model sjia_detailed --every 15min --observables pstat3,socs3,il6"
    assert quotidian(f"{CHILD} {wanted} --output {tmp_path}/cell.csv").code == 0
    cell = {name: column[: 5 * 96].reshape(5, 96) for name, column in table(tmp_path / "cell.csv").items()}
    lag = cell["socs3 [1]"].argmax(axis=1) - cell["pstat3 [1]"].argmax(axis=1)
    assert ((lag >= 0) & (lag <= 4)).all() and cell["pstat3 [1]"].max() < 1
