"""``quotidian export`` and ``run-sbml``: what they write, and that they agree with ``simulate``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars
import pytest

from .conftest import commands

PAGE = Path(__file__).resolve().parents[2] / "docs/exchange.md"
GIRL = "--age 6 --sex female --weight 20 --regimen tocilizumab-iv"
SMALL = Path(__file__).resolve().parents[1] / "interchange/data/two_spaces.xml"


def test_every_command_of_the_page_runs(quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in commands(PAGE):
        ran = quotidian(line.removeprefix("quotidian "))
        assert ran.code == 0, f"{line}\n{ran.err}"
    assert {item.name for item in tmp_path.iterdir()} == {
        "sjia.xml", "child.xml", "sjia.ant", "child.csv", "sjia.cpp", "sjia.csv", "sjia.R",
        "girl.ctl", "girl.csv", "run.omex", "out",
    }  # fmt: skip
    assert {line.split()[1] for line in commands(PAGE)} == {"export", "run-archive", "run-sbml"}


def test_the_exported_child_is_the_simulated_one(quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = "crp,temperature,il6,tocilizumab"
    assert quotidian(f"simulate {GIRL} --weeks 2 --every 6h --observables {names} --output a.csv").code == 0
    assert quotidian(f"export sjia {GIRL} --weeks 2 --output child.xml").code == 0
    observed = ",".join(f"observed_{name}" for name in names.split(","))
    assert (
        quotidian(f"run-sbml child.xml --until 336 --every 6 --observables {observed} --output b.csv").code
        == 0
    )
    a, b = (polars.read_csv(file).to_numpy() for file in ("a.csv", "b.csv"))
    assert a[:, 0] * 24 == pytest.approx(b[:, 0])
    difference = np.abs(a[:, 1:] - b[:, 1:]) / np.maximum(np.abs(b[:, 1:]), 1e-3 * b[:, 1:].max(axis=0))
    assert difference.max() < 3e-4  # simulate runs at its own, looser tolerance


def test_a_seed_and_a_scenario_change_what_is_written(quotidian) -> None:
    drawn = [quotidian(f"export healthy_child --seed {n} --run-in 0").out for n in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    usual, low = (quotidian(f"export sjia {more}").out for more in ("", "--scenario sgp130-low"))
    assert usual != low and len(low) > 1000


def test_an_archive_and_a_text_with_data_need_a_file(quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for format in ("omex", "nonmem"):
        done = quotidian(f"export healthy_child --format {format}")
        assert done.code == 2 and "not written to standard output" in done.err
    done = quotidian("run-archive none.omex --output out")
    assert done.code == 2 and "is not a COMBINE archive" in done.err
    assert list(tmp_path.iterdir()) == []


def test_without_a_child_the_starts_stay_formulas(quotidian) -> None:
    ran = quotidian("export sjia")
    assert ran.code == 0
    assert '<initialAssignment symbol="crp">' in ran.out
    assert "<listOfEvents>" not in ran.out


def test_a_run_in_of_no_days_keeps_them_too(quotidian) -> None:
    assert '<initialAssignment symbol="crp">' in quotidian(f"export sjia {GIRL} --run-in 0").out
    assert '<initialAssignment symbol="crp">' not in quotidian(f"export sjia {GIRL}").out


def test_rows_go_to_standard_output_and_words_elsewhere(quotidian) -> None:
    ran = quotidian(f"run-sbml {SMALL} --until 4 --every 2")
    assert ran.out.splitlines()[0] == "time,A,B,Z,source"
    assert len(ran.out.splitlines()) == 4
    assert "Two spaces; 3 rows to standard output; time in h." in ran.err


def test_headings_are_the_names_asked_for(quotidian) -> None:
    ran = quotidian(f"run-sbml {SMALL} --until 4 --every 2 --observables Drug,total")
    assert ran.out.splitlines()[0] == "time,Drug,total"
    every = quotidian(f"run-sbml {SMALL} --until 4 --every 2 --observables all")
    assert every.out.splitlines()[0] == (
        "time,vessel,pool,A,B,Z,source,dose,A_0,k,C,D,total,larger,feeding__k,dimerisation,feeding"
    )


def test_the_grid_is_exact(quotidian) -> None:
    ran = quotidian(f"run-sbml {SMALL} --until 29.29 --every 0.29 --observables A")
    times = [line.split(",")[0] for line in ran.out.splitlines()[1:]]
    assert (len(times), times[-2], times[-1]) == (102, "29", "29.29")


def test_steps_and_the_absolute_tolerance_are_options(quotidian) -> None:
    rough = quotidian(f"run-sbml {SMALL} --until 40 --every 20 --observables A --rtol 1e-2")
    fine = quotidian(
        f"run-sbml {SMALL} --until 40 --every 20 --observables A --rtol 1e-2 --atol 1e-12 --longest-step 0.01"
    )
    assert rough.out != fine.out
    ran = quotidian(f"run-sbml {SMALL} --until 4 --every 2 --longest-step 0")
    assert ran.code == 2 and "--longest-step cannot be '0'" in ran.err


def test_values_can_be_set(quotidian) -> None:
    ran = quotidian(f"run-sbml {SMALL} --until 2 --every 2 --observables A_0,C --set 'dose=30, C=5'")
    assert ran.out.splitlines()[1] == "0,15,5"


def test_parquet_holds_the_same(quotidian, tmp_path) -> None:
    line = f"run-sbml {SMALL} --until 4 --every 1"
    csv, file = quotidian(line).out, tmp_path / "a.parquet"
    assert quotidian(f"{line} --output {file}").code == 0
    assert polars.read_parquet(file).to_numpy() == pytest.approx(
        polars.read_csv(csv.encode()).to_numpy(), rel=1e-9
    )


def test_what_was_left_aside_is_said(quotidian, tmp_path) -> None:
    file = tmp_path / "m.xml"
    file.write_text(SMALL.read_text().replace('spatialDimensions="3" size="4"', 'spatialDimensions="3"'))
    assert (
        "compartment 'pool' has no size; it is taken as 1."
        in quotidian(f"run-sbml {file} --until 1 --every 1").err
    )


RUN = f"run-sbml {SMALL} --until 4 --every 1"
MISTAKES = {
    "no format of that name": ("export sjia --format smbl", "no format 'smbl'", "Did you mean 'sbml'?"),
    "another suffix": ("export sjia --output DIR/a.csv", "has an unknown suffix", "--output a.xml"),
    "no model of that name": ("export sija", "There is no model 'sija'.", "Did you mean 'sjia'"),
    "a drug for nobody": (
        "export sjia --regimen tocilizumab-iv",
        "--age is missing.",
        "--age 6 --sex female",
    ),
    "an adult model": (
        f"export adult_ra {GIRL}",
        "No child can be simulated with the model 'adult_ra'.",
        "Leave the child",
    ),
    "no such regimen": (
        "export sjia --age 6 --sex male --regimen aspirin",
        "no regimen 'aspirin'",
        "tocilizumab-iv",
    ),
    "days that are none": (f"export sjia {GIRL} --run-in -3", "--run-in cannot be '-3'.", "--run-in 28"),
    "no file": (
        "run-sbml nowhere.xml --until 4 --every 1",
        "'nowhere.xml' cannot be read.",
        "Name an SBML file.",
    ),
    "no SBML": (f"run-sbml {PAGE} --until 4 --every 1", "is not XML", "Name an SBML file."),
    "no end": (f"run-sbml {SMALL} --every 1", "Missing option '--until'", "quotidian run-sbml --help"),
    "no step": (f"run-sbml {SMALL} --until 4 --every 0", "--every cannot be '0'.", "--every 1"),
    "a step beyond the end": (
        f"run-sbml {SMALL} --until 4 --every 5",
        "longer than --until 4",
        "Shorten --every",
    ),
    "no such observable": (f"{RUN} --observables Drag", "two_spaces has no 'Drag'.", "Did you mean 'Drug'"),
    "no such value": (f"{RUN} --set dosis=3", "two_spaces has no 'dosis'.", "Did you mean 'dose'"),
    "a value without number": (f"{RUN} --set dose", "--set cannot be read at 'dose'.", "NAME=VALUE"),
    "a value that is none": (f"{RUN} --set dose=nan", "--set cannot be read at 'dose=nan'.", "NAME=VALUE"),
    "a tolerance too fine": (f"{RUN} --rtol 1e-20", "--rtol 1e-20 is too fine.", "1e-12 or more"),
    "a tolerance too coarse": (f"{RUN} --rtol 0.5", "--rtol cannot be '0.5'.", "--rtol 1e-8"),
    "a table beyond memory": (
        f"run-sbml {SMALL} --until 1e9 --every 1e-6",
        "1,000,000,000,000,001 rows and 5 columns",
        "longer --every",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told(case: str, quotidian: Callable, tmp_path: Path) -> None:
    line, what, remedy = MISTAKES[case]
    ran = quotidian(line.replace("DIR", str(tmp_path)))
    assert ran.code == 2, ran.err
    assert what in ran.err and remedy in ran.err
    assert ran.out == "" and "Traceback" not in ran.err
    assert not list(tmp_path.iterdir())
