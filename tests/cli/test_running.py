"""How a command can end: the exit codes, and what is said on the way out."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from quotidian import __version__
from quotidian.engine import Failure
from quotidian.errors import (
    Cancelled,
    InvalidCall,
    InvalidInput,
    LedgerError,
    OutputError,
    SolverFailed,
    WorkerLost,
)  # fmt: skip

LINE = "simulate --age 6 --sex female --weeks 1 --output x.csv"


@pytest.fixture
def fate(monkeypatch, tmp_path):
    """Let the simulation end with an error, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUOTIDIAN_DEBUG", raising=False)

    def set_to(error: BaseException) -> None:
        def simulate(*args: object, **kwargs: object) -> None:
            raise error

        monkeypatch.setattr("quotidian.patients.treatment.simulate", simulate)

    return set_to


def test_a_fault_of_ours_says_how_to_report_it(quotidian, fate, tmp_path) -> None:
    fate(ZeroDivisionError("division\nby zero"))
    ran = quotidian(LINE)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "quotidian: ZeroDivisionError: division by zero",
        "  This is a fault of the program, not of your request; nothing was written.",
        "  Run it again with QUOTIDIAN_DEBUG=1, and report what it prints with the command and the version, "
        f"{__version__}.",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_ours_shows_its_trace_on_request(quotidian, fate, monkeypatch) -> None:
    fate(ZeroDivisionError("division by zero"))
    monkeypatch.setenv("QUOTIDIAN_DEBUG", "1")
    ran = quotidian(LINE)
    assert ran.code == 1
    assert "Traceback (most recent call last)" in ran.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput, 2),
        (OutputError, 2),
        (SolverFailed, 3),
        (WorkerLost, 3),
        (InvalidCall, 1),
        (LedgerError, 1),
    ],
)
def test_each_kind_of_error_has_its_exit_code(quotidian, fate, error, code) -> None:
    fate(error("It broke.", "Because.", "Mend it."))
    done = quotidian(LINE)
    assert (done.code, done.err) == (code, "quotidian: It broke.\n  Because.\n  Mend it.\n")


def test_a_child_whose_solution_fails_ends_with_exit_code_3(quotidian, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    from quotidian.patients import treatment

    real = treatment.simulate

    def stuck(*args, **kwargs):
        return replace(real(*args, **kwargs), failures=(Failure(0, 60.0, "the step became too small"),))

    monkeypatch.setattr(treatment, "simulate", stuck)
    ran = quotidian(LINE)
    assert ran.code == 3
    assert "could not be simulated beyond day 2.5." in ran.err
    assert "the step became too small" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_memory_that_runs_out_is_told_as_a_study_too_large(quotidian, fate) -> None:
    fate(MemoryError())
    ran = quotidian(LINE)
    assert ran.code == 2
    assert "does not fit into the memory" in ran.err
    assert "longer --every" in ran.err


@pytest.mark.parametrize("reason", [KeyboardInterrupt(), Cancelled()])
def test_a_cancelled_run_ends_with_one_line(quotidian, fate, tmp_path, reason) -> None:
    fate(reason)
    ran = quotidian(LINE)
    assert (ran.code, ran.err) == (130, "quotidian: cancelled, nothing written.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_leaves_is_no_reason_to_complain(environment) -> None:
    start = [sys.executable, "-c", "from quotidian.cli import main; main()", "evidence", "--json"]
    with subprocess.Popen(
        start, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        err = child.stderr.read()
        child.wait(timeout=30)
    assert (child.returncode, err) == (1, "")


HEAVY = ("matplotlib", "polars", "rich", "sympy", "xarray", "jinja2")


def test_a_table_of_numbers_needs_no_heavy_import(environment, tmp_path) -> None:
    code = (
        "import sys\nfrom quotidian.cli.support.exit_codes import run\n"
        f"assert run({LINE.split()!r}) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
