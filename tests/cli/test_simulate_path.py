"""The way of one value from the command line to the engine, and how often the engine is asked."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

from quotidian.cli.support.course import Course
from quotidian.engine import CompiledModel
from quotidian.patients.child import Child
from quotidian.simulation import SimulationRequest, Subjects

AGE = 6.125
LINE = f"simulate --age {AGE} --sex female --weeks 1 --every 1day --observables crp"
MOST_FILES = 10  # the engine's counted as one
BRANCHES = {
    "patients/growth.py", "patients/guards.py", "dosing/person.py", "cli/support/option_types.py", "units.py",
}  # fmt: skip
"""Files that use the age for a typical size, a limit or a dose, or read its text, and hand it to nobody."""
LAST = "simulation/run.py"
"""The file that calls the engine; those after it write the results."""


def holds(value: object) -> bool:
    """Whether an argument is the age, or something that has it."""
    match value:
        case str() | float():
            return value in (str(AGE), AGE)
        case Child():
            return value.age_years == AGE
        case Course():
            return holds(value.child)
        case Subjects():
            return AGE in {**value.covariates, **value.values}["age_at_start"]
        case SimulationRequest():
            return holds(value.subjects)
        case list() | tuple():
            return any(map(holds, value[:20]))
    return False


@pytest.fixture
def files_with_the_age(root: Path, monkeypatch: pytest.MonkeyPatch):
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
    way = [file for file in to_the_engine if file not in BRANCHES]
    assert "simulation/subjects.py" in way
    assert len(way) + 1 <= MOST_FILES, "\n".join(way)


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
