"""The path of one value from the command line to the engine, that of a trial, and how often the engine runs.

An age passes through a file when a function of it holds, among its arguments, the text of the age, its
number, or a value that has it. Files are counted from the command to the call of the engine. The engine
counts as one. Files of ``BRANCHES`` do not count: the age ends there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import FrameType

import pytest

from quotidian.cli.support.course import Course
from quotidian.engine import CompiledModel
from quotidian.errors import Cancelled
from quotidian.patients.child import Child
from quotidian.patients.patient_table import PatientTable
from quotidian.simulation import SimulationRequest, Subjects

AGE, WRITTEN = 6.125, "73.5 months"
REST = "--sex female --weeks 1 --every 1day --observables crp --regimen tocilizumab-iv"
LINE = f"simulate --age '{WRITTEN}' {REST}"
MOST_FILES = 10
BRANCHES = {"patients/growth.py", "patients/guards.py", "dosing/person.py"}
"""Files that use the age for a typical size, a limit or a dose, and hand it to nobody."""
LAST = "simulation/run.py"
"""The file that calls the engine; those after it write the results."""


def holds(value: object) -> bool:
    """Whether an argument is the age, or something that has it."""
    match value:
        case str() | float():
            return value in (WRITTEN, AGE)
        case Child():
            return value.age_years == AGE
        case Course():
            return holds(value.child)
        case PatientTable():
            return AGE in value.age_years
        case Subjects():
            return AGE in {**value.covariates, **value.values}["age_at_start"]
        case SimulationRequest():
            return holds(value.subjects)
        case list() | tuple():
            return any(map(holds, value[:20]))
    return False


@pytest.fixture
def files_with_the_age(root: Path):
    """Files of the functions that were handed the age, from the command line to the engine, in order."""
    found: dict[str, None] = {}
    sources = str(root / "src" / "quotidian") + "/"

    def seen(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(sources) and any(map(holds, frame.f_locals.values())):
            found[file.removeprefix(sources)] = None

    def record(command, line: str) -> list[str]:
        sys.setprofile(seen)
        try:
            assert command(line).code == 0
        finally:
            sys.setprofile(None)
        return list(found)

    return record


def test_an_age_goes_through_few_files(quotidian, files_with_the_age) -> None:
    files = files_with_the_age(quotidian, f"{LINE} --output -")
    to_the_engine = files[files.index("cli/simulate.py") : files.index(LAST) + 1]
    path = [file for file in to_the_engine if file not in BRANCHES]
    assert {"units.py", "patients/child.py", "simulation/subjects.py"} < set(path)
    assert len(path) + 1 <= MOST_FILES, "\n".join(path)


def callers(root: Path) -> Iterator[str]:
    """Folders of the package whose functions wait for the present one, the outermost last."""
    sources, frame = str(root / "src") + "/", sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(sources):
            yield str(Path(frame.f_code.co_filename).parent.relative_to(sources))
        frame = frame.f_back  # type: ignore[assignment]


def test_a_trial_visits_no_folder_twice_on_its_way_down(
    quotidian, root: Path, monkeypatch, tmp_path: Path
) -> None:
    ways: list[list[str]] = []

    def reached(self: CompiledModel, *_: object, **__: object) -> object:
        ways.append([folder for folder, _ in groupby(callers(root))])
        raise Cancelled

    monkeypatch.setattr(CompiledModel, "run", reached)
    quotidian(f"trial tender --replicates 1 --threads 1 --output {tmp_path}/tender")
    (way,) = ways
    assert way[-2:] == ["quotidian/cli", "quotidian/cli/support"]
    assert "quotidian/trials/conduct" in way and len(way) == len(set(way)), way


@pytest.mark.parametrize("plot", [False, True])
def test_table_and_chart_come_from_one_run(quotidian, monkeypatch, tmp_path: Path, plot: bool) -> None:
    runs = []
    true = CompiledModel.run

    def counted(self: CompiledModel, *args: object, **options: object) -> object:
        runs.append(self.model.name)
        return true(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(CompiledModel, "run", counted)
    chart = f"--plot {tmp_path}/chart.svg" if plot else ""
    assert quotidian(f"{LINE} --output {tmp_path}/child.csv {chart}").code == 0
    assert runs == ["sjia"]
